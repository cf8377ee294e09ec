import type { Matrix } from "../matrix/matrix.ts";
import { embedInBatches } from "./embedInBatches.ts";
import type { Model } from "./model.ts";

/** d loss / d embeddings of a batch's embeddings. */
type SlopeOf = (embeddings: Matrix) => Matrix;

/** Embeds a batch in training mode, asks for the slope once, and pulls it back. */
export function learnAtOnce(model: Model, inputs: Matrix, slopeOf: SlopeOf): void {
  if (!model.learn) return model.backward(slopeOf(model.embed(inputs, true)));
  let isAsked = false;
  model.learn(inputs, (embeddings) => {
    isAsked = true;
    return slopeOf(embeddings);
  });
  if (!isAsked) throw new TypeError("the model's learn did not ask for the slope; it must call slopeOf once");
}

/**
 * The same slopes of the weights with activations of `chunkSize` rows at a time. All rows are embedded without keeping
 * anything, the slope is asked for once, at all embeddings, and each chunk is embedded again in training mode to pull its
 * rows of the slope back:
 *
 *     d L / d w = sum over chunks C of  sum over i in C of  d L / d e_i  d e_i / d w
 *
 * This is exact when a row's embedding depends on that row alone and is the same both times: not with batch normalization
 * in training mode, nor with dropout.
 *
 * Source: Gao et al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup" (RepL4NLP 2021).
 */
export function learnInChunks(model: Model, inputs: Matrix, slopeOf: SlopeOf, chunkSize: number): void {
  const slope = slopeOf(embedInBatches(model, inputs, chunkSize));
  for (let start = 0; start < inputs.rows; start += chunkSize) {
    const end = Math.min(start + chunkSize, inputs.rows);
    learnAtOnce(model, rowsBetween(inputs, start, end), () => rowsBetween(slope, start, end));
  }
}

/** Copies, so that a model may write to them or hand them to its engine. */
function rowsBetween({ data, cols }: Matrix, start: number, end: number): Matrix {
  return { data: data.slice(start * cols, end * cols), rows: end - start, cols };
}
