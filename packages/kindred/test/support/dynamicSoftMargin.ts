// DynamicSoftMarginLoss from its equation, in float64.
import { LpDistance } from "../../src/index.ts";
import { plainDistances, plainPairs, plainTriplets, type Rows } from "./plain.ts";

/** How the histogram is cut and kept. */
export interface Bins {
  readonly minVal?: number;
  readonly numBins?: number;
  readonly momentum?: number;
}

/** The loss of a list of differences and the histogram after it. */
export function plainLoss(differences: readonly number[], earlier: readonly number[], bins: Bins): [number, number[]] {
  const { minVal = -2, numBins = 10, momentum = 0.01 } = bins;
  const width = (2 * Math.abs(minVal)) / numBins;
  const place = (v: number): number => Math.max(0, Math.min(numBins - 1, (v - minVal) / width));
  const weight = earlier.every((share) => share === 0) ? 1 : momentum;
  const histogram = earlier.map((share) => (1 - weight) * share);
  for (const v of differences) {
    const bin = Math.floor(place(v));
    histogram[bin] += weight * (1 - (place(v) - bin));
    if (place(v) > bin) histogram[bin + 1] += weight * (place(v) - bin);
  }
  const total = histogram.reduce((sum, share) => sum + share, 0);
  const shares = histogram.map((share) => share / total);
  const below = (v: number): number => shares.slice(0, Math.floor(place(v)) + 1).reduce((sum, share) => sum + share, 0);
  return [differences.reduce((sum, v) => sum + below(v) * v, 0) / differences.length, shares];
}

/** An empty histogram. */
export const zeros = (count: number): number[] => new Array<number>(count).fill(0);

/** d_ap - d_an of all triplets. */
export function differencesOf(rows: Rows, labels: readonly unknown[]): number[] {
  const distances = plainDistances(new LpDistance(), rows, rows);
  const [positives, negatives] = plainPairs(labels as string[], null);
  return plainTriplets(positives, negatives).map(([a, p, n]) => distances[a][p] - distances[a][n]);
}

/** d_ii less the distance to the nearest other on either side. */
export function pairedDifferences(rows: Rows, reference: Rows): number[] {
  const distances = plainDistances(new LpDistance(), rows, reference);
  return Array.from({ length: Math.min(rows.length, reference.length) }, (_, i) => {
    const others = [
      ...distances[i].filter((_, j) => j !== i),
      ...distances.filter((_, r) => r !== i).map((row) => row[i]),
    ];
    return distances[i][i] - Math.min(...others);
  });
}
