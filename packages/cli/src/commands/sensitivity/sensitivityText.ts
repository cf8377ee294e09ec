import type { MeanAndSpread, SensitivityRow } from "kindred";
import { bar } from "../../terminal/chart.ts";
import { count, percent } from "../../terminal/format.ts";
import { textTable } from "../../terminal/textTable.ts";

/** The columns of the table. */
export const sensitivityColumns = [
  "classes",
  "distinct",
  "positive pairs",
  "loss",
  "gradient norm",
  "silent",
  "theory",
];

/** The rows of the table. */
export function sensitivityRows(rows: readonly SensitivityRow[]): string[][] {
  return rows.map((row) => [
    count(row.range),
    row.distinctLabels.mean.toFixed(1),
    row.positivePairs.mean.toFixed(1),
    spread(row.loss),
    row.gradientNorm.mean.toPrecision(3),
    percent(row.silentShare),
    percent(row.silentProbability),
  ]);
}

/** The table and, as bars, the loss and the share of batches that teach nothing. */
export function sensitivityText(rows: readonly SensitivityRow[], width: number): string {
  const cells = Math.max(10, Math.min(40, width - 40));
  const most = Math.max(...rows.map(({ loss }) => Math.abs(loss.mean)), Number.MIN_VALUE);
  const chart = rows.flatMap(({ range, loss, silentShare }) => [
    `  ${count(range).padStart(11)}  loss   ${bar(Math.abs(loss.mean) / most, cells)} ${loss.mean.toFixed(3)}`,
    `  ${"".padStart(11)}  silent ${bar(silentShare, cells)} ${percent(silentShare)}`,
  ]);
  return `${textTable(sensitivityColumns, sensitivityRows(rows), width)}\n\n${chart.join("\n")}`;
}

/** From which range on batches teach nothing, in a sentence. */
export function sensitivityVerdict(name: string, n: number, rows: readonly SensitivityRow[]): string {
  const first = rows.find(({ silentShare }) => silentShare > 0.5);
  if (first === undefined)
    return `With ${count(n)} samples a batch, ${name} learns from most batches at every range asked about.`;
  return `With ${count(n)} samples a batch and labels of ${count(first.range)} values or more, most batches teach ${name} nothing: ${percent(first.silentShare)} of them at ${count(first.range)} (theory: ${percent(first.silentProbability)}).`;
}

function spread({ mean, deviation }: MeanAndSpread): string {
  return `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;
}
