import { expect } from "vitest";
import { Adam, MPerClassSampler, type Matrix, type Trainer } from "../../../src/index.ts";
import { MlpModel } from "../../../src/training/mlpModel.ts";
import { SGD } from "../../../src/training/sgd.ts";
import { blobs, precisionAt1 } from "../fixtures.ts";

/** Models whose one step is their slope: SGD with a learning rate of 1. */
export function bentModel(inputSize: number, outputSize: number, seed: number): MlpModel {
  return new MlpModel({
    inputSize,
    hidden: [3],
    outputSize,
    activation: "tanh",
    seed,
    optimizer: new SGD({ learningRate: 1 }),
  });
}

/** Linear stages of the same kind. */
export function linearModel(inputSize: number, outputSize: number, seed: number): MlpModel {
  return new MlpModel({ inputSize, outputSize, seed, optimizer: new SGD({ learningRate: 1 }) });
}

/** Linear stages that learn. */
export function learner(inputSize: number, outputSize: number, seed: number): MlpModel {
  return new MlpModel({ inputSize, outputSize, seed, optimizer: new Adam({ learningRate: 0.01 }) });
}

/** A trainer and its models, whose steps are their slopes. */
interface Composed<M> {
  readonly trainer: Trainer;
  readonly models: Readonly<Record<string, MlpModel>> & M;
}

/** How far each parameter moves in the trainer's next step, by "model.parameter". */
export function movesOf({ trainer, models }: Composed<unknown>): Readonly<Record<string, Float32Array>> {
  const parameters = Object.entries(models).flatMap(([name, model]) =>
    Object.entries(model.parameters).map(([own, { data }]) => [`${name}.${own}`, data] as const),
  );
  const before = parameters.map(([, data]) => data.slice());
  trainer.step();
  return Object.fromEntries(parameters.map(([name, data], k) => [name, before[k].map((value, j) => value - data[j])]));
}

/**
 * Compares the slope of each weight of each model, as one step shows it, with finite differences of the value of that step.
 *
 * @param make the same trainer each time, in its first step
 * @param still models that are not moved, whose slopes nobody sees
 */
export function expectSlopesOfDifferences(make: () => Composed<unknown>, still: readonly string[] = []): void {
  const slopes = movesOf(make());
  const h = 2e-3;
  const valueAt = (name: string, k: number, shift: number): number => {
    const { trainer, models } = make();
    const [model, ...own] = name.split(".");
    models[model].parameters[own.join(".")].data[k] += shift;
    return trainer.step().value;
  };
  let largest = 0;
  for (const [name, slope] of Object.entries(slopes))
    for (let k = 0; k < slope.length; k++) {
      if (still.includes(name.split(".")[0])) {
        expect(slope[k], `${name}[${k}]`).toBe(0);
        continue;
      }
      const difference = (valueAt(name, k, h) - valueAt(name, k, -h)) / (2 * h);
      largest = Math.max(largest, Math.abs(difference));
      expect(Math.abs(slope[k] - difference), `${name}[${k}]: ${slope[k]}, ${difference}`).toBeLessThan(
        2e-3 * (1 + Math.abs(difference)),
      );
    }
  expect(largest).toBeGreaterThan(0.05);
}

/** Classes to train on, and others of the same make to judge by. */
export const training = blobs(4, 16, 12, 1);
export const held = blobs(4, 24, 12, 2);

/** Batches of 4 classes with 4 samples each. */
export function sampler(seed = 0): MPerClassSampler {
  return new MPerClassSampler(training.labels, { m: 4, batchSize: 16, seed });
}

/** Half of the held rows have a nearest neighbour of their class as they are; nearly all must as the model embeds them. */
export function expectLearned(model: { embed(inputs: Matrix): Matrix }): void {
  expect(precisionAt1(held.inputs, held.labels)).toBeLessThan(0.55);
  expect(precisionAt1(model.embed(held.inputs), held.labels)).toBeGreaterThan(0.95);
}

/** Whether a trainer that takes a state of another goes on to the same end, to the bit. */
export async function expectSameEnd<T extends Trainer>(make: () => T): Promise<void> {
  const whole = make();
  await whole.train({ steps: 3 });
  const state = structuredClone(await whole.state());
  const rest = await whole.train({ steps: 4 });
  const resumed = make();
  await resumed.load(state);
  const again = await resumed.train({ steps: 4 });
  expect(again.history).toEqual(rest.history);
  expect(await resumed.state()).toEqual(await whole.state());
}
