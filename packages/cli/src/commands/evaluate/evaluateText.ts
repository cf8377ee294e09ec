import type { Confusion, VerificationResult } from "kindred";
import { inLine } from "../../terminal/clean.ts";
import { count, decimal, percent, plural } from "../../terminal/format.ts";
import { textTable } from "../../terminal/textTable.ts";
import { shorten } from "../../terminal/wrap.ts";
import type { ClassScore, EvaluateQuestion, Evaluation } from "./evaluateVectors.ts";
import { metricTitle } from "./metricTitle.ts";

/** Of a label in a table. */
const MOST_CELLS = 40;
/** Classes shown at either end. */
const MOST_CLASSES = 10;
/** Pairs of classes named in a sentence. */
const NAMED_PAIRS = 3;

/** What has come out, in a sentence or two. */
export function evaluateVerdict(evaluation: Evaluation): string {
  const { metrics, evaluated, singletons, faults } = evaluation;
  const first = metrics.find(({ name }) => name === "precisionAt1")!;
  const whole = metrics.find(({ name }) => name === "meanAveragePrecisionAtR")!;
  const { low, high } = first.interval!;
  const sentences = [
    `Of ${plural(evaluated, "query", "queries")}, ${percent(first.value)} have a neighbour of their own class nearest ` +
      `(95 % interval: ${percent(low)} to ${percent(high)}); MAP@R is ${decimal(whole.value)}.`,
  ];
  if (singletons > 0) sentences.push(singletonsLeftOut(evaluation));
  return [...sentences, ...faults].join(" ");
}

function singletonsLeftOut({ singletons }: Evaluation): string {
  return singletons === 1
    ? "1 singleton is left out: no reference is of its class."
    : `${count(singletons)} singletons are left out: no reference is of their class.`;
}

/** What was compared, in a line. */
export function comparisonLine({ queries, reference, distance }: EvaluateQuestion): string {
  const { labels, vectors, name } = queries;
  const classes = plural(new Set(labels).size, "class", "classes");
  const among =
    reference === null
      ? "each among the others"
      : `among ${plural(reference.labels.length, "row")} of ${inLine(reference.name)}`;
  return `${inLine(name)}: ${plural(labels.length, "vector")} of ${classes}, ${plural(vectors.cols, "column")}; ${among}, by ${distance === "cosine" ? "cosine similarity" : "Euclidean distance"}.`;
}

/** The rows of the table of metrics: title, value, interval. */
export function metricRows({ metrics }: Evaluation): string[][] {
  return metrics.map(({ name, value, interval }) => [
    metricTitle(name),
    decimal(value),
    interval === null ? "" : `${decimal(interval.low)} to ${decimal(interval.high)}`,
  ]);
}

/** Which classes are taken for one another most often, in a sentence or two. */
export function confusionSentence(confusions: readonly Confusion<string>[]): string {
  if (confusions.length === 0) return "No query has one of another class nearest.";
  const total = ({ taken }: Confusion<string>): number => taken[0] + taken[1];
  const wrong = confusions.reduce((sum, confusion) => sum + total(confusion), 0);
  const named = confusions.slice(0, NAMED_PAIRS).map((confusion) => {
    const [first, second] = confusion.labels.map((label) => shorten(inLine(label), MOST_CELLS));
    return `${first} and ${second} (${count(total(confusion))})`;
  });
  return (
    `${plural(wrong, "query has", "queries have")} one of another class nearest, in ${plural(confusions.length, "pair")} of classes. ` +
    `Most often taken for one another: ${named.join(", ")}.`
  );
}

/** The rows of the table of verification: title, value, note. */
export function verificationRows({
  equalErrorRate,
  equalErrorThreshold,
  atFalseAcceptRate: [point],
  areaUnderCurve,
}: VerificationResult): string[][] {
  const at = (threshold: number): string => (Number.isNaN(threshold) ? "no threshold" : `at ${decimal(threshold)}`);
  return [
    ["EER", decimal(equalErrorRate), at(equalErrorThreshold)],
    [`TAR@FAR ${point.wanted}`, decimal(point.trueAcceptRate), at(point.threshold)],
    ["area under ROC", decimal(areaUnderCurve), ""],
  ];
}

/** The pairs that were judged, in a sentence. */
export function pairsSentence({ positives, negatives, isExact }: VerificationResult): string {
  return (
    `${plural(positives, "pair")} of one class and ${count(negatives)} of two` +
    (isExact ? "." : ", counted in steps of 0.05 % of the distance.")
  );
}

/** The worst classes and the best, without a class twice. */
export function extremes(classes: readonly ClassScore[]): {
  worst: readonly ClassScore[];
  best: readonly ClassScore[];
} {
  const shown = Math.min(MOST_CLASSES, Math.ceil(classes.length / 2));
  const best = Math.min(MOST_CLASSES, classes.length - shown);
  return { worst: classes.slice(0, shown), best: classes.slice(classes.length - best).reverse() };
}

/** The rows of a table of classes: label, queries, precision@1, MAP@R. */
export function classRows(classes: readonly ClassScore[]): string[][] {
  return classes.map(({ label, queries, precisionAt1, meanAveragePrecisionAtR }) => [
    shorten(inLine(label), MOST_CELLS),
    count(queries),
    decimal(precisionAt1),
    decimal(meanAveragePrecisionAtR),
  ]);
}

/** What the terminal shows before the verdict. @param width columns that its lines may have */
export function evaluateText(
  question: EvaluateQuestion,
  evaluation: Evaluation,
  { perClass, width }: { perClass: boolean; width: number },
): string {
  const parts = [comparisonLine(question), textTable(["", "value", "95 % interval"], metricRows(evaluation), width)];
  if (evaluation.verification !== null)
    parts.push(
      `Verification, ${pairsSentence(evaluation.verification)}\n${textTable(["", "value", "threshold"], verificationRows(evaluation.verification), width)}`,
    );
  if (perClass) {
    const { worst, best } = extremes(evaluation.classes);
    const columns = (title: string): string[] => [title, "queries", "precision@1", "MAP@R"];
    parts.push(textTable(columns("worst classes"), classRows(worst), width));
    if (best.length > 0) parts.push(textTable(columns("best classes"), classRows(best), width));
  }
  parts.push(confusionSentence(evaluation.confusions));
  return parts.join("\n\n");
}
