import { filterSizes, sumOverClasses } from "../classCounts.ts";
import { forecastBatches } from "../forecastBatches.ts";
import { count, percent, type RemedySource } from "./situation.ts";

/** A group size is fine when this share of the samples that can have a positive lies in classes large enough for it. */
const FITTING_SHARE = 0.9;

/** Several samples of each class in every batch. */
export const balancedSampling: RemedySource = (situation) => {
  const { counts, batchSize, now, isBalanced, needs, seed } = situation;
  const pairable = filterSizes(counts, (size) => size > 1);
  if (isBalanced || pairable === null || batchSize < 4) return null;
  const fits = (m: number): boolean =>
    2 * m <= batchSize &&
    sumOverClasses(pairable, (size) => (size >= m ? size : 0)) >= FITTING_SHARE * pairable.samples;
  const m = [8, 4, 2].find(fits) ?? 2;
  const lost = counts.samples - pairable.samples;
  if (batchSize > pairable.samples) return null;
  const { silent, liveShare } = forecastBatches(pairable, {
    batchSize,
    sampler: "m-per-class",
    m,
    loss: needs,
    trials: 200,
    seed,
  });
  const skips = lost > 0 && m === 2;
  return {
    name: "balanced-sampling",
    title: `Sample ${m} of a class: MPerClassSampler with m ${m}`,
    why: `each batch then holds about ${count(batchSize / m)} classes with ${m} samples each, and ${percent(liveShare.value)} of its anchors have a positive`,
    cost:
      lost > 0
        ? `the ${count(lost)} samples that are alone in their class are left out; they could teach nothing about it`
        : "none: an epoch still visits every sample",
    before: now,
    after: { silent: silent.value, liveShare: liveShare.value },
    code: `const sampler = new MPerClassSampler(labels, { m: ${m}, batchSize: ${batchSize}${skips ? ', scarce: "skip"' : ""} });`,
    settings: { sampler: "m-per-class", m, ...(skips && { scarce: "skip" }) },
  };
};
