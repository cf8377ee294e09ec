import { prepareBatch } from "../../batch/preparedBatch.ts";
import type { Evaluation, Loss } from "../../losses/core/loss.ts";
import type { Label } from "../../matrix/labels.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import type { Miner } from "../../miners/miner.ts";
import type { Tuples } from "../../tuples/tuples.ts";

/** What a loss says of a batch: its value, and its slopes at the batch's embeddings. */
export interface Lesson {
  readonly embeddings: Matrix;
  readonly evaluation: Evaluation;
  /** What the miner chose, where there is one. */
  readonly tuples?: Tuples;
}

/** Mines a batch and evaluates it; what both need of it is formed once. */
export function lessonOf(loss: Loss, miner: Miner | null, embeddings: Matrix, labels: readonly Label[]): Lesson {
  const batch = prepareBatch(embeddings, labels);
  return batch.share(() => {
    const tuples = miner?.mine(batch, labels);
    const evaluation = loss.evaluate(batch, labels, { tuples });
    return { embeddings, evaluation, ...(tuples && { tuples }) };
  });
}
