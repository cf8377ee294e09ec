import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CosineSimilarity } from "../../src/distances/cosineSimilarity.ts";
import * as jax from "../../src/engines/jax.ts";
import * as tfjs from "../../src/engines/tfjs.ts";
import { AccuracyCalculator } from "../../src/evaluation/accuracy/accuracyCalculator.ts";
import { SupConLoss } from "../../src/losses/pairs/supConLoss.ts";
import type { Matrix } from "../../src/matrix/matrix.ts";
import { MPerClassSampler } from "../../src/samplers/mPerClassSampler.ts";
import { Adam } from "../../src/training/adam.ts";
import type { Model } from "../../src/training/model.ts";
import { SGD } from "../../src/training/sgd.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { randomMatrix } from "../training/fixtures.ts";
import { glyphs, SIDE } from "./glyphs.ts";
import { useWasmBackend } from "./wasmBackend.ts";

const small = { height: 7, width: 6, channels: 2, filters: [3, 4], embeddingSize: 5 };

describe("smallConvNet of kindred/tfjs without gradients", () => {
  // runs before tfjs-layers is imported, which brings them
  test("says who brings them", () => {
    expect(tf.getGradient("Conv2D")).toBeUndefined();
    expect(() => tfjs.smallConvNet(small)).toThrow(
      "TensorFlow.js has no gradients: @tensorflow/tfjs-core leaves them out; import @tensorflow/tfjs-layers or @tensorflow/tfjs, which bring them",
    );
  });
});

