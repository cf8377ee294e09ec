import type { Matrix } from "../../../src/matrix/matrix.ts";
import { Random } from "../../../src/matrix/random.ts";

/** Classes around random centres: rows of one class differ far more in the first columns than in the others. */
export function spreadClasses(
  classes: number,
  perClass: number,
  scales: readonly number[],
  seed = 1,
): { x: Matrix; labels: string[] } {
  const random = new Random(seed);
  const d = scales.length;
  const centres = Array.from({ length: classes }, () => scales.map(() => random.normal()));
  const labels = Array.from({ length: classes * perClass }, (_, i) => `c${i % classes}`);
  const rows = labels.map((_, i) => scales.map((scale, j) => centres[i % classes][j] + scale * random.normal()));
  return { x: { data: Float32Array.from(rows.flat()), rows: labels.length, cols: d }, labels };
}

/** The covariance within classes, in float64, in the plainest way. */
export function withinCovariance({ data, rows, cols }: Matrix, labels: readonly string[]): number[][] {
  const rowsOf = new Map<string, number[]>();
  labels.forEach((label, i) => rowsOf.set(label, [...(rowsOf.get(label) ?? []), i]));
  const sums = Array.from({ length: cols }, () => new Array<number>(cols).fill(0));
  for (const members of rowsOf.values()) {
    const mean = Array.from({ length: cols }, (_, j) =>
      members.reduce((sum, i) => sum + data[i * cols + j] / members.length, 0),
    );
    for (const i of members)
      for (let a = 0; a < cols; a++)
        for (let b = 0; b < cols; b++)
          sums[a][b] += ((data[i * cols + a] - mean[a]) * (data[i * cols + b] - mean[b])) / rows;
  }
  return sums;
}
