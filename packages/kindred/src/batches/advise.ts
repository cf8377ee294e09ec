import { checkNumber, withDefaults } from "../matrix/checks.ts";
import type { BatchNeeds } from "../losses/batchReport.ts";
import { MPerClassSampler } from "../samplers/mPerClassSampler.ts";
import type { Advice, AdviceStatus, Outlook, Remedy } from "./advice.ts";
import type { BatchForecast } from "./batchForecast.ts";
import { knowsLabels, toClassCounts, type ClassCountsLike, type LabelCounts } from "./classCounts.ts";
import { forecastBatches, forecastDefaults, needsOf, type ForecastOptions } from "./forecastBatches.ts";
import { faultsOfCounts } from "./labelFaults.ts";
import { balancedSampling } from "./remedies/balancedSampling.ts";
import { classWeights } from "./remedies/classWeights.ts";
import { dropSingletons } from "./remedies/dropSingletons.ts";
import { hardMining } from "./remedies/hardMining.ts";
import { labelRange } from "./remedies/labelRange.ts";
import { largerBatch } from "./remedies/largerBatch.ts";
import { proxyLoss } from "./remedies/proxyLoss.ts";
import { count, percent, type RemedySource, type Situation } from "./remedies/situation.ts";
import { watchTheLoss } from "./remedies/watchTheLoss.ts";

/** Options of {@link advise}, beside those of the forecast. */
export interface AdviceOptions extends ForecastOptions {
  /** Columns of the embeddings. Default 128. */
  readonly embeddingSize: number;
  /** Bytes that a training step may take. Default Infinity. */
  readonly memoryBudget: number;
  /** Bytes of the model's activations for one sample. Default: four times those of an embedding. */
  readonly bytesPerSample: number | null;
  /** The share of anchors with a positive to aim for. Default 0.9. */
  readonly wantedLiveShare: number;
  /** The share of silent steps that is acceptable. Default 0.01. */
  readonly acceptedSilence: number;
  /** Share of items with a loss above 0, where a training has shown it (`history.activeShare`). Default null. */
  readonly activeShare: number | null;
}

const defaults: AdviceOptions = {
  ...forecastDefaults,
  embeddingSize: 128,
  memoryBudget: Infinity,
  bytesPerSample: null,
  wantedLiveShare: 0.9,
  acceptedSilence: 0.01,
  activeShare: null,
};

/** Below this share of live anchors most of a batch is wasted. */
const WEAK_SHARE = 0.5;

/**
 * The remedies that there are, most recommended first among those of the same effect. What each pays on real data is
 * measured in docs/silent-batches.md.
 */
const sources: readonly RemedySource[] = [
  balancedSampling,
  largerBatch,
  proxyLoss,
  dropSingletons,
  labelRange,
  hardMining,
  classWeights,
  watchTheLoss,
];

/**
 * Whether batches will teach a loss enough, and what to do when they won't: remedies with their numbers before and after
 * and with code to paste, best first. A loss is asked what it needs; one that needs no pairs is always served.
 *
 *     const { verdict, remedies } = advise(classCounts(labels), { batchSize: 100, loss });
 *
 * @param counts the size of each class, or `classCounts(labels)`; faults of labels are looked for in the latter only
 * @throws as {@link forecastBatches}
 */
export function advise(counts: ClassCountsLike, options?: Partial<AdviceOptions>): Advice {
  const given = withDefaults(options, defaults, "advise");
  const { batchSize, sampler, m, loss, trials, seed } = given;
  const forecast = forecastBatches(counts, { batchSize, sampler, m, loss, trials, seed });
  const needs = needsOf(loss);
  const situation = situationOf(counts, given, forecast, needs);
  const status = statusOf(situation);
  const faults = knowsLabels(counts) ? faultsOfCounts(timesOf(counts)) : [];
  const remedies = status === "healthy" && !isIdle(situation) ? [] : remediesFor(situation);
  return { status, verdict: verdictOf(status, situation), forecast, faults, remedies };
}

function situationOf(
  counts: ClassCountsLike,
  given: AdviceOptions,
  forecast: BatchForecast,
  needs: BatchNeeds,
): Situation {
  const embeddingSize = checkNumber(given.embeddingSize, "embeddingSize", { atLeast: 1, integer: true });
  const { sampler, loss } = given;
  return {
    counts: toClassCounts(counts),
    needs,
    lossName: "name" in loss && typeof loss.name === "string" ? loss.name : "the loss",
    batchSize: forecast.batchSize,
    forecast,
    now: { silent: forecast.silent.value, liveShare: forecast.liveShare.value },
    isBalanced: sampler === "m-per-class" || sampler instanceof MPerClassSampler,
    wanted: {
      liveShare: checkNumber(given.wantedLiveShare, "wantedLiveShare", { above: 0, below: 1 }),
      silent: checkNumber(given.acceptedSilence, "acceptedSilence", { above: 0, below: 1 }),
    },
    memoryBudget: checkNumber(given.memoryBudget, "memoryBudget", { above: 0, infinite: true }),
    embeddingSize,
    bytesPerSample:
      given.bytesPerSample === null
        ? 16 * embeddingSize
        : checkNumber(given.bytesPerSample, "bytesPerSample", { atLeast: 0 }),
    activeShare: given.activeShare,
    seed: given.seed,
  };
}

function statusOf({ now, wanted, needs }: Situation): AdviceStatus {
  if (needs.pairs === false) return "healthy";
  if (now.silent > wanted.silent) return "silent";
  return now.liveShare < WEAK_SHARE ? "weak" : "healthy";
}

function isIdle({ activeShare }: Situation): boolean {
  return activeShare !== null && activeShare < 0.1;
}

/** Those that help, by how many anchors they make live; what changes nothing about that comes last. */
function remediesFor(situation: Situation): Remedy[] {
  const gain = ({ silent, liveShare }: Outlook): number => Math.round(20 * liveShare * (1 - silent));
  return sources
    .map((source) => source(situation))
    .filter((remedy) => remedy !== null)
    .map((remedy, order) => ({ remedy, order }))
    .sort((a, b) => gain(b.remedy.after) - gain(a.remedy.after) || a.order - b.order)
    .map(({ remedy }) => remedy);
}

function verdictOf(status: AdviceStatus, { forecast, lossName, now, needs }: Situation): string {
  const batch = `${forecast.sampler === "random" ? "random batches" : `batches by ${forecast.sampler}`} of ${count(forecast.batchSize)} from ${count(forecast.samples)} samples of ${count(forecast.classes)} classes`;
  if (needs.pairs === false)
    return `Nothing needs to change: ${lossName} compares samples with a vector of their class, so every batch teaches it.`;
  if (status === "healthy")
    return `Nothing needs to change: with ${batch}, ${percent(now.liveShare)} of the anchors have a positive and ${now.silent === 0 ? "no step is" : `${percent(now.silent)} of the steps are`} silent.`;
  if (status === "weak")
    return `With ${batch}, hardly a step is silent, but only ${percent(now.liveShare)} of the anchors have a positive: the rest of the batch teaches ${lossName} little.`;
  const reason =
    forecast.noPositivePair.value >= forecast.noNegativePair.value || !needs.negatives
      ? "no two of the samples share a class"
      : "all samples are of one class";
  return `With ${batch}, ${percent(now.silent)} of the steps teach ${lossName} nothing: ${reason}.`;
}

/** How often each label occurs; empty ones count as labels here. */
function timesOf({ counts, labels }: LabelCounts): Map<unknown, number> {
  return new Map(labels.map((label, c) => [label, counts[c]]));
}
