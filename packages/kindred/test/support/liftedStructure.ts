// LiftedStructureLoss from its equation, in float64.
import type { TwinBatch } from "./lossContract.ts";
import { itemsOfPairs, type Item, type Pair } from "./plain.ts";

/** An item a positive pair: its distance against the negatives at both of its ends. */
export function plainLiftedItems(
  {
    distances,
    isInverted,
    isSelf,
    positives,
    negatives,
  }: Omit<TwinBatch, "referenceDistances" | "triplets" | "labels" | "referenceLabels">,
  { posMargin, negMargin }: { readonly posMargin: number; readonly negMargin: number },
): Item[] {
  const away = isInverted ? -1 : 1;
  const sums = (ofSample: (pair: Pair) => number): Map<number, number> => {
    const out = new Map<number, number>();
    for (const [a, n] of negatives) {
      const sample = ofSample([a, n]);
      out.set(sample, (out.get(sample) ?? 0) + Math.exp(away * (negMargin - distances[a][n])));
    }
    return out;
  };
  const ofAnchor = sums(([a]) => a);
  const ofPositive = isSelf ? ofAnchor : sums(([, n]) => n);
  return itemsOfPairs(positives, (a, p) => {
    const sum = (ofAnchor.get(a) ?? 0) + (isSelf && a === p ? 0 : (ofPositive.get(p) ?? 0));
    const log = sum === 0 ? 0 : Math.log(sum);
    return Math.max(0, log + away * (distances[a][p] - posMargin)) ** 2 / 2;
  });
}
