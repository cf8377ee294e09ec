import { embedInBatches } from "kindred";
import { chooseForPicture } from "../../data/chooseForPicture.ts";
import type { DataSet } from "../../data/dataSet.ts";
import { named } from "../../data/named.ts";
import type { RunNote } from "../../door/runNote.ts";
import { samplerWords } from "../../parts/samplers.ts";
import { onPlane } from "../../report/figures/plane.ts";
import { planeFigure } from "../../report/figures/planeFigure.ts";
import { beforeAndAfter, stepCurve } from "../../report/figures/trainingFigures.ts";
import type { Page, Section } from "../../report/page.ts";
import { classLegend } from "../../report/pieces/classLegend.ts";
import { confusionTable } from "../../report/pieces/confusionTable.ts";
import { code, figure, steps } from "../../report/pieces/pieces.ts";
import { facts, table } from "../../report/pieces/table.ts";
import { count, decimal, duration, gain, percent, plural } from "../../terminal/format.ts";
import { metricTitles, type MetricKey } from "./judge.ts";
import { outcomeOf, outcomeSentence, stepsForward } from "./outcome.ts";
import type { TrainedHead } from "./trainedHead.ts";
import { figuresSentence } from "./trainText.ts";

/** The report of a training. @param folder where the head is written to */
export function trainReport(head: TrainedHead, folder: string, run: RunNote): Page {
  const outcome = outcomeOf(head);
  return {
    title: `kindred train: ${head.data.name}`,
    verdict: outcomeSentence(head),
    detail: figuresSentence(head),
    isGood: outcome === "better" ? true : outcome === "worse" ? false : null,
    sections: [
      ...forwardSections(head),
      beforeAndAfterSection(head),
      confusionSection(head),
      spaceSection(head),
      trainingSection(head),
      doctorSection(head),
      doneSection(head),
      usingSection(head, folder),
    ],
    origin: { ...run, seed: head.consultation.options.seed },
  };
}

/** What to do about a head that is not better than the raw vectors. */
function forwardSections(head: TrainedHead): Section[] {
  const list = stepsForward(head);
  if (list.length === 0) return [];
  return [
    {
      heading: "What to do, best first",
      text: "The dots stand for what you typed (it is at the end of this page). Change one thing at a time.",
      content: [steps(list)],
    },
  ];
}

function beforeAndAfterSection({ before, after, change, split }: TrainedHead): Section {
  const keys = Object.keys(metricTitles) as MetricKey[];
  const interval = ({ low, high }: { low: number; high: number }): string => `${decimal(low)} to ${decimal(high)}`;
  const others = split.by === "class" ? "; of other classes it may differ by more" : "";
  return {
    heading: "Before and after",
    text:
      `${plural(after.queries, "query", "queries")} among ${plural(after.references, "held-out sample")}, compared by cosine. ` +
      "precision@1: is the nearest neighbour of the same class? R-precision: which share of the R nearest is, for a class with R others? " +
      `MAP@R: the same, with their order. Below each value its 95 % interval over the choice of queries${others}.`,
    content: [
      table(
        "Metrics on what training never saw",
        ["metric", "raw vectors", "embeddings", "change"],
        keys.map((key) => [
          metricTitles[key],
          { text: decimal(before.metrics[key]), note: interval(before.intervals[key]) },
          { text: decimal(after.metrics[key]), note: interval(after.intervals[key]) },
          { text: gain(change[key].value), note: `${gain(change[key].low)} to ${gain(change[key].high)}` },
        ]),
      ),
      figure(
        beforeAndAfter(
          keys.map((key) => ({ name: metricTitles[key], before: before.metrics[key], after: after.metrics[key] })),
        ),
        "Raw vectors and what the head learned to make of them.",
      ),
    ],
  };
}

function confusionSection({ split, before, after }: TrainedHead): Section {
  const { captions } = named(split.test);
  const heading = "Classes taken for one another";
  if (after.confusions.length === 0)
    return { heading, text: "No query has one of another class nearest among the embeddings.", content: [] };
  const wrong = after.confusions.reduce((sum, { taken: [there, back] }) => sum + there + back, 0);
  return {
    heading,
    text:
      `${plural(wrong, "query has", "queries have")} one of another class nearest among the embeddings, in ${plural(after.confusions.length, "pair")} of classes; ` +
      "the most often confused first, and the same pair among the raw vectors.",
    content: [
      confusionTable(
        { title: "embeddings", confusions: after.confusions },
        { queries: captions, references: captions },
        { title: "raw vectors", confusions: before.confusions },
      ),
    ],
  };
}

