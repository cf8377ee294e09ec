import { CrossBatchMemory } from "../../losses/around/crossBatchMemory.ts";
import { isServableLoss } from "../../losses/around/servableLoss.ts";
import type { Loss } from "../../losses/core/loss.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { MPerClassSampler } from "../../samplers/mPerClassSampler.ts";
import { UniformBatchSampler } from "../../samplers/uniformBatchSampler.ts";
import type { BatchForecast } from "../forecast/batchForecast.ts";
import { forecastBatches, forecastDefaults, needsOf, type ForecastOptions } from "../forecast/forecastBatches.ts";
import { knowsLabels, toClassCounts, type ClassCountsLike } from "../labels/classCounts.ts";
import { faultsOfCounts, timesOf } from "../labels/labelFaults.ts";
import type { Advice, AdviceStatus, Outlook, Remedy } from "./remedies/advice.ts";
import { balancedSampling } from "./remedies/balancedSampling.ts";
import { cachedGradients } from "./remedies/cachedGradients.ts";
import { classWeights } from "./remedies/classWeights.ts";
import { crossBatchMemory } from "./remedies/crossBatchMemory.ts";
import { dropSingletons } from "./remedies/dropSingletons.ts";
import { hardMining, isIdle } from "./remedies/hardMining.ts";
import { labelRange } from "./remedies/labelRange.ts";
import { largerBatch } from "./remedies/largerBatch.ts";
import { isEnough, outlookOf } from "./remedies/outlook.ts";
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
  /** The share to aim for of anchors with a positive, among those whose class has more than one sample. Default 0.9. */
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

/** What brings positives to anchors, in the order of what each pays on real data: measured in docs/silent-batches.md. */
const pairSources: readonly RemedySource[] = [
  crossBatchMemory,
  proxyLoss,
  largerBatch,
  cachedGradients,
  balancedSampling,
  dropSingletons,
];

/** What helps whatever the pairs. */
const otherSources: readonly RemedySource[] = [hardMining, classWeights, watchTheLoss];

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
  const situation = situationOf(counts, given, forecast);
  const status = statusOf(situation);
  const faults = knowsLabels(counts) ? faultsOfCounts(timesOf(counts)) : [];
  const remedies = status === "healthy" ? [] : remediesFor(status, situation);
  return { status, verdict: verdictOf(status, situation), forecast, faults, remedies };
}

function situationOf(counts: ClassCountsLike, given: AdviceOptions, forecast: BatchForecast): Situation {
  const { sampler, loss, seed, activeShare } = given;
  const embeddingSize = checkNumber(given.embeddingSize, "embeddingSize", { atLeast: 1, integer: true });
  const wantedOfAll = {
    liveShare: checkNumber(given.wantedLiveShare, "wantedLiveShare", { above: 0, below: 1 }),
    silent: checkNumber(given.acceptedSilence, "acceptedSilence", { above: 0, below: 1 }),
  };
  const isBalanced = sampler === "m-per-class" || sampler instanceof MPerClassSampler;
  const isRandom = sampler === "random" || sampler instanceof UniformBatchSampler;
  const situation = {
    counts: toClassCounts(counts),
    needs: needsOf(loss),
    lossName: isLoss(loss) ? loss.name : "the loss",
    canRemember: !isLoss(loss) || loss instanceof CrossBatchMemory || isServableLoss(loss),
    batchSize: forecast.batchSize,
    // what other samplers than random ones put into memory is not known
    memorySize: loss instanceof CrossBatchMemory && isRandom ? loss.options.memorySize : 0,
    forecast,
    now: { silent: forecast.silent.value, liveShare: forecast.liveShare.value },
    isBalanced,
    wanted: {
      ...wantedOfAll,
      // where all are alone in their class, only other labels or losses help: they are asked the share of all anchors
      liveShare: wantedOfAll.liveShare * (1 - forecast.neverPositive.samples / forecast.samples || 1),
    },
    wantedOfAll,
    memoryBudget: checkNumber(given.memoryBudget, "memoryBudget", { above: 0, infinite: true }),
    embeddingSize,
    bytesPerSample:
      given.bytesPerSample === null
        ? 16 * embeddingSize
        : checkNumber(given.bytesPerSample, "bytesPerSample", { atLeast: 0 }),
    activeShare: activeShare === null ? null : checkNumber(activeShare, "activeShare", { atLeast: 0, atMost: 1 }),
    seed,
  };
  return situation.memorySize === 0 ? situation : { ...situation, now: outlookOf(situation) };
}