describe("smallConvNet", () => {
  beforeAll(async () => {
    await import("@tensorflow/tfjs-layers");
    await useWasmBackend();
  });
  afterAll(async () => {
    await tf.setBackend("cpu");
  });

  const engines = [
    ["jax", jax.smallConvNet],
    ["tfjs", tfjs.smallConvNet],
  ] as const;

  test("computes blocks of convolution, relu and pooling, and a layer on top", () => {
    const inputs = randomMatrix(3, 7 * 6 * 2, 1);
    const model = jax.smallConvNet({ ...small, seed: 4 });
    for (const [k, { data }] of Object.values(model.parameters).entries())
      data.forEach((_, i) => (data[i] += 0.05 * Math.sin(i + k)));
    const { data } = model.embed(inputs);
    const expected = Array.from({ length: 3 }, (_, n) =>
      convNetByHand(inputs.data.subarray(n * 84, (n + 1) * 84), model.parameters),
    ).flat();
    expected.forEach((entry, k) => expect(data[k]).toBeCloseTo(entry, 5));
  });

  test("has slopes that are those of finite differences", () => {
    const model = jax.smallConvNet({ ...small, seed: 4, optimizer: new SGD({ learningRate: 1 }) });
    const [inputs, slope] = [randomMatrix(2, 84, 1), randomMatrix(2, 5, 2)];
    const value = (): number => {
      const { data } = model.embed(inputs);
      return data.reduce((sum, entry, k) => sum + entry * slope.data[k], 0);
    };
    model.embed(inputs, true);
    model.backward(slope);
    for (const [name, { data }] of Object.entries(model.parameters))
      for (const k of [0, data.length >> 1, data.length - 1]) {
        const [kept, step] = [data[k], 1e-2];
        const [above, below] = [step, -step].map((change) => {
          data[k] = kept + change;
          return value();
        });
        data[k] = kept;
        const found = model.gradients[name].data[k];
        expect(Math.abs((above - below) / (2 * step) - found), `${name}[${k}]`).toBeLessThan(
          2e-3 * (1 + Math.abs(found)),
        );
      }
  });

  test("is the same net in both engines, from the same seed: embeddings, and weights after a step", async () => {
    for (const [seed, shape] of [small, { height: 16, width: 12, filters: [4, 6, 3] }].entries()) {
      const inJax = jax.smallConvNet({ ...shape, seed, optimizer: new SGD({ learningRate: 0.1 }) });
      const inTensors = tfjs.smallConvNet({ ...shape, seed, optimizer: tf.train.sgd(0.1) });
      const inputs = randomMatrix(4, shape.height * shape.width * ("channels" in shape ? shape.channels : 1), 1);
      const embeddings = inJax.embed(inputs, true);
      expect(largestDifference(inTensors.embed(inputs), embeddings)).toBeLessThan(1e-5);
      const slope = randomMatrix(4, embeddings.cols, 2);
      inJax.backward(slope);
      inTensors.learn(inputs, () => slope);
      inJax.step();
      inTensors.step();
      const [own, other] = [inJax.parameters, await inTensors.state()];
      Object.entries(own).forEach(([name, weights], k) =>
        expect(largestDifference(other[`variable${k}`] as Matrix, weights), name).toBeLessThan(1e-5),
      );
      inTensors.dispose();
    }
  });

  test.each(engines)(
    "of kindred/%s tells raw pixels' classes apart better, for letters never seen",
    { tags: ["long"] },
    async (_, make) => {
      const [data, unseen] = [glyphs(300, 8, 1), glyphs(40, 8, 2)];
      const model = (make as (options: object) => Model & { dispose(): void })({
        height: SIDE,
        width: SIDE,
        filters: [8, 16, 32],
        embeddingSize: 32,
        optimizer: make === jax.smallConvNet ? new Adam({ learningRate: 0.003 }) : tf.train.adam(0.003),
      });
      const sampler = new MPerClassSampler(data.labels, { m: 4, batchSize: 80, seed: 1 });
      const trainer = new Trainer({ model, data, sampler, loss: new SupConLoss() });
      const raw = precisionAt1(unseen.inputs, unseen.labels);
      await trainer.train({ steps: 100 });
      expect(precisionAt1(model.embed(unseen.inputs), unseen.labels)).toBeGreaterThan(raw + 0.1);
      model.dispose();
    },
  );

  test("keeps no tensor between two steps, and frees its own on dispose", () => {
    const before = tf.memory().numTensors;
    const model = tfjs.smallConvNet(small);
    const [inputs, slope] = [randomMatrix(6, 84, 1), randomMatrix(6, 5, 2)];
    const step = (): void => {
      model.learn(inputs, () => slope);
      model.step();
      model.embed(inputs);
    };
    step();
    const { numTensors } = tf.memory();
    for (let k = 0; k < 5; k++) step();
    expect(tf.memory().numTensors).toBe(numTensors);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
    const optimizer = tf.train.adam(0.01);
    const given = tfjs.smallConvNet({ ...small, optimizer });
    given.learn(inputs, () => slope);
    given.step();
    given.dispose();
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each(engines)("of kindred/%s goes on from a saved state", async (_, make) => {
    const [first, second] = [1, 2].map((seed) => make({ ...small, seed }));
    const [inputs, slope] = [randomMatrix(6, 84, 1), randomMatrix(6, 5, 2)];
    const step = (model: Model): Matrix => {
      if (model.learn) model.learn(inputs, () => slope);
      else {
        model.embed(inputs, true);
        model.backward(slope);
      }
      model.step();
      return model.embed(inputs);
    };
    step(first);
    await (second as Model).load!(structuredClone(await first.state()));
    expect(step(second)).toEqual(step(first));
    [first, second].forEach((model) => model.dispose());
  });

  test.each(engines)("of kindred/%s refuses shapes that cannot be", (_, make) => {
    const given = (options: object) => () => (make as (options: object) => unknown)(options);
    expect(given({ width: 8 })).toThrow("height is 0; give a whole number >= 4");
    expect(given({ height: 8, width: 7, filters: [2, 2, 2] })).toThrow("width is 7; give a whole number >= 8");
    expect(given({ ...small, filters: [] })).toThrow(/^filters is an array of 0; give an array/);
    expect(given({ ...small, filters: [2, 0] })).toThrow(/^filters\[1\] is 0/);
    expect(given({ ...small, channels: 1.5 })).toThrow(/^channels is 1\.5/);
    expect(given({ ...small, embeddingSize: 0 })).toThrow(/^embeddingSize is 0/);
    expect(given({ ...small, kernel: 5 })).toThrow(/smallConvNet has no option "kernel"/);
    expect(given({ ...small, optimizer: {} })).toThrow(/^optimizer is an object of type Object; give an optimizer/);
    const model = make(small);
    expect(() => model.embed(randomMatrix(1, 42, 1))).toThrow(
      "inputs has 42 columns; one input of the shape [7, 6, 2] needs 84",
    );
    model.dispose();
  });
});

function precisionAt1(query: Matrix, queryLabels: readonly number[]): number {
  const calculator = new AccuracyCalculator({ include: ["precisionAt1"], distance: new CosineSimilarity() });
  return calculator.getAccuracy({ query, queryLabels }).metrics.precisionAt1;
}

function largestDifference(found: Matrix, expected: Matrix): number {
  expect([found.rows, found.cols]).toEqual([expected.rows, expected.cols]);
  return Math.max(...expected.data.map((entry, k) => Math.abs(entry - found.data[k])));
}

/** The embedding of one image, entry by entry: the plainest code. */
function convNetByHand(image: Float32Array, weights: Readonly<Record<string, Matrix>>): number[] {
  let [height, width, channels] = [small.height, small.width, small.channels];
  let signal = (y: number, x: number, c: number): number =>
    y < 0 || x < 0 || y >= 7 || x >= 6 ? 0 : image[(y * 6 + x) * 2 + c];
  small.filters.forEach((filters, k) => {
    const [before, h, w, inputs, kernel] = [signal, height, width, channels, weights[`kernel${k}`].data];
    const filtered = (y: number, x: number, f: number): number => {
      let sum = weights[`bias${k}`].data[f];
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++)
          for (let c = 0; c < inputs; c++)
            sum += before(y + i - 1, x + j - 1, c) * kernel[((i * 3 + j) * inputs + c) * filters + f];
      return Math.max(0, sum);
    };
    [height, width, channels] = [h >> 1, w >> 1, filters];
    const [rows, cols] = [height, width];
    signal = (y, x, f) =>
      y < 0 || x < 0 || y >= rows || x >= cols
        ? 0
        : Math.max(...[0, 1].flatMap((i) => [0, 1].map((j) => filtered(2 * y + i, 2 * x + j, f))));
  });
  const flat: number[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) for (let c = 0; c < channels; c++) flat.push(signal(y, x, c));
  const { data, cols } = weights["weights"];
  return Array.from({ length: cols }, (_, e) =>
    flat.reduce((sum, entry, k) => sum + entry * data[k * cols + e], weights["bias"].data[e]),
  );
}
