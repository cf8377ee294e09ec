import { bytes, count, isEnough, outlookOf, percent, type RemedySource, type Situation } from "./situation.ts";

/** Bytes that a pair loss takes whatever the batch: one tile of distances. */
const TILE_BYTES = 2 ** 24;

/** No batch is proposed beyond this: pairs grow with its square, and steps become few. */
const MOST_ROWS = 2 ** 15;

/** The smallest batch with enough live anchors, or the largest that fits into memory. */
export const largerBatch: RemedySource = (situation) => {
  const { counts, needs, batchSize, now, wanted, isBalanced } = situation;
  if (isBalanced || counts.sizes[counts.sizes.length - 1] < 2) return null;
  const most = Math.min(counts.samples, MOST_ROWS, affordable(situation));
  if (most <= batchSize) return null;
  const outlook = (n: number): Situation["now"] => outlookOf(counts, n, needs);
  let high = batchSize;
  while (high < most && !isEnough(outlook(high), wanted)) high = Math.min(most, 2 * high);
  let low = Math.max(batchSize, Math.floor(high / 2));
  if (isEnough(outlook(high), wanted)) {
    while (high - low > Math.max(1, high / 200)) {
      const middle = Math.floor((low + high) / 2);
      if (isEnough(outlook(middle), wanted)) high = middle;
      else low = middle;
    }
  }
  const after = outlook(high);
  const isReached = isEnough(after, wanted);
  if (!isReached && after.liveShare < 1.2 * now.liveShare) return null;
  const needed = bytesOf(situation, high);
  return {
    name: "larger-batch",
    title: `Enlarge the batch to ${count(high)}`,
    why: isReached
      ? `it is the smallest random batch in which ${percent(wanted.liveShare)} of the anchors have a positive`
      : `it is the largest that ${limitOf(situation, high)}; ${percent(after.liveShare)} of its anchors have a positive`,
    cost: `about ${bytes(needed)} a step instead of ${bytes(bytesOf(situation, batchSize))}, and fewer steps an epoch`,
    before: now,
    after,
    code: `const sampler = new UniformBatchSampler(labels.length, { batchSize: ${high} });`,
    settings: { batchSize: high },
  };
};

function limitOf({ counts, memoryBudget }: Situation, batchSize: number): string {
  if (batchSize === counts.samples) return "the data allow";
  return batchSize === MOST_ROWS ? "is practical" : `fits into ${bytes(memoryBudget)}`;
}

/** What a step takes: the model's activations, the embeddings with their slopes, one tile. */
function bytesOf({ bytesPerSample, embeddingSize }: Situation, batchSize: number): number {
  return TILE_BYTES + batchSize * (bytesPerSample + 16 * embeddingSize);
}

function affordable(situation: Situation): number {
  if (situation.memoryBudget === Infinity) return Infinity;
  return Math.floor((situation.memoryBudget - TILE_BYTES) / (situation.bytesPerSample + 16 * situation.embeddingSize));
}
