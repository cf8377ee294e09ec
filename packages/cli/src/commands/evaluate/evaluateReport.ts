import { chooseForPicture } from "../../data/chooseForPicture.ts";
import { named } from "../../data/named.ts";
import type { RunNote } from "../../door/runNote.ts";
import { histogram, intervalBars, rocCurve } from "../../report/figures/evaluationFigures.ts";
import { onPlane } from "../../report/figures/plane.ts";
import { planeFigure } from "../../report/figures/planeFigure.ts";
import type { Page, Section } from "../../report/page.ts";
import { classLegend } from "../../report/pieces/classLegend.ts";
import { confusionTable } from "../../report/pieces/confusionTable.ts";
import type { Html } from "../../report/pieces/html.ts";
import { figure, more } from "../../report/pieces/pieces.ts";
import { facts, table } from "../../report/pieces/table.ts";
import { plural } from "../../terminal/format.ts";
import {
  classRows,
  comparisonLine,
  confusionSentence,
  evaluateVerdict,
  extremes,
  metricRows,
  pairsSentence,
  verificationRows,
} from "./evaluateText.ts";
import type { ClassScore, EvaluateQuestion, Evaluation } from "./evaluateVectors.ts";
import { metricTitle } from "./metricTitle.ts";

const meanings = [
  ["precision@k", "the share of the k nearest that are of the query's class"],
  ["recall@k", "the share of its class that is among the k nearest"],
  ["R-precision", "precision@R, for a class with R others"],
  ["MAP@R", "the same, with their order"],
  ["MRR", "1 / rank of the nearest of its class"],
  ["nDCG", "how near the whole ranking is to the best order"],
] as const;

/** The figures with pictures. */
export function evaluateReport(question: EvaluateQuestion, evaluation: Evaluation, run: RunNote): Page {
  const { queries, seed } = question;
  const bars = evaluation.metrics.map(({ name, value, interval }) => ({ name: metricTitle(name), value, interval }));
  return {
    title: `kindred evaluate: ${queries.name}`,
    verdict: evaluateVerdict(evaluation),
    sections: [
      {
        heading: "Neighbours",
        text: comparisonLine(question),
        content: [
          table("Metrics", ["metric", "value", "95 % interval"], metricRows(evaluation)),
          figure(intervalBars(bars), "Each metric, and its 95 % interval over the choice of queries (bootstrap)."),
          more("What the metrics mean", facts("Each is a mean over the queries", meanings)),
        ],
      },
      confusionSection(question, evaluation),
      {
        heading: "Classes",
        text: `${plural(evaluation.classes.length, "class", "classes")} with a query that could be evaluated.`,
        content: classContent(evaluation.classes),
      },
      ...verificationSections(question, evaluation),
      spaceSection(question),
    ],
    origin: { ...run, seed },
  };
}

function confusionSection({ queries, reference }: EvaluateQuestion, { confusions }: Evaluation): Section {
  const captions = { queries: named(queries).captions, references: named(reference ?? queries).captions };
  return {
    heading: "Classes taken for one another",
    text: confusionSentence(confusions),
    content: confusions.length === 0 ? [] : [confusionTable({ title: "queries", confusions }, captions)],
  };
}

function spaceSection({ queries, seed }: EvaluateQuestion): Section {
  const pictured = named(chooseForPicture({ ...queries, captions: named(queries).captions }, seed));
  const { labels, vectors, captions } = pictured;
  const classes = plural(new Set(labels).size, "class", "classes");
  return {
    heading: "The space",
    text: `${plural(labels.length, "query", "queries")} of the largest ${classes}; neighbours stay neighbours, axes mean nothing. A mouse that rests on a point shows its name.`,
    content: [
      figure(planeFigure("The vectors", onPlane(vectors, seed), labels, captions), "The vectors on a plane."),
      ...classLegend(labels, captions),
    ],
  };
}

function verificationSections({ distance }: EvaluateQuestion, { verification }: Evaluation): Section[] {
  if (verification === null) return [];
  return [
    {
      heading: "Verification",
      text: `Whether two vectors are of one class, by a threshold on ${distance === "cosine" ? "their similarity" : "their distance"}: ${pairsSentence(verification)}`,
      content: [
        table("Errors and thresholds", ["measure", "value", "threshold"], verificationRows(verification)),
        figure(
          rocCurve(verification.roc, verification.equalErrorRate),
          "True accepts against false accepts (log axis). EER: where false accepts and false rejects are equal.",
        ),
      ],
    },
  ];
}

function classContent(classes: readonly ClassScore[]): Html[] {
  const { worst, best } = extremes(classes);
  const columns = ["class", "queries", "precision@1", "MAP@R"];
  return [
    figure(
      histogram(
        classes.map(({ precisionAt1 }) => precisionAt1),
        { label: "precision@1 of a class", counted: "classes", domain: [0, 1] },
      ),
      "How many classes have which precision@1.",
    ),
    figure(
      histogram(
        classes.map(({ meanAveragePrecisionAtR }) => meanAveragePrecisionAtR),
        { label: "MAP@R of a class", counted: "classes", domain: [0, 1] },
      ),
      "How many classes have which MAP@R.",
    ),
    table("The worst classes", columns, classRows(worst)),
    ...(best.length > 0 ? [table("The best classes", columns, classRows(best))] : []),
  ];
}
