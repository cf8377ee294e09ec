import {
  add,
  conv2d,
  getGradient,
  matMul,
  maxPool,
  type Optimizer,
  type Rank,
  relu,
  reshape,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor,
  tidy,
  train,
  variable,
  type Variable,
} from "@tensorflow/tfjs-core";
import { describe, withDefaults } from "../../matrix/checks.ts";
import { convNetDefaults, type ConvNetShape, planConvNet, POOL_SIZE } from "../shapes/convNet.ts";
import { TensorModel } from "./tensorModel.ts";

/** Options of {@link smallConvNet}. */
export interface SmallConvNetOptions extends ConvNetShape {
  /** Seed of the first weights; default 0. */
  readonly seed?: number;
  /** Such as `tf.train.adam(0.001)`, the default; one that is given stays the caller's. */
  readonly optimizer?: Optimizer;
}

/**
 * A small convolutional net for small images: for each entry of `filters` a block
 *
 *     h = maxPool2x2(relu(conv3x3(h) + bias))
 *
 * which keeps the image's size in the convolution and halves it (rounded down) in the pooling; then
 * embeddings = flatten(h) W + bias. A row of the inputs is an image as [height, width, channels], its numbers best about 0 to 1.
 * Weights begin as normal random numbers of variance 2 / inputs (He et al., 2015), biases as 0; the same seed gives the weights
 * that `smallConvNet` of `kindred/jax` begins with.
 *
 *     const model = smallConvNet({ height: 28, width: 28, filters: [16, 32], embeddingSize: 64 });
 *
 * @returns the model; its `dispose` frees the weights too
 * @throws TypeError, RangeError when an option is unknown, missing or out of bounds; Error when TensorFlow.js has no gradients
 */
export function smallConvNet(options: SmallConvNetOptions): TensorModel {
  const { optimizer: given, ...shape } = withDefaults<SmallConvNetOptions>(
    options,
    { ...convNetDefaults, optimizer: undefined },
    "smallConvNet",
  );
  const { inputShape, blocks, weights } = planConvNet(shape);
  if (given !== undefined && typeof given?.applyGradients !== "function")
    throw new TypeError(`optimizer is ${describe(given)}; give an optimizer of tf.train`);
  if (getGradient("Conv2D") === undefined)
    throw new Error(
      "TensorFlow.js has no gradients: @tensorflow/tfjs-core leaves them out; import @tensorflow/tfjs-layers or @tensorflow/tfjs, which bring them",
    );
  const variables = Object.fromEntries(
    Object.entries(weights).map(([name, { data, shape }]) => [
      name,
      tidy(() => variable(tensor(data, [...shape]), true)),
    ]),
  );
  const apply = (inputs: Tensor): Tensor => embedImages(inputs as Tensor4D, variables, blocks);
  const optimizer = given ?? train.adam(0.001);
  const owned = [...Object.values(variables), ...(given === undefined ? [optimizer] : [])];
  return new TensorModel(apply, Object.values(variables), optimizer, { inputShape, owned });
}

function embedImages(images: Tensor4D, weights: Readonly<Record<string, Variable>>, blocks: number): Tensor {
  let signal = images;
  for (let k = 0; k < blocks; k++) {
    const filtered = conv2d(signal, weights[`kernel${k}`] as Tensor4D, 1, "same");
    signal = maxPool(relu(add<Tensor4D>(filtered, weights[`bias${k}`])), POOL_SIZE, POOL_SIZE, "valid");
  }
  const flat = reshape<Rank.R2>(signal, [images.shape[0], weights["weights"].shape[0]]);
  return add(matMul(flat, weights["weights"] as Tensor2D), weights["bias"]);
}
