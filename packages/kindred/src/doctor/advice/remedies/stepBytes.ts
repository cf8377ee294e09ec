import type { Situation } from "./situation.ts";

/** Bytes that a pair loss takes whatever the batch: one tile of distances. */
const TILE_BYTES = 2 ** 24;

/** What a row of embeddings takes: itself, its copy on the side of a tile, and the slopes of both, in float32. */
function bytesPerRow({ embeddingSize }: Situation): number {
  return 4 * 4 * embeddingSize;
}

/** What a step takes: the model's activations of the rows embedded at once, embeddings and memory with their slopes, one tile. */
export function stepBytes(situation: Situation, batchSize: number, memorySize = 0, chunkSize = batchSize): number {
  return TILE_BYTES + chunkSize * situation.bytesPerSample + (batchSize + memorySize) * bytesPerRow(situation);
}

/** The largest batch within the budget whose every row is embedded at once. */
export function affordableBatch(situation: Situation): number {
  return affordable(situation, stepBytes(situation, 0, situation.memorySize), situation.bytesPerSample);
}

/** The largest batch within the budget when `chunkSize` rows are embedded at a time. */
export function affordableInChunks(situation: Situation, chunkSize: number): number {
  return affordable(situation, stepBytes(situation, 0, situation.memorySize, chunkSize), 0);
}

/** The largest memory within the budget, beside the batch as it is. */
export function affordableMemory(situation: Situation): number {
  return affordable(situation, stepBytes(situation, situation.batchSize), 0);
}

/** The largest chunk within the budget, for a batch of so many rows. */
export function affordableChunk(situation: Situation, batchSize: number): number {
  const { memoryBudget, memorySize, bytesPerSample } = situation;
  return Math.floor((memoryBudget - stepBytes(situation, batchSize, memorySize, 0)) / bytesPerSample);
}

function affordable(situation: Situation, taken: number, extraPerRow: number): number {
  return Math.max(0, Math.floor((situation.memoryBudget - taken) / (bytesPerRow(situation) + extraPerRow)));
}
