import type { Optimizer, Tensor, Variable } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { describe } from "../../matrix/checks.ts";
import { fromFunction } from "./fromFunction.ts";
import type { TensorModel } from "./tensorModel.ts";

/** Options of {@link fromLayersModel}. */
export interface FromLayersModelOptions {
  /** Such as `tf.train.adam(0.001)`; it stays the caller's. */
  readonly optimizer: Optimizer;
}

/**
 * A model from a tf.LayersModel with one input and one output of shape [n, d]. Rows of the inputs are laid out in the
 * shape that the model's input has. Layers that are not trainable stay as they are.
 *
 * @returns the model; its `dispose` frees what the adapter holds, the LayersModel and the optimizer stay the caller's
 * @throws TypeError when it is no such LayersModel
 */
export function fromLayersModel(layersModel: LayersModel, { optimizer }: FromLayersModelOptions): TensorModel {
  if (typeof layersModel?.apply !== "function" || layersModel.inputs?.length !== 1 || layersModel.outputs?.length !== 1)
    throw new TypeError(
      `fromLayersModel was given ${describe(layersModel)}; give a LayersModel with one input and one output`,
    );
  const inputShape = layersModel.inputs[0].shape.slice(1);
  if (inputShape.some((size) => size === null))
    throw new TypeError(
      `the model's input has the shape [null, ${inputShape.join(", ")}]; give the size of each dimension but the first`,
    );
  const variables = layersModel.weights.map((weight) => weight.read() as Variable);
  const apply = (inputs: Tensor, training: boolean): Tensor => layersModel.apply(inputs, { training }) as Tensor;
  return fromFunction(apply, { variables, optimizer, inputShape: inputShape as number[] });
}
