import type { BatchNeeds } from "../../batch/batchReport.ts";
import { checkNumber, describe, withDefaults } from "../../matrix/checks.ts";
import { Random } from "../../matrix/random.ts";
import type { BatchSampler } from "../../samplers/batchSampler.ts";
import {
  groupOfEachClass,
  knowsLabels,
  toClassCounts,
  type ClassCounts,
  type ClassCountsLike,
  type LabelCounts,
} from "../labels/classCounts.ts";
import { drawWithoutReplacement, drawWithReplacement, type Draw } from "../odds/draw.ts";
import { expectedAnchorShare, expectedPairs, oneClassOnly, varianceOfPairs } from "../odds/expectations.ts";
import { noPositivePair } from "../odds/noPositivePair.ts";
import { anchorTally, pairTally, tallyLaw, type Tally } from "../odds/tally.ts";
import { CensusTaker } from "./batchCensus.ts";
import type { BatchForecast, NeverPositive } from "./batchForecast.ts";
import { exact, spreadOf, spreadOfDistribution } from "./figure.ts";
import { observeBatches } from "./observedBatches.ts";
import { simulateDraws, simulateSampler } from "./simulate.ts";
import { simulateMPerClass } from "./simulateMPerClass.ts";

/** How batches are drawn, by name. */
export const samplerNames = ["random", "with-replacement", "m-per-class"] as const;
export type SamplerName = (typeof samplerNames)[number];

/** Options of {@link forecastBatches}. */
export interface ForecastOptions {
  /** Samples in a batch, >= 1. Default 32; with a sampler object: its own. */
  readonly batchSize: number;
  /**
   * "random" (default): every set of samples equally likely, as in a shuffled epoch. "with-replacement": each sample drawn
   * anew from all; drawn twice it counts as a pair, as it does for a loss. "m-per-class": {@link MPerClassSampler}. Or any sampler object over the samples that were counted.
   */
  readonly sampler: SamplerName | BatchSampler;
  /** Samples of a class in a batch, for "m-per-class". Default 4. */
  readonly m: number;
  /** The loss, or what it needs. Default: positive and negative pairs. */
  readonly loss: { readonly needs: BatchNeeds } | BatchNeeds;
  /** Batches to simulate where there is no formula, >= 1. Default 1000. */
  readonly trials: number;
  /** Of the simulation. Default 0. */
  readonly seed: number;
}

export const forecastDefaults: ForecastOptions = {
  batchSize: 32,
  sampler: "random",
  m: 4,
  loss: { positives: true, negatives: true },
  trials: 1000,
  seed: 0,
};

/**
 * What batches will hold, before any is drawn: the probability that a batch teaches a loss nothing, its positive pairs and
 * its anchors with a positive.
 *
 *     const forecast = forecastBatches(classCounts(labels), { batchSize: 100 });
 *     forecast.silent.value; // 0.95: nineteen steps of twenty teach nothing
 *
 * Random batches are told by formula: no positive pair by the elementary symmetric polynomial of the class sizes,
 * P = e_n(c_1, c_2, ...) / binomial(N, n) (with replacement: the birthday product for classes of any size), expectations by
 * hypergeometric shares, distributions by Fourier inversion where that takes no longer than a second. Batches of
 * "m-per-class" are dealt by class sizes alone. Other samplers are asked for `trials` batches and left as they were. Each figure says how it was found, and its error.
 *
 * @param counts the size of each class, or `classCounts(labels)`; a sampler object needs the latter
 * @throws TypeError, RangeError when an option is unknown or out of range, or the batch is larger than the data
 */
export function forecastBatches(counts: ClassCountsLike, options?: Partial<ForecastOptions>): BatchForecast {
  const given = withDefaults(options, forecastDefaults, "forecastBatches");
  const checked = toClassCounts(counts);
  const needs = needsOf(given.loss);
  checkNumber(given.trials, "trials", { atLeast: 1, integer: true });
  const { sampler } = given;
  if (typeof sampler === "string") {
    const batchSize = checkNumber(given.batchSize, "batchSize", { atLeast: 1, integer: true });
    if (!samplerNames.includes(sampler))
      throw new RangeError(`sampler is ${describe(sampler)}; give ${samplerNames.join(", ")} or a sampler object`);
    if (batchSize > checked.samples && sampler !== "with-replacement")
      throw new RangeError(`batchSize is ${batchSize} for ${checked.samples} samples; give a smaller batch`);
    if (sampler === "m-per-class") return ofMPerClass(checked, needs, given);
    const draw =
      sampler === "random"
        ? drawWithoutReplacement(checked.samples, batchSize)
        : drawWithReplacement(checked.samples, batchSize);
    return ofDraw(checked, needs, draw, sampler, given);
  }
  if (typeof sampler !== "object" || sampler === null || typeof sampler.epoch !== "function")
    throw new TypeError(`sampler is ${describe(sampler)}; give ${samplerNames.join(", ")} or a sampler object`);
  if (!knowsLabels(checked))
    throw new TypeError("a sampler object draws samples, not classes; give classCounts(labels) instead of class sizes");
  return ofSampler(checked, needs, sampler, given.trials);
}

