import { chooseForPicture } from "../../data/chooseForPicture.ts";
import { histogram, intervalBars, rocCurve } from "../../report/evaluationFigures.ts";
import { plane } from "../../report/figures.ts";
import { figure, table, type Html, type Page, type Section } from "../../report/page.ts";
import { onPlane } from "../../report/plane.ts";
import { plural } from "../../terminal/format.ts";
import {
  classRows,
  comparisonLine,
  evaluateVerdict,
  extremes,
  metricRows,
  pairsSentence,
  verificationRows,
} from "./evaluateText.ts";
import type { ClassScore, EvaluateQuestion, Evaluation } from "./evaluateVectors.ts";
import { metricTitle } from "./metricTitle.ts";

/** The figures with pictures. */
export function evaluateReport(question: EvaluateQuestion, evaluation: Evaluation): Page {
  const { queries, seed } = question;
  const bars = evaluation.metrics.map(({ name, value, interval }) => ({ name: metricTitle(name), value, interval }));
  const pictured = chooseForPicture(queries, seed);
  const captions = pictured.captions ?? pictured.labels;
  const classes = plural(new Set(pictured.labels).size, "class", "classes");
  return {
    title: `kindred evaluate: ${queries.name}`,
    verdict: evaluateVerdict(evaluation),
    sections: [
      {
        heading: "Neighbours",
        text:
          `${comparisonLine(question)} precision@k: the share of the k nearest that are of the query's class; recall@k: the share of its class ` +
          "that is among them; R-precision: precision@R, for a class with R others; MAP@R: the same, with their order; MRR: 1 / rank of the first; nDCG: how near the whole ranking is to the best order.",
        content: [
          table(["", "value", "95 % interval"], metricRows(evaluation)),
          figure(intervalBars(bars), "Each metric, and its 95 % interval over the choice of queries (bootstrap)."),
        ],
      },
      ...verificationSections(question, evaluation),
      {
        heading: "Classes",
        text: `${plural(evaluation.classes.length, "class", "classes")} with a query that could be evaluated.`,
        content: classContent(evaluation.classes),
      },
      {
        heading: "The space",
        text: `${plural(pictured.labels.length, "query", "queries")} of the largest ${classes}; neighbours stay neighbours, axes mean nothing. Rest the mouse on a point to read its name.`,
        content: [figure(plane(onPlane(pictured.vectors, seed), pictured.labels, captions), "The vectors on a plane.")],
      },
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
        table(["", "value", "threshold"], verificationRows(verification)),
        figure(
          rocCurve(verification.roc, verification.equalErrorRate),
          "True accepts against false accepts (log axis). The dot: where false accepts and false rejects are equal.",
        ),
      ],
    },
  ];
}

function classContent(classes: readonly ClassScore[]): Html[] {
  const { worst, best } = extremes(classes);
  const columns = (title: string): string[] => [title, "queries", "precision@1", "MAP@R"];
  return [
    figure(
      histogram(
        classes.map(({ precisionAt1 }) => precisionAt1),
        { label: "precision@1 of a class", count: "classes", domain: [0, 1] },
      ),
      "How many classes have which precision@1.",
    ),
    figure(
      histogram(
        classes.map(({ meanAveragePrecisionAtR }) => meanAveragePrecisionAtR),
        { label: "MAP@R of a class", count: "classes", domain: [0, 1] },
      ),
      "How many classes have which MAP@R.",
    ),
    table(columns("worst classes"), classRows(worst)),
    ...(best.length > 0 ? [table(columns("best classes"), classRows(best))] : []),
  ];
}
