import type { Matrix } from "../matrix/matrix.ts";
import { learnChunks, rowsBetween, type Chunk } from "./chunks.ts";
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
 * The same slopes of the weights with activations of `chunkSize` rows at a time: see {@link learnChunks}. A model that can put its
 * chance back is embedded in training mode both times, any other one as if it had none: not with batch normalization in training mode,
 * nor with dropout.
 *
 * Source: Gao et al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup" (RepL4NLP 2021).
 */
export function learnInChunks(model: Model, inputs: Matrix, slopeOf: SlopeOf, chunkSize: number): void {
  const hasChance = model.restorePoint !== undefined;
  const chunks: Chunk[] = [];
  for (let start = 0; start < inputs.rows; start += chunkSize) {
    const rows = (): Matrix => rowsBetween(inputs, start, Math.min(start + chunkSize, inputs.rows));
    chunks.push({
      embed: () => model.embed(rows(), hasChance),
      learn: (slope) => {
        learnAtOnce(model, rows(), () => slope);
      },
    });
  }
  learnChunks(chunks, slopeOf, hasChance ? () => model.restorePoint!() : undefined);
}