/** What a loss, or its needs, asks of a batch. @throws TypeError when it is neither */
export function needsOf(loss: ForecastOptions["loss"]): BatchNeeds {
  const needs = typeof loss === "object" && loss !== null && "needs" in loss ? loss.needs : loss;
  if (typeof needs?.positives === "boolean" && typeof needs.negatives === "boolean") return needs;
  throw new TypeError(`loss is ${describe(loss)}; give a loss, or { positives, negatives }`);
}

function ofDraw(
  counts: ClassCounts,
  needs: BatchNeeds,
  draw: Draw,
  sampler: string,
  { trials, seed }: ForecastOptions,
): BatchForecast {
  const none = exact(noPositivePair(counts, draw));
  const one = exact(oneClassOnly(counts, draw));
  const share = expectedAnchorShare(counts, draw);
  const { positivePairs, liveAnchors } = spreads(counts, draw, share, trials, seed);
  return {
    ...identityOf(counts, needs, sampler, draw.batchSize),
    silent: exact(silence(needs, draw.batchSize, none.value, one.value)),
    noPositivePair: none,
    noNegativePair: one,
    positivePairs,
    liveAnchors,
    liveShare: exact(share),
    bySize: Array.from(counts.sizes, (size, g) => ({
      size,
      classes: counts.multiplicities[g],
      liveShare: exact(1 - draw.alone(size)),
      pairChance: exact(draw.meets(size)),
    })),
  };
}

/** The distributions, by formula where that is quick and by simulation otherwise; the means, and the pairs' deviation, are exact. */
function spreads(
  counts: ClassCounts,
  draw: Draw,
  share: number,
  trials: number,
  seed: number,
): Pick<BatchForecast, "positivePairs" | "liveAnchors"> {
  const pairs = expectedPairs(counts, draw);
  const anchors = share * draw.batchSize;
  const lawOf = (tally: Tally, mean: number): Float64Array | null =>
    draw.batchSize < 2 ? Float64Array.of(1) : tallyLaw(counts, draw, tally, mean);
  const pairLaw = lawOf(pairTally, pairs);
  const anchorLaw = lawOf(anchorTally, anchors);
  const simulated =
    pairLaw === null || anchorLaw === null ? simulateDraws(counts, draw.batchSize, trials, new Random(seed)) : [];
  const valuesOf = (name: "positivePairs" | "liveAnchors"): Float64Array =>
    Float64Array.from(simulated, (census) => census[name]);
  return {
    positivePairs:
      pairLaw === null
        ? spreadOf(valuesOf("positivePairs"), 2 * pairs, 2 * Math.sqrt(varianceOfPairs(counts, draw)))
        : spreadOfDistribution(pairLaw, 2, 2 * pairs),
    liveAnchors:
      anchorLaw === null ? spreadOf(valuesOf("liveAnchors"), anchors) : spreadOfDistribution(anchorLaw, 1, anchors),
  };
}

function ofMPerClass(counts: ClassCounts, needs: BatchNeeds, options: ForecastOptions): BatchForecast {
  const { batchSize, seed, trials } = options;
  const m = checkNumber(options.m, "m", { atLeast: 1, integer: true });
  if (m > batchSize)
    throw new RangeError(`m is ${m} and batchSize ${batchSize}; a batch must hold one group of m at least`);
  const random = new Random(seed);
  const figures = observeBatches(counts, groupOfEachClass(counts), batchSize, needs, (visit) =>
    simulateMPerClass(counts, { m, batchSize, trials, random }, visit),
  );
  return { ...identityOf(counts, needs, `m-per-class (m ${m})`, batchSize), ...figures! };
}

function ofSampler(counts: LabelCounts, needs: BatchNeeds, sampler: BatchSampler, trials: number): BatchForecast {
  const { batchSize, name } = sampler;
  const groupOfSize = new Map(Array.from(counts.sizes, (size, g) => [size, g]));
  const groupOf = Int32Array.from(counts.counts, (size) => groupOfSize.get(size)!);
  const taker = new CensusTaker(counts.codes, counts.counts.length);
  const figures = observeBatches(counts, groupOf, batchSize, needs, (visit) =>
    simulateSampler(sampler, taker, trials, visit),
  );
  if (figures === null)
    throw new RangeError(`${name} gives no batch of ${batchSize} samples; give a smaller batch size`);
  return { ...identityOf(counts, needs, name, batchSize), ...figures };
}

/** P(no positive pair or no negative pair); from two samples on a batch cannot lack both. */
function silence(needs: BatchNeeds, batchSize: number, noPositive: number, noNegative: number): number {
  if (batchSize < 2) return needs.positives || needs.negatives ? 1 : 0;
  return Math.min(1, (needs.positives ? noPositive : 0) + (needs.negatives ? noNegative : 0));
}

function identityOf(
  counts: ClassCounts,
  needs: BatchNeeds,
  sampler: string,
  batchSize: number,
): Pick<BatchForecast, "sampler" | "batchSize" | "samples" | "classes" | "needs" | "neverPositive"> {
  const { samples, classes } = counts;
  return { sampler, batchSize, samples, classes, needs, neverPositive: singletonsOf(counts) };
}

function singletonsOf(counts: ClassCounts): NeverPositive {
  const singletons = counts.sizes[0] === 1 ? counts.multiplicities[0] : 0;
  const examples = [];
  if (knowsLabels(counts))
    for (let c = 0; c < counts.labels.length && examples.length < 20; c++)
      if (counts.counts[c] === 1) examples.push(counts.labels[c]);
  return { classes: singletons, samples: singletons, examples };
}
