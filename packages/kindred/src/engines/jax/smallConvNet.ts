import type { Array as JaxArray } from "@jax-js/jax";
import { withDefaults } from "../../matrix/checks.ts";
import type { Optimizer } from "../../training/optimizer.ts";
import { convNetDefaults, type ConvNetShape, KERNEL_SIZE, planConvNet, POOL_SIZE } from "../shapes/convNet.ts";
import { fromFunction } from "./fromFunction.ts";
import type { JaxModel } from "./jaxModel.ts";
import { jax } from "./library.ts";
import { toArray } from "./parameterTree.ts";

/** Options of {@link smallConvNet}. */
export interface SmallConvNetOptions extends ConvNetShape {
  /** Seed of the first weights; default 0. */
  readonly seed?: number;
  /** Moves the weights; default `new Adam()`. It belongs to this model alone. */
  readonly optimizer?: Optimizer;
}

type Weights = Record<string, JaxArray>;

/**
 * A small convolutional net for small images: for each entry of `filters` a block
 *
 *     h = maxPool2x2(relu(conv3x3(h) + bias))
 *
 * which keeps the image's size in the convolution and halves it (rounded down) in the pooling; then
 * embeddings = flatten(h) W + bias. A row of the inputs is an image as [height, width, channels], its numbers best about 0 to 1.
 * Weights begin as normal random numbers of variance 2 / inputs (He et al., 2015), biases as 0; the same seed gives the weights
 * that `smallConvNet` of `kindred/tfjs` begins with.
 *
 *     const model = smallConvNet({ height: 28, width: 28, filters: [16, 32], embeddingSize: 64 });
 *
 * @throws TypeError, RangeError when an option is unknown, missing or out of bounds
 */
export function smallConvNet(options: SmallConvNetOptions): JaxModel<Weights> {
  const { optimizer, ...shape } = withDefaults<SmallConvNetOptions>(
    options,
    { ...convNetDefaults, optimizer: undefined },
    "smallConvNet",
  );
  const { inputShape, blocks, weights } = planConvNet(shape);
  const parameters: Weights = Object.fromEntries(
    Object.entries(weights).map(([name, { data, shape }]) => [name, toArray(data, shape)]),
  );
  const apply = (given: Weights, images: JaxArray): JaxArray => embedImages(given, images, blocks);
  return fromFunction(apply, { parameters, inputShape, ...(optimizer && { optimizer }) });
}

function embedImages(weights: Weights, images: JaxArray, blocks: number): JaxArray {
  let signal = images;
  for (let k = 0; k < blocks; k++) {
    const filtered = convolve(signal, weights[`kernel${k}`]);
    signal = maxPool(jax.nn.relu(filtered.add(weights[`bias${k}`])));
  }
  const flat = signal.reshape([signal.shape[0], weights["weights"].shape[0]]);
  return jax.numpy.matmul(flat, weights["weights"]).add(weights["bias"]);
}

/**
 * Images (n x height x width x channels) convolved with a kernel (3 x 3 x channels x filters), their size kept:
 *
 *     y[n, p, q] = sum over i, j of  x[n, p + i - 1, q + j - 1] kernel[i, j]
 *
 * As a matrix product for each place of the kernel: in WebAssembly some thirty times as fast as lax.conv.
 */
function convolve(images: JaxArray, kernel: JaxArray): JaxArray {
  const [count, height, width, channels] = images.shape;
  const margin = (KERNEL_SIZE - 1) / 2;
  const padded = jax.numpy.pad(images, [[0, 0], [margin, margin], [margin, margin], [0, 0]]); // prettier-ignore
  let sum: JaxArray | null = null;
  for (let i = 0; i < KERNEL_SIZE; i++)
    for (let j = 0; j < KERNEL_SIZE; j++) {
      const met = padded.ref.slice([], [i, i + height], [j, j + width], []).reshape([count * height * width, channels]);
      const product: JaxArray = jax.numpy.matmul(met, kernel.ref.slice(i, j));
      sum = sum === null ? product : sum.add(product);
    }
  const filters = kernel.shape[3];
  padded.dispose();
  kernel.dispose();
  return (sum as unknown as JaxArray).reshape([count, height, width, filters]);
}

/** The largest of each 2 x 2 entries; what is left over at the lower and right edge is left out. */
function maxPool(images: JaxArray): JaxArray {
  const [count, height, width, channels] = images.shape;
  const [rows, cols] = [Math.floor(height / POOL_SIZE), Math.floor(width / POOL_SIZE)];
  const whole = images.slice([], [0, rows * POOL_SIZE], [0, cols * POOL_SIZE], []);
  return whole.reshape([count, rows, POOL_SIZE, cols, POOL_SIZE, channels]).max([2, 4]);
}
