import type { PrepareOptions } from "../batch/preparedBatch.ts";
import type { Labels } from "../matrix/labels.ts";
import type { MatrixLike } from "../matrix/matrix.ts";
import type { Tuples } from "../tuples/tuples.ts";
import type { MinerDescription } from "./minerDescription.ts";

/** What `mine` may be given besides embeddings and labels. */
export type MineOptions = Pick<PrepareOptions, "reference" | "referenceLabels">;

/** Chooses, from a batch, the pairs or triplets worth learning from. */
export interface Miner<T extends Tuples = Tuples> {
  readonly name: string;
  /** What the miner keeps and can be told. */
  readonly description?: MinerDescription;
  /** @param embeddings n x d; a prepared batch is one too */
  mine(embeddings: MatrixLike, labels: Labels, options?: MineOptions): T;
}