function isLoss(loss: AdviceOptions["loss"]): loss is Loss {
  return "evaluate" in loss && "name" in loss;
}

/** Whether most anchors have no positive; a loss of negatives alone has no use for one. */
function lacksPositives({ now, needs }: Situation): boolean {
  return (needs.positives || !needs.negatives) && now.liveShare < WEAK_SHARE;
}

function statusOf(situation: Situation): AdviceStatus {
  const { now, wanted, needs } = situation;
  if (needs.pairs === false) return "healthy";
  if (now.silent > wanted.silent) return "silent";
  return lacksPositives(situation) || isIdle(situation) ? "weak" : "healthy";
}

/**
 * First those that give what is wished for, in the order of what they pay; then those that give less, by how many anchors they
 * make live. Wider labels come after all of them: batches get their pairs, but of another task.
 */
function remediesFor(status: AdviceStatus, situation: Situation): Remedy[] {
  const prescribed = (sources: readonly RemedySource[]): Remedy[] =>
    sources.map((source) => source(situation)).filter((remedy) => remedy !== null);
  if (status !== "silent" && !lacksPositives(situation)) return prescribed(otherSources);
  // more live anchors of one class only would be worse, and a change that brings none is no remedy
  const helping = (sources: readonly RemedySource[]): Remedy[] =>
    prescribed(sources).filter(({ before, after }) => taught(after) > taught(before));
  const rank = ({ after }: Remedy): number => (isEnough(after, situation.wanted) ? 1 : taught(after));
  const ranked = helping(pairSources).sort((a, b) => rank(b) - rank(a));
  return [...ranked, ...helping([labelRange]), ...prescribed(otherSources)];
}

/** The share of anchors that are live in a batch that is not silent. */
function taught({ liveShare, silent }: Outlook): number {
  return liveShare * (1 - silent);
}

function verdictOf(status: AdviceStatus, situation: Situation): string {
  const { forecast, lossName, now, needs, memorySize } = situation;
  const drawn = forecast.sampler === "random" ? "random batches" : `batches by ${forecast.sampler}`;
  const memory = memorySize === 0 ? "" : ` and a memory of ${count(memorySize)}`;
  const batch = `${drawn} of ${count(forecast.batchSize)}${memory} from ${count(forecast.samples)} samples of ${count(forecast.classes)} classes`;
  if (needs.pairs === false)
    return `Nothing needs to change: ${lossName} learns without samples of one class side by side, so every batch teaches it.`;
  if (status === "healthy")
    return `Nothing needs to change: with ${batch}, ${percent(now.liveShare)} of the anchors have a positive and ${now.silent === 0 ? "no step is" : `${percent(now.silent)} of the steps are`} silent.`;
  if (status === "weak" && !lacksPositives(situation))
    return `With ${batch}, ${percent(now.liveShare)} of the anchors have a positive, but only ${percent(situation.activeShare!)} of the items have a loss above 0: most of a step goes to what ${lossName} has learned.`;
  if (status === "weak")
    return `With ${batch}, hardly a step is silent, but only ${percent(now.liveShare)} of the anchors have a positive: the rest of the batch teaches ${lossName} little.`;
  return `With ${batch}, ${percent(now.silent)} of the steps teach ${lossName} nothing: ${reasonOf(situation)}.`;
}

/** What a silent step lacks, or lacks more often where the loss needs both. */
function reasonOf(situation: Situation): string {
  const { forecast, needs, memorySize } = situation;
  const lacking = (positives: boolean): number =>
    outlookOf({ ...situation, needs: { positives, negatives: !positives } }).silent;
  const [noPositive, noNegative] =
    memorySize === 0 ? [forecast.noPositivePair.value, forecast.noNegativePair.value] : [lacking(true), lacking(false)];
  return !needs.negatives || (needs.positives && noPositive >= noNegative)
    ? "no two of the samples share a class"
    : "all samples are of one class";
}
