import type { DataSet } from "../../../data/dataSet.ts";
import type { Step } from "../../../report/pieces/pieces.ts";
import { decimal, gain, plural } from "../../../terminal/format.ts";
import { metricTitles, type Judgement, type MetricKey } from "./judge.ts";
import type { JudgedHead } from "./judgedHead.ts";
import { changeWords } from "./outcome.ts";

/** "240 rows of 20 classes". */
export function partWords({ labels }: Pick<DataSet, "labels">): string {
  return `${plural(labels.length, "row")} of ${classWords({ labels })}`;
}

/** "1 class", "12 classes". */
export function classWords({ labels }: Pick<DataSet, "labels">): string {
  return plural(new Set(labels).size, "class", "classes");
}

/** How well neighbours are of a kind, in a line. */
export function judgementLine({ metrics, queries, singletons }: Judgement): string {
  const left = singletons > 0 ? `; ${plural(singletons, "singleton")} left out` : "";
  return `precision@1 ${metrics.precisionAt1.toFixed(3)}, MAP@R ${metrics.meanAveragePrecisionAtR.toFixed(3)} (${plural(queries, "query", "queries")}${left})`;
}

/** What has come out, in figures. */
export function figuresSentence(head: JudgedHead): string {
  const { split, before, after, change } = head;
  const where =
    split.by === "class"
      ? `${plural(new Set(split.test.labels).size, "class", "classes")} that training never saw`
      : `${plural(split.test.labels.length, "sample")} that training never saw`;
  const { value } = change.precisionAt1;
  const verb = value > 0.0005 ? "rose" : value < -0.0005 ? "fell" : "stayed";
  return (
    `On ${where}, precision@1 ${verb} from ${decimal(before.metrics.precisionAt1)} to ${decimal(after.metrics.precisionAt1)} (${changeWords(change.precisionAt1)}) ` +
    `and MAP@R went from ${decimal(before.metrics.meanAveragePrecisionAtR)} to ${decimal(after.metrics.meanAveragePrecisionAtR)} ` +
    `(${changeWords(change.meanAveragePrecisionAtR)}).`
  );
}

/** What to do next, the best first; nothing where there is nothing to do. */
export function forwardLines(steps: readonly Step[]): string[] {
  if (steps.length === 0) return [];
  return [
    "What to do, best first (the report says why; the dots stand for what you typed):",
    ...steps.map(({ title, code }, k) => `  ${k + 1}. ${title}${code === undefined ? "" : `: ${code.split("\n")[0]}`}`),
  ];
}

/** The rows of the table of metrics: title, before, after, change. */
export function metricRows({ before, after, change }: JudgedHead): string[][] {
  return (Object.keys(metricTitles) as MetricKey[]).map((key) => [
    metricTitles[key],
    decimal(before.metrics[key]),
    decimal(after.metrics[key]),
    gain(change[key].value),
  ]);
}
