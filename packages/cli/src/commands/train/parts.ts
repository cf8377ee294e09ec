import * as kindred from "kindred";
import {
  ClassificationLoss,
  CrossBatchMemory,
  MPerClassSampler,
  UniformBatchSampler,
  type BatchSampler,
  type Loss,
  type Miner,
} from "kindred";
import { nearest } from "../../door/nearest.ts";
import { InputError, atTheDoor } from "../../door/inputError.ts";
import type { SizedOptions, TrainOptions } from "./trainOptions.ts";

type Constructor<T> = new (options?: object) => T;

/** Losses that are made of formulas or other losses, or learn from views, scores, walks or pairs of rows instead of labels. */
const ofOtherInput: readonly string[] = [
  "AnglELoss",
  "CoSENTLoss",
  "GISTLoss",
  "GenericPairLoss",
  "ManifoldLoss",
  "MatryoshkaLoss",
  "MultipleNegativesRankingLoss",
  "SelfSupervisedLoss",
  "VICRegLoss",
];

/** The names of the losses that a training can use. */
export const lossNames = exportsEndingIn("Loss", [
  ...["MetricLoss", "ClassificationLoss", "PairLoss"],
  ...ofOtherInput,
]);

/** The names of the miners. */
export const minerNames = exportsEndingIn("Miner", ["TupleMiner"]);

/**
 * The loss with its options; one with a vector a class is made for the classes it is to learn.
 *
 * @param known the labels of the data, or how many classes 0, 1 ... there are
 * @throws InputError when there is no such loss, or it refuses its options
 */
export function makeLoss(
  { loss, lossOptions, size }: Pick<TrainOptions, "loss" | "lossOptions" | "size">,
  known: readonly string[] | number,
): Loss {
  const Class = named<Loss>(loss, lossNames, "loss");
  const own = Class.prototype instanceof ClassificationLoss ? classOptions(known, size) : {};
  return atTheDoor(() => new Class({ whenSilent: "ignore", ...own, ...lossOptions }));
}

function classOptions(known: readonly string[] | number, embeddingSize: number): object {
  if (typeof known === "number") return { numClasses: known, embeddingSize };
  const classes = [...new Set(known)];
  return { numClasses: classes.length, embeddingSize, classes };
}

/**
 * The loss, comparing with embeddings of earlier batches as well if so many are to be remembered.
 *
 * @throws InputError when the loss refuses its options or a memory, or the memory does not hold a batch
 */
export function makeTrainingLoss(options: SizedOptions, labels: readonly string[]): Loss {
  const loss = makeLoss(options, labels);
  const { memorySize, batchSize, size } = options;
  if (memorySize === null) return loss;
  if (memorySize < batchSize)
    throw new InputError(
      `the memory holds ${memorySize} rows and a batch ${batchSize}; give a --memory-size of a batch at least`,
    );
  return atTheDoor(() => new CrossBatchMemory(loss, { embeddingSize: size, memorySize }));
}

/** @throws InputError when there is no loss or no miner of the name given; known before any data are read */
export function checkNames({ loss, miner }: TrainOptions): void {
  named(loss, lossNames, "loss");
  if (miner !== null) named(miner, minerNames, "miner");
}

/** The miner. @throws InputError when there is no such miner */
export function makeMiner({ miner }: TrainOptions): Miner | null {
  return miner === null ? null : atTheDoor(() => new (named<Miner>(miner, minerNames, "miner"))());
}

/** The sampler over the data to train on. @throws InputError when the batch is larger than the data, say */
export function makeSampler(
  { sampler, m, scarce, batchSize, seed }: SizedOptions,
  labels: readonly string[],
): BatchSampler {
  if (batchSize > labels.length)
    throw new InputError(
      `the batch size is ${batchSize} and there are ${labels.length} rows to train on; give a smaller --batch-size`,
    );
  return atTheDoor(() =>
    sampler === "random"
      ? new UniformBatchSampler(labels.length, { batchSize, seed })
      : new MPerClassSampler(labels, { m, scarce, batchSize, seed }),
  );
}

function named<T>(name: string, known: readonly string[], kind: string): Constructor<T> & { prototype: object } {
  if (ofOtherInput.includes(name))
    throw new InputError(`${name} learns from other input than labelled vectors; use it from the library`);
  if (!known.includes(name))
    throw new InputError(
      `there is no ${kind} ${JSON.stringify(name)}${nearest(name, known)}; there are ${known.join(", ")}`,
    );
  return (kindred as unknown as Record<string, Constructor<T> & { prototype: object }>)[name];
}

function exportsEndingIn(ending: string, except: readonly string[]): string[] {
  return Object.entries(kindred)
    .filter(([name, value]) => name.endsWith(ending) && typeof value === "function" && !except.includes(name))
    .map(([name]) => name)
    .sort();
}
