import { checkNumber, withDefaults } from "../matrix/checks.ts";
import type { Labels } from "../matrix/labels.ts";
import { Random } from "../matrix/random.ts";
import { emptyTriplets } from "./emptyTriplets.ts";
import { countOthers, groupLabels } from "./labelRuns.ts";
import type { Triplets } from "./tuples.ts";

/** Options of {@link randomTriplets}. */
export interface RandomTripletsOptions {
  /** Triplets an anchor, >= 0; null (default): as many as there are samples of its class, itself among them. */
  readonly tripletsPerAnchor: number | null;
  /** Where the random numbers start (default 0), or a generator to go on from. */
  readonly seed: number | Random;
}

const defaults: RandomTripletsOptions = { tripletsPerAnchor: null, seed: 0 };

/**
 * A number of random triplets for every anchor that has a positive and a negative: positive and negative are drawn
 * uniformly and on their own, so that a triplet may come several times.
 *
 * @param labels one label an anchor
 * @param referenceLabels one label a reference; without them positives and negatives are of the batch itself
 */
export function randomTriplets(
  labels: Labels,
  referenceLabels?: Labels | null,
  options?: Partial<RandomTripletsOptions>,
): Triplets<Int32Array> {
  const { tripletsPerAnchor, seed } = withDefaults(options, defaults, "randomTriplets");
  if (tripletsPerAnchor !== null) checkNumber(tripletsPerAnchor, "tripletsPerAnchor", { atLeast: 0, integer: true });
  const random = seed instanceof Random ? seed : new Random(seed);
  const runs = groupLabels(labels, referenceLabels);
  const { codes, isSelf, order, starts } = runs;
  const sizes = new Int32Array(codes.length);
  let count = 0;
  for (let a = 0; a < codes.length; a++) {
    const { positives, negatives } = countOthers(runs, a);
    if (positives > 0 && negatives > 0) sizes[a] = tripletsPerAnchor ?? order.length - negatives;
    count += sizes[a];
  }
  const triplets = emptyTriplets(count);
  let at = 0;
  for (let a = 0; a < codes.length; a++) {
    const start = starts[codes[a]];
    const size = starts[codes[a] + 1] - start;
    for (let k = 0; k < sizes[a]; k++, at++) {
      triplets.anchors[at] = a;
      // without itself the class has one fewer, whose last stands in for the anchor
      const positive = order[start + random.integer(isSelf ? size - 1 : size)];
      triplets.positives[at] = isSelf && positive === a ? order[start + size - 1] : positive;
      const negative = random.integer(order.length - size);
      triplets.negatives[at] = order[negative < start ? negative : negative + size];
    }
  }
  return triplets;
}
