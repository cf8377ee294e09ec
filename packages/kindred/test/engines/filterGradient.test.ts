import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { asTensorOp, fromFunction } from "../../src/engines/tfjs.ts";
import { randomMatrix, PullLoss } from "../training/fixtures.ts";
import { useWasmBackend } from "./wasmBackend.ts";

const KERNEL = "Conv2DBackpropFilter";
const isThere = (): boolean => tf.getKernel(KERNEL, "wasm") !== undefined;

beforeAll(useWasmBackend);
beforeEach(() => {
  if (isThere()) tf.unregisterKernel(KERNEL, "wasm");
});
afterAll(async () => {
  await tf.setBackend("cpu");
});

const filters = (): tf.Variable => tf.tidy(() => tf.variable(tf.tensor(randomMatrix(9, 2, 1).data, [3, 3, 1, 2])));
const flatten = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [x.shape[0], -1]);
const modelOf = (weights: tf.Variable) =>
  fromFunction((x) => flatten(tf.conv2d(x as tf.Tensor4D, weights as tf.Tensor4D, 1, "same")), {
    variables: [weights],
    optimizer: tf.train.sgd(0.1),
    inputShape: [4, 4, 1],
  });

describe("the slope of a convolution's filter on the wasm backend", () => {
  test("is missing there until a model learns", () => {
    const weights = filters();
    const images = tf.tensor4d(randomMatrix(2, 16, 2).data, [2, 4, 4, 1]);
    expect(() => tf.grad((f) => tf.conv2d(images, f as tf.Tensor4D, 1, "same"))(weights)).toThrow(KERNEL);
    const model = modelOf(weights);
    model.embed(randomMatrix(2, 16, 2));
    expect(isThere()).toBe(false);
    model.learn(randomMatrix(2, 16, 2), ({ rows, cols }) => randomMatrix(rows, cols, 3));
    expect(isThere()).toBe(true);
    const before = weights.dataSync().slice();
    model.step();
    expect(weights.dataSync()).not.toEqual(before);
    model.dispose();
    tf.dispose([images, weights]);
  });

  test("is there for one's own minimize with asTensorOp", () => {
    const [weights, images] = [filters(), tf.tensor4d(randomMatrix(2, 16, 2).data, [2, 4, 4, 1])];
    const loss = new PullLoss(32);
    const embed = (): tf.Tensor => flatten(tf.conv2d(images, weights as tf.Tensor4D, 1, "same"));
    const minimize = (): number =>
      tf.train
        .sgd(0.01)
        .minimize(() => asTensorOp(loss)(embed(), [0, 0]), true)!
        .dataSync()[0];
    const values = Array.from({ length: 5 }, minimize);
    expect(values[4]).toBeLessThan(values[0]);
    asTensorOp(loss).dispose();
    tf.dispose([weights, images]);
  });

  test("is left to a backend that has its own", () => {
    const own = { kernelName: KERNEL, backendName: "wasm", kernelFunc: () => tf.zeros([3, 3, 1, 2]) };
    tf.registerKernel(own);
    const weights = filters();
    const model = modelOf(weights);
    model.learn(randomMatrix(2, 16, 2), ({ rows, cols }) => randomMatrix(rows, cols, 3));
    const before = weights.dataSync().slice();
    model.step();
    expect(weights.dataSync()).toEqual(before);
    expect(tf.getKernel(KERNEL, "wasm")).toBe(own);
    model.dispose();
    weights.dispose();
  });
});

interface Case {
  readonly images: readonly [number, number, number, number];
  readonly filter: readonly [number, number, number, number];
  readonly strides: number | [number, number];
  readonly pad: number | "same" | "valid";
}

const cases: readonly Case[] = [
  { images: [2, 5, 6, 1], filter: [3, 3, 1, 2], strides: 1, pad: "same" },
  { images: [3, 7, 6, 3], filter: [3, 2, 3, 4], strides: 1, pad: "valid" },
  { images: [2, 8, 9, 2], filter: [5, 3, 2, 3], strides: 2, pad: "same" },
  { images: [2, 6, 7, 2], filter: [5, 1, 2, 3], strides: 1, pad: "same" },
  { images: [2, 9, 7, 2], filter: [2, 3, 2, 3], strides: [3, 2], pad: "valid" },
  { images: [2, 6, 6, 2], filter: [3, 3, 2, 1], strides: 2, pad: 1 },
  { images: [1, 4, 4, 1], filter: [1, 1, 1, 5], strides: 1, pad: "same" },
  // more rows than are summed at a time
  { images: [11, 28, 28, 2], filter: [3, 3, 2, 3], strides: 1, pad: "same" },
  { images: [2, 66, 65, 1], filter: [3, 3, 1, 2], strides: 1, pad: "same" },
];

describe("its agreement with the cpu backend", () => {
  const slopes = ({ images, filter, strides, pad }: Case): Float32Array =>
    tf.tidy(() => {
      const random = (shape: readonly number[], seed: number): tf.Tensor4D =>
        tf.tensor<tf.Rank.R4>(randomMatrix(tf.util.sizeFromShape([...shape]), 1, seed).data, [...shape] as never);
      const [x, f] = [random(images, 1), random(filter, 2)];
      const convolved = tf.conv2d(x, f, strides, pad, "NHWC", 1, typeof pad === "number" ? "floor" : undefined);
      const attrs = { strides, pad, dataFormat: "NHWC", filterShape: [...filter] };
      const inputs = { x, dy: random(convolved.shape, 3) };
      return tf.engine().runKernel<tf.Tensor>(KERNEL, inputs, attrs).dataSync<"float32">();
    });

  test.each(cases)(
    "to a millionth: $images, filter $filter, strides $strides, $pad",
    { tags: ["long"] },
    async (shape) => {
      await tf.setBackend("cpu");
      const expected = slopes(shape);
      await useWasmBackend();
      const weights = filters();
      const model = modelOf(weights);
      model.learn(randomMatrix(1, 16, 2), ({ rows, cols }) => randomMatrix(rows, cols, 3));
      model.dispose();
      weights.dispose();
      const { numTensors } = tf.memory();
      const found = slopes(shape);
      expect(tf.memory().numTensors).toBe(numTensors);
      const largest = Math.max(...expected.map(Math.abs));
      const furthest = Math.max(...found.map((slope, k) => Math.abs(slope - expected[k])));
      expect(found.length).toBe(expected.length);
      expect(furthest / largest).toBeLessThan(1e-6);
    },
  );

  test("is not asked for with channels first, which the backend does not convolve either", () => {
    const [weights, images] = [filters(), tf.tensor4d(randomMatrix(2, 16, 2).data, [2, 1, 4, 4])];
    const model = modelOf(weights);
    model.learn(randomMatrix(1, 16, 2), ({ rows, cols }) => randomMatrix(rows, cols, 3));
    const convolve = (f: tf.Tensor): tf.Tensor => tf.conv2d(images, f as tf.Tensor4D, 1, "same", "NCHW");
    expect(() => convolve(weights)).toThrow(/NCHW|channelsFirst|channelsLast/i);
    const inputs = { x: images, dy: tf.zeros([2, 2, 4, 4]) };
    const attrs = { strides: 1, pad: "same", dataFormat: "NCHW", filterShape: [3, 3, 1, 2] };
    expect(() => tf.engine().runKernel(KERNEL, inputs, attrs)).toThrow(/give images as NHWC/);
  });
});
