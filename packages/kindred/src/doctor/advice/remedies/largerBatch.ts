import { outlookOf } from "./outlook.ts";
import { bytes, count, percent, type RemedySource, type Situation } from "./situation.ts";
import { smallestEnough } from "./smallestEnough.ts";
import { affordableBatch, stepBytes } from "./stepBytes.ts";

/** No batch is proposed beyond this: pairs grow with its square, and steps become few. */
export const MOST_ROWS = 2 ** 15;

/** The smallest batch with enough live anchors, or the largest that fits into memory. */
export const largerBatch: RemedySource = (situation) => {
  const { counts, batchSize, memorySize, now, isBalanced } = situation;
  if (isBalanced) return null;
  const most = Math.min(counts.samples, MOST_ROWS, affordableBatch(situation));
  const found = smallestEnough(situation, (n) => outlookOf(situation, { batchSize: n }), batchSize, most);
  if (found === null) return null;
  const { rows, after, isReached } = found;
  return {
    name: "larger-batch",
    title: `Enlarge the batch to ${count(rows)}`,
    why: isReached
      ? `it is the smallest random batch in which ${percent(after.liveShare)} of the anchors have a positive`
      : `it is the largest that ${limitOf(situation, rows)}; ${percent(after.liveShare)} of its anchors have a positive`,
    cost: `about ${bytes(stepBytes(situation, rows, memorySize))} a step instead of ${bytes(stepBytes(situation, batchSize, memorySize))}, and fewer steps an epoch`,
    before: now,
    after,
    code: `const sampler = new UniformBatchSampler(labels.length, { batchSize: ${rows} });`,
    settings: { batchSize: rows },
  };
};

function limitOf({ counts, memoryBudget }: Situation, batchSize: number): string {
  if (batchSize === counts.samples) return "the data allow";
  return batchSize === MOST_ROWS ? "is practical" : `fits into ${bytes(memoryBudget)}`;
}
