import { forecastBatches } from "../../forecast/forecastBatches.ts";
import { filterSizes, sumOverClasses } from "../../labels/classCounts.ts";
import { count, percent, type RemedySource } from "./situation.ts";

/** A group size is fine when this share of the samples that can have a positive lies in classes large enough for it. */
const FITTING_SHARE = 0.9;

/** A batch of fewer classes shows too few negatives: measured in docs/silent-batches.md. */
const FEWEST_CLASSES = 8;

/** Several samples of each class in every batch. */
export const balancedSampling: RemedySource = (situation) => {
  const { counts, batchSize, now, isBalanced, needs, seed } = situation;
  const pairable = filterSizes(counts, (size) => size > 1);
  if (isBalanced || pairable === null || batchSize < 4) return null;
  const fits = (m: number): boolean =>
    FEWEST_CLASSES * m <= batchSize &&
    sumOverClasses(pairable, (size) => (size >= m ? size : 0)) >= FITTING_SHARE * pairable.samples;
  const m = [8, 4, 2].find(fits) ?? 2;
  // repeated, a sample alone in its class would be its own positive: where there are such samples, classes below m are skipped
  const isSkipping = pairable.samples < counts.samples;
  const used = isSkipping ? filterSizes(counts, (size) => size >= m)! : counts;
  // batches of one class, or with a sample twice, would only look better
  if (batchSize > used.samples || used.classes < 2) return null;
  const forecast = forecastBatches(used, { batchSize, sampler: "m-per-class", m, loss: needs, trials: 200, seed });
  const after = { silent: forecast.silent.value, liveShare: forecast.liveShare.value };
  const classes = Math.min(Math.floor(batchSize / m), used.classes);
  const left = counts.samples - used.samples;
  return {
    name: "balanced-sampling",
    title: `Sample ${m} of a class: MPerClassSampler with m ${m}`,
    why: `each batch then holds about ${count(classes)} classes with ${count(batchSize / classes)} samples each, and ${percent(after.liveShare)} of its anchors have a positive`,
    cost: isSkipping
      ? `the ${count(left)} samples of classes with fewer than ${m} are left out; those alone in their class could teach nothing about it`
      : "none: an epoch still visits every sample",
    before: now,
    after,
    code: `const sampler = new MPerClassSampler(labels, { m: ${m}, batchSize: ${batchSize}${isSkipping ? ', scarce: "skip"' : ""} });`,
    settings: { sampler: "m-per-class", m, ...(isSkipping && { scarce: "skip" }) },
  };
};
