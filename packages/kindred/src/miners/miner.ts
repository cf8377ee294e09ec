import type { Labels } from "../matrix/labels.ts";
import type { MatrixLike } from "../matrix/matrix.ts";
import type { Tuples } from "../tuples/tuples.ts";

/** What `mine` may be given besides embeddings and labels. */
export interface MineOptions {
  /** Embeddings that positives and negatives are taken from, m x d. Without them: the batch itself, minus the anchor. */
  readonly reference?: MatrixLike | undefined;
  /** One label a row of the reference. */
  readonly referenceLabels?: Labels | undefined;
}

/** Chooses, from a batch, the pairs or triplets worth learning from. */
export interface Miner<T extends Tuples = Tuples> {
  readonly name: string;
  mine(embeddings: MatrixLike, labels: Labels, options?: MineOptions): T;
}
