import { checkNumber, withDefaults } from "../matrix/checks.ts";
import { isTriplets, type Tuples } from "./tuples.ts";

/** Options of {@link toWeights}. */
export interface ToWeightsOptions {
  /** Whether positives and negatives are rows of a reference, so that only anchors are counted. Default false. */
  readonly usingReference: boolean;
}

const defaults: ToWeightsOptions = { usingReference: false };

/**
 * How much each sample counts, by how often it stands in the tuples as anchor, positive or negative: 1 for the most
 * frequent one, its share of that for the others. Without any tuple all count 1.
 *
 * @param count how many samples there are
 */
export function toWeights(tuples: Tuples | null, count: number, options?: Partial<ToWeightsOptions>): Float64Array {
  const { usingReference } = withDefaults(options, defaults, "toWeights");
  const weights = new Float64Array(checkNumber(count, "count", { atLeast: 0, integer: true }));
  for (const list of listsOf(tuples, usingReference)) for (let k = 0; k < list.length; k++) weights[list[k]]++;
  const largest = weights.reduce((max, weight) => Math.max(max, weight), 0);
  return largest === 0 ? weights.fill(1) : weights.map((weight) => weight / largest);
}

function listsOf(tuples: Tuples | null, usingReference: boolean): ArrayLike<number>[] {
  if (tuples === null) return [];
  const anchors = isTriplets(tuples) ? [tuples.anchors] : [tuples.anchors1, tuples.anchors2];
  return usingReference ? anchors : [...anchors, tuples.positives, tuples.negatives];
}
