import type { Activation, Scarce } from "kindred";
import type { HoldOutBy } from "../../../data/holdOut.ts";
import { choice, flag, toggle, without, type FlagValues } from "../../../flags/flag.ts";
import { memory } from "../../../flags/memory.ts";
import { integer, integers, jsonObject, positive, seconds, seedNumber, text } from "../../../flags/readers.ts";
import { lossNames, USUAL_LOSS } from "../../../parts/losses.ts";
import { minerNames } from "../../../parts/miners.ts";
import { trainingSamplers } from "../../../parts/samplers.ts";

/** Whether columns are brought to mean 0 and variance 1 first; "auto": when their spreads differ tenfold. */
export type Scale = "auto" | "standard" | "none";

/** Flags that ask for one training, and no search. */
const one = ["steps", "epochs", "size", "scale", "activation", "chunkSize", "auto"] as const;

/** What a training can be told. null is not given: what suits is found out, or a usual value taken. */
export const trainingFlags = {
  budget: without(
    flag("--budget <time>", "how long heads may be searched for, such as 30s, 5m or 1h (default: 1m)", seconds),
    [...one],
  ),
  plan: without(
    flag("--plan <result>", "search as an earlier result was searched: the same steps instead of a time", text),
    ["budget", ...one],
  ),
  search: {
    ...toggle("--no-search", "one training of a head, as the flags say, instead of a search", ["budget", "plan"]),
    fallback: true,
  },
  loss: flag(
    "--loss <name>",
    `the loss; a search tries this one alone (default: several, or ${USUAL_LOSS}): ${lossNames().join(", ")}`,
    text,
  ),
  lossOptions: flag("--loss-options <json>", `options of the loss, such as '{"temperature":0.1}'`, jsonObject, {}),
  miner: flag("--miner <name>", `a miner (default: none): ${minerNames().join(", ")}`, text),
  sampler: choice("--sampler <name>", "how batches are drawn (default: m-per-class)", trainingSamplers, "m-per-class"),
  m: flag(
    "--m <samples>",
    "samples of a class in a batch (default: 4, or in a search as the classes have)",
    integer(1),
  ),
  batchSize: flag(
    "--batch-size <rows>",
    "rows a batch (default: 512 in a search, 128 in one training, or fewer where there are few)",
    integer(2),
  ),
  chunkSize: flag(
    "--chunk-size <rows>",
    "rows that the model embeds at a time, when memory is short; no search (default: all)",
    integer(1),
  ),
  memorySize: flag(
    "--memory-size <rows>",
    "earlier embeddings that the loss compares with as well (default: none)",
    integer(1),
  ),
  /** Bytes; null: no limit. */
  memoryBudget: flag("--memory <amount>", "memory that a step may take, such as 8GB, for the doctor's advice", memory),
  epochs: flag("--epochs <count>", "how often the data are gone through; no search (default: 10)", integer(1)),
  steps: without(flag("--steps <count>", "batches to train on, instead of epochs; no search", integer(1)), ["epochs"]),
  learningRate: flag("--lr <rate>", "learning rate of Adam (default: several, or 0.001)", positive()),
  size: flag("--size <columns>", "columns of the embeddings; no search (default: 64)", integer(1)),
  hidden: flag(
    "--hidden <sizes>",
    "hidden layers, such as 256 or 256,128 (default: several, or none, a linear head)",
    integers(1),
  ),
  activation: choice<Activation>("--activation <name>", "after each hidden layer; no search (default: relu)", [
    "relu",
    "tanh",
    "sigmoid",
  ]),
  scale: choice<Scale>(
    "--scale <how>",
    "bring columns to mean 0 and variance 1; auto: when their spreads differ tenfold; no search (default: auto)",
    ["auto", "standard", "none"],
  ),
  heldOut: flag("--held-out <share>", "share held out to judge by", positive(1), 0.3),
  holdOutBy: choice<HoldOutBy>(
    "--hold-out-by <what>",
    "class: new classes will come, whole ones are held out; sample: the classes stay, samples of each are (default: class, where there are enough)",
    ["class", "sample"],
  ),
  group: without(
    flag("--group <column>", "the column that says which rows belong together: never trained on and judged by", text),
    [...one],
  ),
  seed: flag("--seed <number>", "of all that is random", seedNumber, 0),
  auto: toggle("--auto", "one training, which follows the doctor's first advice, where options can"),
  scarce: choice<Scarce>(
    "--scarce <how>",
    "what becomes of a class with fewer than m samples (default: repeat)",
    ["skip", "repeat", "borrow"],
    "repeat",
  ),
};

/** What a command line asks for. */
export type TrainWishes = FlagValues<typeof trainingFlags>;

/** What a command line asks for of a training, and nothing else. */
export function wishesIn(given: TrainWishes): TrainWishes {
  const names = Object.keys(trainingFlags) as (keyof TrainWishes)[];
  return Object.fromEntries(names.map((name) => [name, given[name]])) as TrainWishes;
}

/** Options of one training: what was not asked for has its usual value. */
export type TrainOptions = TrainWishes & {
  readonly loss: string;
  readonly m: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly size: number;
  readonly hidden: readonly number[];
  readonly activation: Activation;
  readonly scale: Scale;
};

/** Options that know how large a batch is. */
export type SizedOptions = TrainOptions & { readonly batchSize: number };

/** Whether the best head is to be searched for. */
export function wantsSearch(wishes: TrainWishes): boolean {
  return wishes.search && one.every((name) => wishes[name] === null || wishes[name] === false);
}

/** Values of one training that nothing was said of. */
const usual = {
  loss: USUAL_LOSS,
  m: 4,
  epochs: 10,
  learningRate: 0.001,
  size: 64,
  hidden: [],
  activation: "relu",
  scale: "auto",
} as const;

/** The options of one training. */
export function trainOptions(wishes: TrainWishes): TrainOptions {
  const wanting = Object.entries(usual).filter(([name]) => wishes[name as keyof typeof usual] === null);
  return { ...wishes, ...Object.fromEntries(wanting) } as TrainOptions;
}

/** Seconds of a search. */
export const USUAL_BUDGET = 60;
/** The usual batch size of one training. */
const USUAL_BATCH = 128;
/** The usual batch size of a search. */
export const SEARCH_BATCH = 512;

/**
 * The options with a batch size that suits so many rows, unless one is given: a quarter of the rows where that is less than the
 * usual, so that an epoch is more than a step or two.
 */
export function withBatchSize(options: TrainOptions, rows: number, most = USUAL_BATCH): SizedOptions {
  const { batchSize, m } = options;
  const suitable = Math.min(most, rows, Math.max(2 * m, m * Math.floor(rows / (4 * m))));
  return { ...options, batchSize: batchSize ?? suitable };
}
