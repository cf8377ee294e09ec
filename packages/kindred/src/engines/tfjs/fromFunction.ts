import type { Optimizer, Tensor, Variable } from "@tensorflow/tfjs-core";
import { describe, withDefaults } from "../../matrix/checks.ts";
import { checkInputShape } from "../shapes/inputShape.ts";
import { TensorModel } from "./tensorModel.ts";

/** Options of {@link fromFunction}. */
export interface FromFunctionOptions {
  /** What the function computes with. The trainable ones are trained; all of them are saved. */
  readonly variables: readonly Variable[];
  /** Such as `tf.train.adam(0.001)`; it stays the caller's. */
  readonly optimizer: Optimizer;
  /** Shape of one input, each row of the inputs is laid out in it: `[28, 28, 1]`; default null: the row as it is. */
  readonly inputShape?: readonly number[] | null;
}

/**
 * A model from a function of tensors and the variables it computes with.
 *
 *     const w = tf.variable(tf.randomNormal([64, 16]));
 *     const model = fromFunction((x) => tf.matMul(x, w), { variables: [w], optimizer: tf.train.sgd(0.1) });
 *
 * In a `Trainer` each step runs the function once. Where `embed(inputs, true)` and `backward` are called apart, `backward` runs
 * it again, since TensorFlow.js keeps no tape between two calls: dropout then draws anew.
 *
 * @param apply from inputs (n x inputShape) and whether it is for training, to embeddings (n x d)
 * @returns the model; its `dispose` frees what the adapter holds, variables and optimizer stay the caller's
 * @throws TypeError when something is missing
 */
export function fromFunction(
  apply: (inputs: Tensor, isTraining: boolean) => Tensor,
  options: FromFunctionOptions,
): TensorModel {
  const defaults: Partial<FromFunctionOptions> = { variables: undefined, optimizer: undefined, inputShape: null };
  const { variables, optimizer, inputShape } = withDefaults<Partial<FromFunctionOptions>>(
    options,
    defaults,
    "fromFunction",
  );
  if (typeof apply !== "function")
    throw new TypeError(`fromFunction was given ${describe(apply)}; give a function of tensors`);
  if (!Array.isArray(variables) || variables.length === 0)
    throw new TypeError(`variables is ${describe(variables)}; give the tf.Variables that the function computes with`);
  if (typeof optimizer?.applyGradients !== "function")
    throw new TypeError(`optimizer is ${describe(optimizer)}; give an optimizer of tf.train`);
  return new TensorModel(apply, variables as readonly Variable[], optimizer, {
    inputShape: checkInputShape(inputShape ?? null),
  });
}
