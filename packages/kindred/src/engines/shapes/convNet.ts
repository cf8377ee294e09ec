import { checkNumber, describe, withDefaults } from "../../matrix/checks.ts";
import { Random } from "../../matrix/random.ts";
import { entriesOf } from "./flatShape.ts";

/** The shape of a small convolutional net. */
export interface ConvNetShape {
  /** Rows of an image, >= 2 for each block: 2^blocks. */
  readonly height: number;
  /** Columns of an image, >= 2^blocks. */
  readonly width: number;
  /** Numbers a pixel, >= 1; default 1. */
  readonly channels?: number;
  /** Filters of each block, each >= 1; default [16, 32]. */
  readonly filters?: readonly number[];
  /** Columns of the embeddings, >= 1; default 64. */
  readonly embeddingSize?: number;
}

/** What the net's layers multiply by and add, row-major. */
interface ConvNetWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A convolutional net before an engine has it. */
interface ConvNetPlan {
  /** [height, width, channels] */
  readonly inputShape: readonly number[];
  readonly blocks: number;
  /** "kernel0" (3 x 3 x inputs x filters), "bias0", "kernel1" ..., "weights" (entries x embeddingSize), "bias". */
  readonly weights: Readonly<Record<string, ConvNetWeight>>;
}

/** The side of a filter. */
export const KERNEL_SIZE = 3;

/** Each block halves height and width, rounded down. */
export const POOL_SIZE = 2;

export const convNetDefaults = {
  height: 0,
  width: 0,
  channels: 1,
  filters: [16, 32] as readonly number[],
  embeddingSize: 64,
  seed: 0,
};

/**
 * Shapes and first weights: normal random numbers of variance 2 / inputs (He et al., 2015), biases 0. The same seed gives the
 * same weights in every engine.
 *
 * @param options of the net, its optimizer left out
 * @throws TypeError, RangeError when one is unknown, missing or out of bounds
 */
export function planConvNet(options: ConvNetShape & { readonly seed?: number }): ConvNetPlan {
  const given = withDefaults<Required<typeof options>>(options, convNetDefaults, "smallConvNet");
  const { height, width, channels, filters, embeddingSize, seed } = given;
  if (!Array.isArray(filters) || filters.length === 0)
    throw new TypeError(`filters is ${describe(filters)}; give an array with the number of filters of each block`);
  const smallest = POOL_SIZE ** filters.length;
  checkNumber(height, "height", { atLeast: smallest, integer: true });
  checkNumber(width, "width", { atLeast: smallest, integer: true });
  checkNumber(channels, "channels", { atLeast: 1, integer: true });
  filters.forEach((count, k) => checkNumber(count, `filters[${k}]`, { atLeast: 1, integer: true }));
  checkNumber(embeddingSize, "embeddingSize", { atLeast: 1, integer: true });
  const random = new Random(seed);
  const weights: Record<string, ConvNetWeight> = {};
  let [h, w, inputs] = [height, width, channels];
  filters.forEach((count: number, k) => {
    weights[`kernel${k}`] = drawn([KERNEL_SIZE, KERNEL_SIZE, inputs, count], random);
    weights[`bias${k}`] = zero(count);
    [h, w, inputs] = [Math.floor(h / POOL_SIZE), Math.floor(w / POOL_SIZE), count];
  });
  weights["weights"] = drawn([h * w * inputs, embeddingSize], random);
  weights["bias"] = zero(embeddingSize);
  return { inputShape: [height, width, channels], blocks: filters.length, weights };
}

/** Weights whose last dimension is the outputs. */
function drawn(shape: readonly number[], random: Random): ConvNetWeight {
  const deviation = Math.sqrt(2 / entriesOf(shape.slice(0, -1)));
  return { shape, data: Float32Array.from({ length: entriesOf(shape) }, () => deviation * random.normal()) };
}

function zero(size: number): ConvNetWeight {
  return { shape: [size], data: new Float32Array(size) };
}
