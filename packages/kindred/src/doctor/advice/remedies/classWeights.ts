import { count, type RemedySource } from "./situation.ts";

/** A largest class this many times the middle one is imbalance that weights are for. */
const TELLING_RATIO = 20;

/** Weights by effective numbers, where a few classes would decide the loss. */
export const classWeights: RemedySource = ({ counts, now }) => {
  const largest = counts.sizes[counts.sizes.length - 1];
  const middle = middleSize(counts.sizes, counts.multiplicities, counts.classes);
  if (largest < TELLING_RATIO * middle) return null;
  return {
    name: "class-weights",
    title: "Weigh classes by their effective number of samples",
    why: `the largest class has ${count(largest)} samples, the middle one ${count(middle)}: without weights the largest decide the loss`,
    cost: "none in time; rare classes become noisier",
    before: now,
    after: now,
    code: "const reducer = new ClassWeightedReducer({ weights: effectiveNumberWeights(classCounts(labels)) });",
    settings: null,
  };
};

function middleSize(sizes: Float64Array, multiplicities: Float64Array, classes: number): number {
  let seen = 0;
  return sizes.find((_, g) => (seen += multiplicities[g]) >= classes / 2)!;
}
