import type { BatchNeeds, BatchReport } from "../batch/batchReport.ts";
import type { Gradients, Loss } from "../losses/core/loss.ts";
import type { Label } from "../matrix/labels.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { Miner } from "../miners/miner.ts";
import type { BatchSampler } from "../samplers/batchSampler.ts";
import type { Tuples } from "../tuples/tuples.ts";
import type { FaultyBatch } from "./faultyBatch.ts";
import type { History } from "./history.ts";
import type { Model } from "./model.ts";
import type { WeightAverage } from "./weights/weightAverage.ts";

/** Figures of an evaluation by name, such as `{ precisionAt1: 0.93 }`. */
export type Metrics = Readonly<Record<string, number>>;

/** One step: a batch was embedded, its loss pulled back, the weights moved. */
export interface StepEvent {
  /** Steps done since the training began, this one included: 1, 2 ... */
  readonly step: number;
  /** The epoch that the step belongs to: 1, 2 ... */
  readonly epoch: number;
  /** The loss of the batch before the weights moved. */
  readonly value: number;
  /** Of a sum of losses: the value of each by its name, unweighted. */
  readonly losses?: Readonly<Record<string, number>>;
  /** What the batch could teach; its status says so when it taught nothing. */
  readonly report: BatchReport;
  /** What the loss needs of a batch. */
  readonly needs: BatchNeeds;
  readonly gradients: Gradients;
  /** The batch's embeddings, before the weights moved. */
  readonly embeddings: Matrix;
  readonly labels: readonly Label[];
  /** Which samples of the data the batch is. */
  readonly rows: Int32Array;
  /** What the miner chose, where there is one. */
  readonly tuples?: Tuples;
  /** What the training is made of. */
  readonly parts: { readonly loss: Loss; readonly miner: Miner | null; readonly sampler: BatchSampler };
  /** Share of the anchors that the loss could learn from, 0 .. 1; see {@link liveShare}. */
  readonly liveShare: number;
  /** What the model's optimizer was set to in this step, where the model says so. */
  readonly learningRate?: number;
  /** How long the model's slopes were before they were clipped, where they are clipped and moved something. */
  readonly gradientNorm?: number;
  /** Whether the weights moved in this step; with `accumulate` they do in every so many-th. */
  readonly hasMoved: boolean;
  /** Samples a second in this run up to here, evaluations and hooks not counted. */
  readonly samplesPerSecond: number;
}

/** The end of an epoch. */
export interface EpochEvent {
  readonly step: number;
  readonly epoch: number;
  /** Mean of the losses of the epoch's batches in this run. */
  readonly meanLoss: number;
  /** Batches of the epoch in this run that taught nothing. */
  readonly silentSteps: number;
}

/** An evaluation. */
export interface EvaluationEvent {
  readonly step: number;
  readonly epoch: number;
  readonly metrics: Metrics;
}

/**
 * Why a run came to its end: all was done; a hook stopped it; its signal was aborted or the caller left the loop; a batch made
 * NaN or an infinity; an error was thrown.
 */
export type StopReason = "finished" | "stopped" | "aborted" | "not-finite" | "failed";

/** What a run gives. */
export interface TrainingResult {
  /** Steps and epochs finished in this run. */
  readonly steps: number;
  readonly epochs: number;
  /** Steps whose batch taught nothing: the report's status was not "learning". */
  readonly silentSteps: number;
  /** One entry a step. */
  readonly history: History;
  readonly evaluations: readonly EvaluationEvent[];
  /** Wall-clock time of the run, evaluations and hooks included. */
  readonly seconds: number;
  /** Samples a second, evaluations and hooks not counted; 0 without a step. */
  readonly samplesPerSecond: number;
  readonly stopReason: StopReason;
  /** The words a hook stopped the run with, or what was not finite, else "". */
  readonly stopMessage: string;
  /**
   * The batch that made NaN or an infinity, in its inputs, its embeddings, its loss or a slope, before anything has moved by it; or, where
   * a metric is NaN, the last before the evaluation. null: there was none. {@link faultyBatchToBytes} writes it.
   */
  readonly faultyBatch: FaultyBatch | null;
}

/** What a hook can see and do. */
export interface TrainingControl {
  /** Steps done since the training began. */
  readonly stepsDone: number;
  /** Epochs done since the training began. */
  readonly epochsDone: number;
  /** Whether the training evaluates. */
  readonly hasEvaluation: boolean;
  /** The model that is trained. */
  readonly model: Model;
  /** The loss that it is trained with. */
  readonly loss: Loss;
  /** The average of the model's weights, where one is made: it is what is evaluated. */
  readonly average?: WeightAverage | null;
  /** Ends the run after this step. */
  stop(message?: string): void;
}

/**
 * Is told what happens in a training; the loop waits for a hook that returns a promise. What a hook with `state` and `load` keeps is
 * part of the Trainer's state.
 */
export interface TrainingHook {
  onStart?(control: TrainingControl): void | Promise<void>;
  onStep?(event: StepEvent, control: TrainingControl): void | Promise<void>;
  onEpochEnd?(event: EpochEvent, control: TrainingControl): void | Promise<void>;
  onEvaluation?(event: EvaluationEvent, control: TrainingControl): void | Promise<void>;
  /** A step is done with all that follows it, an evaluation too: what the Trainer's `state()` says now is a place to go on from. */
  onRest?(control: TrainingControl): void | Promise<void>;
  onEnd?(result: TrainingResult, control: TrainingControl): void | Promise<void>;
}
