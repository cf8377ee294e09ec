import type { Scarce } from "../../../samplers/mPerClassSampler.ts";
import type { BatchForecast } from "../../forecast/batchForecast.ts";
import type { LabelFault } from "../../labels/labelFaults.ts";

/** What a remedy does, as a name that stays the same. */
export type RemedyName =
  | "balanced-sampling"
  | "drop-singletons"
  | "larger-batch"
  | "cross-batch-memory"
  | "cached-gradients"
  | "proxy-loss"
  | "label-range"
  | "class-weights"
  | "hard-mining"
  | "watch-the-loss";

/** What batches hold, in two numbers. */
export interface Outlook {
  /** The probability that a batch teaches nothing. */
  readonly silent: number;
  /** The expected share of anchors that a batch can teach something. */
  readonly liveShare: number;
}

/** Options of a training that a remedy sets. */
export interface RemedySettings {
  readonly sampler?: "m-per-class" | "random";
  readonly m?: number;
  readonly scarce?: Scarce;
  readonly batchSize?: number;
  /** Rows that the model embeds at a time, in the Trainer. */
  readonly chunkSize?: number;
  /** Rows that a CrossBatchMemory around the loss holds. */
  readonly memorySize?: number;
  readonly loss?: string;
  readonly miner?: string;
}

/** Something to do, with what it changes. */
export interface Remedy {
  readonly name: RemedyName;
  /** What to do, in a few words. */
  readonly title: string;
  /** Why it helps here, with this data's numbers. */
  readonly why: string;
  /** What it costs. */
  readonly cost: string;
  readonly before: Outlook;
  readonly after: Outlook;
  /** TypeScript to paste. */
  readonly code: string;
  /** The same as options by name ({@link RemedySettings}); null where it takes more than options. */
  readonly settings: RemedySettings | null;
}

/**
 * "healthy": nothing needs to change. "weak": no batch is wasted, but most of it is: its anchors have no positive, or its items
 * have loss 0. "silent": whole batches teach nothing.
 */
export type AdviceStatus = "healthy" | "weak" | "silent";

/** A verdict, what it rests on, and what to do, best first. */
export interface Advice {
  readonly status: AdviceStatus;
  /** One sentence. */
  readonly verdict: string;
  readonly forecast: BatchForecast;
  readonly faults: readonly LabelFault[];
  readonly remedies: readonly Remedy[];
}
