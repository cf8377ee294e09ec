import { isTriplets, type Tuples } from "../tuples/tuples.ts";

/**
 * How much each sample of a batch counts, by how often it stands in the tuples, as anchor, positive or negative: 1 for the
 * most frequent. Without tuples all count 1.
 */
export function sampleWeights(tuples: Tuples | null, rows: number): Float64Array {
  const weights = new Float64Array(rows);
  const lists =
    tuples === null
      ? []
      : isTriplets(tuples)
        ? [tuples.anchors, tuples.positives, tuples.negatives]
        : [tuples.anchors1, tuples.positives, tuples.anchors2, tuples.negatives];
  for (const list of lists) for (let k = 0; k < list.length; k++) weights[list[k]]++;
  const largest = weights.reduce((max, weight) => Math.max(max, weight), 0);
  return largest === 0 ? weights.fill(1) : weights.map((weight) => weight / largest);
}
