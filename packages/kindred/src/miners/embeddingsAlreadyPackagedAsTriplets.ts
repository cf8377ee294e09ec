import { asPrepared } from "../batch/preparedBatch.ts";
import { checkNames } from "../matrix/checks.ts";
import type { Labels } from "../matrix/labels.ts";
import type { MatrixLike } from "../matrix/matrix.ts";
import { rememberGrouping } from "../tuples/grouping.ts";
import type { Triplets } from "../tuples/tuples.ts";
import type { MineOptions, Miner } from "./miner.ts";
import { describeMiner } from "./minerDescription.ts";
import type { TupleCounts } from "./tupleMiner.ts";

/**
 * For batches that come as triplets: rows 0, 1, 2 are the first anchor, positive and negative, rows 3, 4, 5 the next.
 * Embeddings and labels are not looked at beyond their number.
 *
 * Source: pytorch-metric-learning.
 */
export class EmbeddingsAlreadyPackagedAsTriplets implements Miner<Triplets<Int32Array>> {
  static readonly description = describeMiner({
    name: "EmbeddingsAlreadyPackagedAsTriplets",
    summary: "The triplets that a batch comes as: rows 0, 1, 2 are the first anchor, positive and negative.",
    paper: "pytorch-metric-learning",
    gives: "triplets",
    needs: { positives: false, negatives: false, pairs: false },
    options: {},
  });
  readonly description = EmbeddingsAlreadyPackagedAsTriplets.description;
  readonly name = this.description.name;
  #numTriplets = 0;

  /** Figures of the last call of `mine`. */
  get statistics(): Readonly<TupleCounts> {
    return { numPosPairs: 0, numNegPairs: 0, numTriplets: this.#numTriplets };
  }

  /**
   * @param embeddings 3 t x d; a prepared batch is one too
   * @param labels one label an embedding, or null
   * @throws RangeError when the rows are no multiple of three; TypeError for a reference, which triplets do not need
   */
  mine(embeddings: MatrixLike, labels: Labels | null, options: MineOptions = {}): Triplets<Int32Array> {
    checkNames(options, ["reference", "referenceLabels"], `${this.name}.mine`);
    const batch = asPrepared(embeddings, labels, {});
    if (options.reference !== undefined || batch.reference !== null)
      throw new TypeError(`${this.name} takes positives and negatives from the batch itself; leave the reference out`);
    const { rows } = batch;
    if (rows % 3 !== 0)
      throw new RangeError(`there are ${rows} embeddings; triplets need a multiple of three, ${rows - (rows % 3)} say`);
    this.#numTriplets = rows / 3;
    const every = (first: number): Int32Array => Int32Array.from({ length: rows / 3 }, (_, k) => first + 3 * k);
    const triplets = { anchors: every(0), positives: every(1), negatives: every(2) };
    if (batch === embeddings) rememberGrouping(triplets, batch, rows);
    return triplets;
  }
}
