import { embedInBatches } from "kindred";
import { chooseForPicture } from "../../data/chooseForPicture.ts";
import type { DataSet } from "../../data/dataSet.ts";
import { samplerWords } from "../../parts/samplers.ts";
import { beforeAndAfter, plane, stepCurve } from "../../report/figures.ts";
import { code, figure, table, type Page, type Section } from "../../report/page.ts";
import { onPlane } from "../../report/plane.ts";
import { count, decimal, duration, percent, plural } from "../../terminal/format.ts";
import { metricTitles, type MetricKey } from "./judge.ts";
import type { TrainedHead } from "./trainedHead.ts";
import { metricRows, verdictOf } from "./trainText.ts";

/** The report of a training. @param folder where the head is written to */
export function trainReport(head: TrainedHead, folder: string): Page {
  return {
    title: `kindred train: ${head.data.name}`,
    verdict: verdictOf(head),
    sections: [
      beforeAndAfterSection(head),
      spaceSection(head),
      trainingSection(head),
      doctorSection(head),
      doneSection(head),
      usingSection(folder),
    ],
  };
}

function beforeAndAfterSection(head: TrainedHead): Section {
  const { before, after } = head;
  const keys = Object.keys(metricTitles) as MetricKey[];
  const interval = ({ low, high }: { low: number; high: number }): string => `${decimal(low)} to ${decimal(high)}`;
  return {
    heading: "Before and after",
    text:
      `${plural(after.queries, "query", "queries")} among ${plural(after.references, "held-out sample")}, compared by cosine. ` +
      "precision@1: is the nearest neighbour of the same class? MAP@R: are the nearest all of it, in order?",
    content: [
      table(
        ["", "raw vectors", "95 % interval", "embeddings", "95 % interval", "change"],
        metricRows(head).map(([title, from, to, change], k) => [
          title,
          from,
          interval(before.intervals[keys[k]]),
          to,
          interval(after.intervals[keys[k]]),
          change,
        ]),
      ),
      figure(
        beforeAndAfter(
          keys.map((key) => ({ name: metricTitles[key], before: before.metrics[key], after: after.metrics[key] })),
        ),
        "Raw vectors (grey) and learned embeddings (blue).",
      ),
    ],
  };
}

function spaceSection({ split, model, consultation }: TrainedHead): Section {
  const { seed } = consultation.options;
  const { vectors, labels, captions: named } = chooseForPicture(split.test, seed);
  const captions = named ?? labels.map((label, i) => `${label} (row ${i + 1})`);
  const raw = onPlane(vectors, seed);
  const learned = onPlane(embedInBatches(model, vectors), seed);
  return {
    heading: "The space of held-out samples",
    text: `${plural(labels.length, "sample")} of ${classesOf({ labels })}; neighbours stay neighbours, axes mean nothing. Rest the mouse on a point to read its name.`,
    content: [
      figure(plane(raw, labels, captions), "Before: the raw vectors."),
      figure(plane(learned, labels, captions), "After: the embeddings."),
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
              ["the monitor found", "since step", "what to do"],
              findings.map(({ message, since, remedy }) => [message, String(since), remedy]),
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
      table(
        ["", ""],
        [
          ["data", `${data.name}: ${count(data.vectors.rows)} x ${data.vectors.cols}, ${classesOf(data)}`],
          ["trained on", `${count(split.train.labels.length)} rows of ${classesOf(split.train)}`],
          ["held out", `${count(split.test.labels.length)} rows of ${classesOf(split.test)}, by ${split.by}`],
          ["columns", isScaled ? "brought to one spread (folded into the head)" : "as they are"],
          ["head", `${layers}${hidden.length > 0 ? `, ${activation}` : ""}`],
          ["loss", `${options.loss} ${ownOptions}`],
          ["miner", options.miner ?? "none"],
          ...(memorySize === null
            ? []
            : [["memory", `the last ${plural(memorySize, "embedding")} (${parts.loss.name})`]]),
          ["batches", `${options.batchSize}, ${samplerWords(options.sampler, options.m)}${chunks}`],
          ["optimizer", `Adam, learning rate ${options.learningRate}`],
          ["seed", String(options.seed)],
        ],
      ),
    ],
  };
}

function usingSection(folder: string): Section {
  return {
    heading: "Using the head",
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
