import type { PrepareOptions } from "../batch/preparedBatch.ts";
import type { Labels } from "../matrix/labels.ts";
import type { MatrixLike } from "../matrix/matrix.ts";
import type { Loading } from "../state/loading.ts";
import type { State } from "../state/state.ts";
import type { Tuples } from "../tuples/tuples.ts";
import type { MinerDescription } from "./minerDescription.ts";

/** What `mine` may be given besides embeddings and labels. */
export type MineOptions = Pick<PrepareOptions, "reference" | "referenceLabels">;

/** Chooses, from a batch, the pairs or triplets worth learning from. */
export interface Miner<T extends Tuples = Tuples> {
  readonly name: string;
  /** What the miner keeps and can be told. */
  readonly description?: MinerDescription;
  /** All that must be saved to mine the same later; copies. Without it the miner draws nothing. */
  state?(): State;
  /** Goes on from a saved state; one that is refused changes nothing. @throws TypeError, RangeError when it is not this miner's */
  load?(state: State): void;
  /** Checks a state and changes nothing before it is taken. */
  prepareLoad?(state: State): Loading;
  /** Where its drawing stands; what it returns puts it back. */
  restorePoint?(): () => void;
  /** @param embeddings n x d; a prepared batch is one too */
  mine(embeddings: MatrixLike, labels: Labels, options?: MineOptions): T;
}
