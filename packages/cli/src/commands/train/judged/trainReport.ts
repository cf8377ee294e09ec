import { embedInBatches } from "kindred";
import { chooseForPicture } from "../../../data/chooseForPicture.ts";
import { named } from "../../../data/named.ts";
import type { RunNote } from "../../../door/runNote.ts";
import { onPlane } from "../../../report/figures/plane.ts";
import { planeFigure } from "../../../report/figures/planeFigure.ts";
import { beforeAndAfter } from "../../../report/figures/trainingFigures.ts";
import type { Page, Section } from "../../../report/page.ts";
import { classLegend } from "../../../report/pieces/classLegend.ts";
import { confusionTable } from "../../../report/pieces/confusionTable.ts";
import { code, figure, steps } from "../../../report/pieces/pieces.ts";
import { table } from "../../../report/pieces/table.ts";
import { decimal, gain, plural } from "../../../terminal/format.ts";
import { metricTitles, type MetricKey } from "./judge.ts";
import type { JudgedHead } from "./judgedHead.ts";
import { classWords, figuresSentence } from "./judgedText.ts";
import type { Trained } from "./trained.ts";

/** The report of a training. @param folder where the head is written to */
export function trainReport(trained: Trained, folder: string, run: RunNote): Page {
  const { judged, verdict, isGood, sections } = trained;
  return {
    title: `kindred train: ${judged.data.name}`,
    verdict,
    detail: figuresSentence(judged),
    isGood,
    sections: [
      ...forwardSections(trained),
      beforeAndAfterSection(judged),
      ...sections.slice(0, 1),
      confusionSection(judged),
      spaceSection(judged),
      ...sections.slice(1),
      usingSection(trained, folder),
    ],
    origin: { ...run, seed: judged.seed },
  };
}

/** What to do about a head that is not better than the raw vectors. */
function forwardSections({ steps: list }: Trained): Section[] {
  if (list.length === 0) return [];
  return [
    {
      heading: "What to do, best first",
      text: "The dots stand for what you typed (it is at the end of this page). Change one thing at a time.",
      content: [steps(list)],
    },
  ];
}

function beforeAndAfterSection({ before, after, change, split }: JudgedHead): Section {
  const keys = Object.keys(metricTitles) as MetricKey[];
  const interval = ({ low, high }: { low: number; high: number }): string => `${decimal(low)} to ${decimal(high)}`;
  const among =
    split.by === "class"
      ? plural(after.references, "held-out sample")
      : `${plural(after.references, "sample")} to train on`;
  const others = split.by === "class" ? "; of other classes it may differ by more" : "";
  return {
    heading: "Before and after",
    text:
      `${plural(after.queries, "query", "queries")} among ${among}, compared by cosine. ` +
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

function confusionSection({ split, before, after }: JudgedHead): Section {
  const queries = named(split.test).captions;
  const references = split.by === "class" ? queries : named(split.train).captions;
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
        { queries, references },
        { title: "raw vectors", confusions: before.confusions },
      ),
    ],
  };
}

function spaceSection({ split, model, seed }: JudgedHead): Section {
  const { vectors, labels, captions } = named(chooseForPicture(split.test, seed));
  const raw = onPlane(vectors, seed);
  const learned = onPlane(embedInBatches(model, vectors), seed);
  return {
    heading: "The space of held-out samples",
    text: `${plural(labels.length, "sample")} of ${classWords({ labels })}; neighbours stay neighbours, axes mean nothing. A mouse that rests on a point shows its name.`,
    content: [
      figure(planeFigure("The raw vectors", raw, labels, captions), "Before: the raw vectors."),
      figure(planeFigure("The embeddings", learned, labels, captions), "After: the embeddings."),
      ...classLegend(labels, captions),
    ],
  };
}

function usingSection({ outcome }: Trained, folder: string): Section {
  return {
    heading: "Using the head",
    ...(outcome === "worse" && {
      text: "On what training never saw the raw vectors are better than this head.",
    }),
    content: [
      code(
        `import { loadHead } from "kindred-cli";\n\nconst head = loadHead(${JSON.stringify(folder)});\nconst embeddings = head.embed(vectors); // { data, rows, cols } or an array of rows`,
      ),
    ],
  };
}
