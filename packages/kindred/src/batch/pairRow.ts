import { Places } from "../kernels/places.ts";
import { Recorder } from "../reducers/doNothingReducer.ts";
import type { Reduction } from "../reducers/reducer.ts";

/**
 * One anchor with its positives and negatives. What stands in their places is a distance each when a loss is handed the
 * row, and must be d loss / d distance when it gives the row back.
 */
export class PairRow {
  /** The anchor's row in the embeddings. */
  anchor = 0;
  readonly positives = new Places();
  readonly negatives = new Places();
  /** Room for as many numbers as a row has references, for the loss's own use. */
  readonly values: Float64Array;
  readonly losses: Float64Array;
  readonly weights: Float64Array;
  /** Which reference the k-th positive (negative) is, and where its pair stands among all pairs. */
  positiveAt: (k: number) => number = identity;
  negativeAt: (k: number) => number = identity;
  positiveRank: (k: number) => number = identity;
  negativeRank: (k: number) => number = identity;

  constructor(capacity: number) {
    this.values = new Float64Array(capacity);
    this.losses = new Float64Array(capacity);
    this.weights = new Float64Array(capacity);
  }

  /** Hands `losses` of all positives to a reduction of positive pairs; `weights` holds the answer. */
  weighPositives(reduction: Reduction): void {
    const { count } = this.positives;
    if (reduction instanceof Recorder)
      reduction.locate(count, (k) => [this.anchor, this.positiveAt(k)], this.positiveRank);
    reduction.weigh(this.anchor, this.losses, count, this.weights);
  }

  /** The same for all negatives. */
  weighNegatives(reduction: Reduction): void {
    const { count } = this.negatives;
    if (reduction instanceof Recorder)
      reduction.locate(count, (k) => [this.anchor, this.negativeAt(k)], this.negativeRank);
    reduction.weigh(this.anchor, this.losses, count, this.weights);
  }

  /** Leaves the whole row without slope. */
  clear(): void {
    this.positives.fill(0);
    this.negatives.fill(0);
  }
}

function identity(k: number): number {
  return k;
}
