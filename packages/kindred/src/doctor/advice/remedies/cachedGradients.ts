import { MOST_ROWS } from "./largerBatch.ts";
import { outlookOf } from "./outlook.ts";
import { bytes, count, percent, type RemedySource } from "./situation.ts";
import { smallestEnough } from "./smallestEnough.ts";
import { affordableBatch, affordableChunk, affordableInChunks, stepBytes } from "./stepBytes.ts";

/** A larger batch whose activations don't fit into memory: embedded in chunks, compared as a whole. */
export const cachedGradients: RemedySource = (situation) => {
  const { counts, batchSize, memorySize, now, isBalanced, memoryBudget } = situation;
  if (isBalanced || memoryBudget === Infinity) return null;
  // a chunk is no smaller than the batch is now, or the largest that fits if that does not
  const atOnce = affordableBatch(situation);
  if (atOnce < 1) return null;
  const most = Math.min(counts.samples, MOST_ROWS, affordableInChunks(situation, Math.min(batchSize, atOnce)));
  const found = smallestEnough(situation, (n) => outlookOf(situation, { batchSize: n }), batchSize, most);
  if (found === null || found.rows <= atOnce) return null;
  const { rows, after, isReached } = found;
  const chunkSize = affordableChunk(situation, rows);
  const whole = bytes(stepBytes(situation, rows, memorySize));
  return {
    name: "cached-gradients",
    title: `Enlarge the batch to ${count(rows)} and embed it in chunks of ${count(chunkSize)}`,
    why:
      `${isReached ? "of so many" : "of the most that fit,"} ${percent(after.liveShare)} of the anchors have a positive; ` +
      `at once they would take ${whole}, but ${bytes(memoryBudget)} hold ${count(atOnce)} only, and the loss needs no activations`,
    cost: "each sample is embedded twice; the same steps for a model without batch normalization and dropout",
    before: now,
    after,
    code: [
      `const sampler = new UniformBatchSampler(labels.length, { batchSize: ${rows} });`,
      `const trainer = new Trainer({ model, loss, sampler, data, chunkSize: ${chunkSize} });`,
    ].join("\n"),
    settings: { batchSize: rows, chunkSize },
  };
};