function spaceSection({ split, model, consultation }: TrainedHead): Section {
  const { seed } = consultation.options;
  const { vectors, labels, captions } = named(chooseForPicture(split.test, seed));
  const raw = onPlane(vectors, seed);
  const learned = onPlane(embedInBatches(model, vectors), seed);
  return {
    heading: "The space of held-out samples",
    text: `${plural(labels.length, "sample")} of ${classesOf({ labels })}; neighbours stay neighbours, axes mean nothing. A mouse that rests on a point shows its name.`,
    content: [
      figure(planeFigure("The raw vectors", raw, labels, captions), "Before: the raw vectors."),
      figure(planeFigure("The embeddings", learned, labels, captions), "After: the embeddings."),
      ...classLegend(labels, captions),
    ],
  };
}

function trainingSection({ consultation: { options }, result }: TrainedHead): Section {
  const { steps, silentSteps, history } = result;
  return {
    heading: "The training",
    text:
      `${plural(steps, "step")} of ${plural(options.batchSize, "sample")} in ${duration(result.seconds)}, ${count(result.samplesPerSecond)} samples a second; ` +
      (silentSteps === 0
        ? "every batch could teach."
        : `${plural(silentSteps, "batch", "batches")} (${percent(silentSteps / steps)}) taught nothing.`),
    content: [
      figure(stepCurve(history.loss, options.loss), "The loss of each batch, and its moving mean."),
      figure(
        stepCurve(history.liveShare, "live anchors, %", true),
        "Live anchors: the share of each batch that the loss could learn from.",
      ),
    ],
  };
}

/** What the doctor said before the first step, and what the monitor found after it. */
function doctorSection({ consultation: { advice, followed }, findings }: TrainedHead): Section {
  const followedText =
    followed === null ? "" : ` Its advice was followed: ${followed.remedy.title}. ${followed.advice.verdict}`;
  return {
    heading: "The doctor and the monitor",
    text: `Before the first step: ${advice.verdict}${followedText} ${findings.length === 0 ? "While training, the monitor found nothing to complain of." : ""}`,
    content:
      findings.length === 0
        ? []
        : [
            table(
              "Findings of the monitor",
              [{ words: "the monitor found" }, "since step", { words: "what to do" }],
              findings.map(({ message, since, remedy }) => [message, count(since), remedy]),
            ),
          ],
  };
}

function doneSection({ data, split, isScaled, consultation: { options, parts } }: TrainedHead): Section {
  const { hidden, size, activation, lossOptions, memorySize, chunkSize } = options;
  const layers = [data.vectors.cols, ...hidden, size].join(" > ");
  const ownOptions = Object.keys(lossOptions).length > 0 ? JSON.stringify(lossOptions) : "";
  const chunks = chunkSize === null ? "" : `, embedded in chunks of ${chunkSize}`;
  return {
    heading: "What was done",
    content: [
      facts("Data, model and training", [
        ["data", `${data.name}: ${count(data.vectors.rows)} x ${data.vectors.cols}, ${classesOf(data)}`],
        ["trained on", `${count(split.train.labels.length)} rows of ${classesOf(split.train)}`],
        ["held out", `${count(split.test.labels.length)} rows of ${classesOf(split.test)}, by ${split.by}`],
        ["columns", isScaled ? "brought to one spread (folded into the head)" : "as they are"],
        ["head", `${layers}${hidden.length > 0 ? `, ${activation}` : ""}`],
        ["loss", `${options.loss} ${ownOptions}`],
        ["miner", options.miner ?? "none"],
        ...(memorySize === null
          ? []
          : ([["memory", `the last ${plural(memorySize, "embedding")} (${parts.loss.name})`]] as const)),
        ["batches", `${options.batchSize}, ${samplerWords(options.sampler, options.m)}${chunks}`],
        ["optimizer", `Adam, learning rate ${options.learningRate}`],
      ]),
    ],
  };
}

function usingSection(head: TrainedHead, folder: string): Section {
  return {
    heading: "Using the head",
    ...(outcomeOf(head) === "worse" && {
      text: "On what training never saw the raw vectors are better than this head.",
    }),
    content: [
      code(
        `import { loadHead } from "kindred-cli";\n\nconst head = loadHead(${JSON.stringify(folder)});\nconst embeddings = head.embed(vectors); // { data, rows, cols } or an array of rows`,
      ),
    ],
  };
}

/** "1 class", "12 classes". */
function classesOf({ labels }: Pick<DataSet, "labels">): string {
  return plural(new Set(labels).size, "class", "classes");
}
