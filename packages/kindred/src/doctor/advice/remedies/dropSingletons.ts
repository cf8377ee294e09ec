import { filterSizes } from "../../labels/classCounts.ts";
import { outlookOf } from "./outlook.ts";
import { count, percent, type RemedySource } from "./situation.ts";

/** Fewer than this share of singletons change little. */
const TELLING_SHARE = 0.05;

/** Samples that are alone in their class fill places of a batch and never have a positive. */
export const dropSingletons: RemedySource = (situation) => {
  const { counts, batchSize, now, isBalanced } = situation;
  const rest = filterSizes(counts, (size) => size > 1);
  const singletons = counts.samples - (rest?.samples ?? 0);
  if (rest === null || isBalanced || singletons < TELLING_SHARE * counts.samples || batchSize > rest.samples)
    return null;
  return {
    name: "drop-singletons",
    title: `Leave out the ${count(singletons)} classes with one sample, or merge them into wider ones`,
    why: `${percent(singletons / counts.samples)} of the samples are alone in their class: they take places in every batch and can never have a positive`,
    cost: `${count(singletons)} samples serve as negatives no more`,
    before: now,
    after: outlookOf(situation, { counts: rest }),
    code: [
      "const counts = classCounts(labels);",
      "const rows = Array.from(counts.codes.keys()).filter((i) => counts.counts[counts.codes[i]] > 1);",
    ].join("\n"),
    settings: null,
  };
};
