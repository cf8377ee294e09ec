import type { Activation, Scarce } from "kindred";
import type { HoldOutBy } from "../data/holdOut.ts";

/** How batches are drawn. */
export type SamplerName = "m-per-class" | "random";

/** Whether columns are brought to mean 0 and variance 1 first; "auto": when their spreads differ tenfold. */
export type Scale = "auto" | "standard" | "none";

/** What a training can be told. */
export interface TrainOptions {
  /** The loss's name, as kindred exports it. */
  readonly loss: string;
  /** Options of the loss, by name. */
  readonly lossOptions: Readonly<Record<string, unknown>>;
  /** The miner's name; null: none. */
  readonly miner: string | null;
  readonly sampler: SamplerName;
  /** Samples of a class in a batch of the m-per-class sampler. */
  readonly m: number;
  /** What becomes of classes with fewer than m samples. */
  readonly scarce: Scarce;
  readonly batchSize: number;
  readonly epochs: number;
  /** Instead of epochs; null: epochs count. */
  readonly steps: number | null;
  readonly learningRate: number;
  /** Columns of the embeddings. */
  readonly size: number;
  /** Sizes of hidden layers; none: a linear head. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
  readonly scale: Scale;
  /** The share held out for evaluation. */
  readonly heldOut: number;
  /** null: by class where there are enough. */
  readonly holdOutBy: HoldOutBy | null;
  readonly seed: number;
  /** Whether the doctor's advice is followed where a training can. */
  readonly auto: boolean;
}

export const trainDefaults: TrainOptions = {
  loss: "SupConLoss",
  lossOptions: {},
  miner: null,
  sampler: "m-per-class",
  m: 4,
  scarce: "repeat",
  batchSize: 128,
  epochs: 10,
  steps: null,
  learningRate: 0.001,
  size: 64,
  hidden: [],
  activation: "relu",
  scale: "auto",
  heldOut: 0.3,
  holdOutBy: null,
  seed: 0,
  auto: false,
};
