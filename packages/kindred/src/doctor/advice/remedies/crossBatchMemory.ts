import { outlookOf } from "./outlook.ts";
import { bytes, count, percent, type RemedySource, type Situation } from "./situation.ts";
import { smallestEnough } from "./smallestEnough.ts";
import { affordableMemory, stepBytes } from "./stepBytes.ts";

/** Memories of up to 65 steps were measured (docs/silent-batches.md); what is much older is of another model. */
const MOST_STEPS = 100;

/** Positives from the batches before, where the loss can be given a reference. */
export const crossBatchMemory: RemedySource = (situation) => {
  const { counts, needs, batchSize, memorySize, now, isBalanced, canRemember, lossName, embeddingSize } = situation;
  if (isBalanced || !canRemember || needs.pairs === false) return null;
  const most = Math.min(counts.samples, MOST_STEPS * batchSize, affordableMemory(situation));
  const from = Math.max(batchSize, memorySize);
  const found = smallestEnough(situation, (rows) => outlookOf(situation, { memorySize: rows }), from, most);
  if (found === null) return null;
  const { rows, after, isReached } = found;
  const steps = Math.ceil(rows / batchSize);
  const needed = stepBytes(situation, batchSize, rows) - stepBytes(situation, batchSize);
  return {
    name: "cross-batch-memory",
    title: `Remember ${count(rows)} embeddings, those of the last ${count(steps)} steps: CrossBatchMemory`,
    why:
      `${percent(after.liveShare)} of the anchors then have a positive in the batch or in memory` +
      (isReached ? "" : `; it is the largest memory that ${limitOf(situation, rows)}`),
    cost: `${bytes(needed)}, and each batch is compared with ${count(rows)} rows; what is remembered is up to ${count(steps)} steps old and drifts away from what the model would give now`,
    before: now,
    after,
    code: `const remembering = new CrossBatchMemory(${lossName === "CrossBatchMemory" ? "loss.loss" : "loss"}, { embeddingSize: ${embeddingSize}, memorySize: ${rows} }); // instead of loss`,
    settings: { memorySize: rows },
  };
};

function limitOf({ counts, batchSize, memoryBudget }: Situation, rows: number): string {
  if (rows === counts.samples) return "the data allow";
  return rows === MOST_STEPS * batchSize ? `is ${MOST_STEPS} steps old at most` : `fits into ${bytes(memoryBudget)}`;
}
