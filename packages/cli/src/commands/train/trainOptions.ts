import type { Activation, Scarce } from "kindred";
import type { HoldOutBy } from "../../data/holdOut.ts";
import { choice, flag, toggle, without, type FlagValues } from "../../flags/flag.ts";
import { memory } from "../../flags/memory.ts";
import { integer, integers, jsonObject, positive, seedNumber, text } from "../../flags/readers.ts";
import { lossNames, USUAL_LOSS } from "../../parts/losses.ts";
import { minerNames } from "../../parts/miners.ts";
import { trainingSamplers } from "../../parts/samplers.ts";

/** Whether columns are brought to mean 0 and variance 1 first; "auto": when their spreads differ tenfold. */
export type Scale = "auto" | "standard" | "none";

/** What a training can be told. */
export const trainingFlags = {
  loss: flag("--loss <name>", `the loss (default: ${USUAL_LOSS}): ${lossNames().join(", ")}`, text, USUAL_LOSS),
  lossOptions: flag("--loss-options <json>", `options of the loss, such as '{"temperature":0.1}'`, jsonObject, {}),
  miner: flag("--miner <name>", `a miner (default: none): ${minerNames().join(", ")}`, text),
  sampler: choice("--sampler <name>", "how batches are drawn (default: m-per-class)", trainingSamplers, "m-per-class"),
  m: flag("--m <samples>", "samples of a class in a batch", integer(1), 4),
  batchSize: flag("--batch-size <rows>", "rows a batch (default: 128, or fewer where there are few)", integer(2)),
  chunkSize: flag(
    "--chunk-size <rows>",
    "rows that the model embeds at a time, when memory is short (default: all)",
    integer(1),
  ),
  memorySize: flag(
    "--memory-size <rows>",
    "earlier embeddings that the loss compares with as well (default: none)",
    integer(1),
  ),
  /** Bytes; null: no limit. */
  memoryBudget: flag("--memory <amount>", "memory that a step may take, such as 8GB, for the doctor's advice", memory),
  epochs: flag("--epochs <count>", "how often the data are gone through", integer(1), 10),
  steps: without(flag("--steps <count>", "batches to train on, instead of epochs", integer(1)), ["epochs"]),
  learningRate: flag("--lr <rate>", "learning rate of Adam", positive(), 0.001),
  size: flag("--size <columns>", "columns of the embeddings", integer(1), 64),
  hidden: flag(
    "--hidden <sizes>",
    "hidden layers, such as 256 or 256,128 (default: none, a linear head)",
    integers(1),
    [],
  ),
  activation: choice<Activation>(
    "--activation <name>",
    "after each hidden layer (default: relu)",
    ["relu", "tanh", "sigmoid"],
    "relu",
  ),
  scale: {
    ...choice<Scale>(
      "--scale <how>",
      "bring columns to mean 0 and variance 1; auto: when their spreads differ tenfold",
      ["auto", "standard", "none"],
    ),
    fallback: "auto" as Scale,
  },
  heldOut: flag("--held-out <share>", "share held out to judge by", positive(1), 0.3),
  holdOutBy: choice<HoldOutBy>(
    "--hold-out-by <what>",
    "hold out whole classes or samples of each (default: class, where there are enough)",
    ["class", "sample"],
  ),
  seed: flag("--seed <number>", "of all that is random", seedNumber, 0),
  auto: toggle("--auto", "follow the doctor's first advice, where options can"),
  scarce: choice<Scarce>(
    "--scarce <how>",
    "what becomes of a class with fewer than m samples (default: repeat)",
    ["skip", "repeat", "borrow"],
    "repeat",
  ),
};

export type TrainOptions = FlagValues<typeof trainingFlags>;

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
