import type { Activation, Scarce } from "kindred";
import type { HoldOutBy } from "../../data/holdOut.ts";

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
  /** Rows a batch; null: 128, or fewer where there are few rows. */
  readonly batchSize: number | null;
  /** Rows that the model embeds at a time; null: the whole batch. */
  readonly chunkSize: number | null;
  /** Embeddings of earlier batches that the loss compares with as well; null: none. */
  readonly memorySize: number | null;
  /** Bytes that a step may take, for the doctor's advice; null: no limit. */
  readonly memoryBudget: number | null;
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

/** Options that know how large a batch is. */
export type SizedOptions = TrainOptions & { readonly batchSize: number };

/** The usual batch size; a quarter of the rows where that is less, so that an epoch is more than a step or two. */
const USUAL_BATCH = 128;

/** The options with a batch size that suits so many rows, unless one is given. */
export function withBatchSize(options: TrainOptions, rows: number): SizedOptions {
  const { batchSize, m } = options;
  const suitable = Math.min(USUAL_BATCH, rows, Math.max(2 * m, m * Math.floor(rows / (4 * m))));
  return { ...options, batchSize: batchSize ?? suitable };
}

export const trainDefaults: TrainOptions = {
  loss: "SupConLoss",
  lossOptions: {},
  miner: null,
  sampler: "m-per-class",
  m: 4,
  scarce: "repeat",
  batchSize: null,
  chunkSize: null,
  memorySize: null,
  memoryBudget: null,
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
