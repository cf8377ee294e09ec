import { type Array as JaxArray, numpy } from "@jax-js/jax";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import * as layers from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, test } from "vitest";
import * as jax from "../../src/engines/jax.ts";
import * as tfjs from "../../src/engines/tfjs.ts";
import { SupConLoss } from "../../src/losses/pairs/supConLoss.ts";
import { TripletMarginLoss } from "../../src/losses/triplets/tripletMarginLoss.ts";
import type { Matrix } from "../../src/matrix/matrix.ts";
import { Adam } from "../../src/training/adam.ts";
import { MlpModel } from "../../src/training/mlpModel.ts";
import { SGD } from "../../src/training/sgd.ts";
import type { Stage } from "../../src/training/stage.ts";
import type { Trainer } from "../../src/training/trainer.ts";
import { CascadedEmbeddings } from "../../src/training/trainers/cascadedEmbeddings.ts";
import { TwoStreamMetricLoss } from "../../src/training/trainers/twoStreamMetricLoss.ts";
import { randomMatrix } from "../training/fixtures.ts";
import { expectLearned, sampler, training } from "../training/trainers/fixtures.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

type Layers = { weights: JaxArray; bias: JaxArray }[];

/** How the weights move. */
interface Rule {
  readonly rate: number;
  readonly isAdam: boolean;
}

const bySlope: Rule = { rate: 0.1, isAdam: false };
const byAdam: Rule = { rate: 0.01, isAdam: true };

/** A model of one hidden layer (tanh) or of none, its weights the same in each engine. */
type Make = (inputSize: number, hidden: readonly number[], outputSize: number, seed: number, rule: Rule) => Stage;

const plain = (
  inputSize: number,
  hidden: readonly number[],
  outputSize: number,
  seed: number,
  { rate, isAdam }: Rule,
): MlpModel => {
  const optimizer = isAdam ? new Adam({ learningRate: rate }) : new SGD({ learningRate: rate });
  return new MlpModel({ inputSize, hidden, outputSize, seed, activation: "tanh", optimizer });
};

const ofTfjs: Make = (inputSize, hidden, outputSize, seed, rule) => {
  const model = layers.sequential();
  const sizes = [...hidden, outputSize];
  sizes.forEach((units, l) =>
    model.add(
      layers.layers.dense({
        units,
        ...(l < hidden.length && { activation: "tanh" as const }),
        ...(l === 0 && { inputShape: [inputSize] }),
      }),
    ),
  );
  const weights = Object.values(plain(inputSize, hidden, outputSize, seed, rule).parameters);
  model.setWeights(weights.map(({ data, rows, cols }) => rows === 1 ? tf.tensor1d(data.slice()) : tf.tensor2d(data.slice(), [rows, cols]))); // prettier-ignore
  const optimizer = rule.isAdam ? tf.train.adam(rule.rate) : tf.train.sgd(rule.rate);
  return tfjs.fromLayersModel(model, { optimizer });
};

const ofJax: Make = (inputSize, hidden, outputSize, seed, rule) => {
  const matrices = Object.values(plain(inputSize, hidden, outputSize, seed, rule).parameters);
  const arrays = matrices.map(({ data, rows, cols }) => numpy.array(data, { shape: [rows, cols] }));
  const parameters: Layers = Array.from({ length: arrays.length / 2 }, (_, l) => ({
    weights: arrays[2 * l],
    bias: arrays[2 * l + 1],
  }));
  const apply = (given: Layers, x: JaxArray): JaxArray =>
    given.reduce((signal, { weights, bias }, l) => {
      const next = numpy.matmul(signal, weights).add(bias);
      return l < given.length - 1 ? numpy.tanh(next) : next;
    }, x);
  const optimizer = rule.isAdam ? new Adam({ learningRate: rule.rate }) : new SGD({ learningRate: rule.rate });
  return jax.fromFunction(apply, { parameters, optimizer });
};

const engines: readonly (readonly [string, Make])[] = [
  ["kindred/tfjs", ofTfjs],
  ["kindred/jax", ofJax],
];

const close = (found: Matrix, expected: Matrix, digits = 5): void => {
  expect([found.rows, found.cols]).toEqual([expected.rows, expected.cols]);
  expected.data.forEach((entry, k) => expect(found.data[k]).toBeCloseTo(entry, digits));
};

describe.each(engines)("a model of %s behind another model", (_, make) => {
  test("says what its slope is with respect to its inputs, and adds to those of its weights", () => {
    const [model, twin] = [make, plain].map((each): Stage => each(5, [7], 3, 1, bySlope));
    for (let k = 1; k < 4; k++) {
      // other rows each time
      const [inputs, slope] = [randomMatrix(4 + k, 5, k), randomMatrix(4 + k, 3, 10 + k)];
      for (const each of [model, twin]) each.embed(inputs, true);
      close(model.backwardToInputs(slope), twin.backwardToInputs(slope));
      for (const each of [model, twin]) each.backward(slope);
    }
    for (const each of [model, twin]) each.step();
    const inputs = randomMatrix(6, 5, 9);
    close(model.embed(inputs), twin.embed(inputs));
    model.dispose?.();
  });

  test("refuses a slope before it has embedded, and one of another shape", () => {
    const model = make(5, [], 3, 1, bySlope);
    expect(() => model.backwardToInputs(randomMatrix(2, 3, 1))).toThrow(/backward was called before embed/);
    model.embed(randomMatrix(2, 5, 1), true);
    for (const pull of ["backward", "backwardToInputs"] as const)
      for (const [rows, cols] of [
        [2, 1],
        [1, 3],
        [3, 3],
      ])
        // prettier-ignore
        expect(() => model[pull](randomMatrix(rows, cols, 1))).toThrow(
          `the gradient is ${rows} x ${cols}, the last embeddings were 2 x 3`,
        );
    // what was refused is not in the next step
    const before = model.embed(randomMatrix(2, 5, 1));
    model.step();
    close(model.embed(randomMatrix(2, 5, 1)), before);
    model.forget();
    expect(() => model.backwardToInputs(randomMatrix(2, 3, 1))).toThrow(/before embed/);
  });

  test("trains in CascadedEmbeddings as the same MLPs do, whichever of the models it is", async () => {
    const run = (...makes: [trunk: Make, embedder: Make, classifier: Make]): Trainer =>
      new CascadedEmbeddings({
        models: {
          trunk: makes[0](12, [6], 4, 1, bySlope),
          embedder: makes[1](4, [], 5, 2, bySlope),
          classifier1: makes[2](3, [], 4, 3, bySlope),
        },
        embeddingSizes: [2, 3],
        lossFuncs: { metricLoss0: new TripletMarginLoss({ smoothLoss: true }), metricLoss1: new SupConLoss() },
        sampler: sampler(),
        data: training,
      });
    const expected = (await run(plain, plain, plain).train({ steps: 4 })).history.loss;
    const placed: [trunk: Make, embedder: Make, classifier: Make][] = [
      [make, plain, plain],
      [make, make, make],
      [plain, make, make],
    ];
    for (const makes of placed) {
      const { history } = await run(...makes).train({ steps: 4 });
      history.loss.forEach((value, k) => expect(value / expected[k]).toBeCloseTo(1, 4));
    }
  });

  test("learns in CascadedEmbeddings, as trunk and embedder", { tags: ["long"] }, async () => {
    const models = { trunk: make(12, [], 8, 1, byAdam), embedder: make(8, [], 6, 2, byAdam) };
    const lossFuncs = { metricLoss0: new SupConLoss(), metricLoss1: new SupConLoss() };
    const parts = { models, lossFuncs, embeddingSizes: [3, 3], sampler: sampler(), data: training };
    const trainer = new CascadedEmbeddings(parts);
    await trainer.train({ epochs: 30 });
    expectLearned(trainer.model);
  });

  test("learns in TwoStreamMetricLoss, as trunk and embedder", { tags: ["long"] }, async () => {
    const models = { trunk: make(12, [], 8, 1, byAdam), embedder: make(8, [], 4, 2, byAdam) };
    const data = { ...training, others: training.inputs };
    const lossFuncs = { metricLoss: new SupConLoss() };
    const trainer = new TwoStreamMetricLoss({ models, lossFuncs, sampler: sampler(), data });
    await trainer.train({ epochs: 30 });
    expectLearned(trainer.model);
  });
});

describe("a model of kindred/tfjs behind another model", () => {
  test("lays inputs out in their shape and their slope flat, and leaves no tensor behind", () => {
    const w = tf.variable(tf.tensor2d(randomMatrix(6, 2, 3).data, [6, 2]));
    const apply = (x: tf.Tensor): tf.Tensor => tf.matMul(tf.reshape(x, [-1, 6]), w);
    const model = tfjs.fromFunction(apply, { variables: [w], optimizer: tf.train.sgd(0.1), inputShape: [2, 3, 1] });
    const slope = randomMatrix(4, 2, 5);
    const once = (): Matrix => {
      model.embed(randomMatrix(4, 6, 4), true);
      const found = model.backwardToInputs(slope);
      model.forget();
      return found;
    };
    const found = once();
    const [weights, { data, rows, cols }] = [w.dataSync(), found];
    expect([rows, cols]).toEqual([4, 6]);
    data.forEach((entry, k) => {
      const [i, j] = [Math.floor(k / 6), k % 6];
      expect(entry).toBeCloseTo(slope.data[2 * i] * weights[2 * j] + slope.data[2 * i + 1] * weights[2 * j + 1], 5);
    });
    const { numTensors, numBytes } = tf.memory();
    for (let k = 0; k < 5; k++) once();
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    // nor does a step through two such models
    const trunk = ofTfjs(5, [3], 4, 1, bySlope);
    const embedder = ofTfjs(4, [], 2, 2, bySlope);
    const learn = (): void => {
      trunk.learn!(randomMatrix(3, 5, 1), (features) => {
        embedder.embed(features, true);
        return embedder.backwardToInputs(randomMatrix(3, 2, 2));
      });
      for (const each of [trunk, embedder]) each.step();
    };
    learn();
    const after = tf.memory();
    for (let k = 0; k < 5; k++) learn();
    expect(tf.memory()).toMatchObject({ numTensors: after.numTensors, numBytes: after.numBytes });
  });

  test.each([
    ["not asked", (x: tf.Tensor, w: tf.Tensor2D) => tf.matMul(tf.ones([x.shape[0], 4]), w), /does not follow from its inputs, so that nothing can be pulled back/], // prettier-ignore
    ["looked up", (x: tf.Tensor, w: tf.Tensor2D) => tf.gather(w, tf.reshape(tf.cast(x, "int32"), [-1])), /Error in gradient for op GatherV2/], // prettier-ignore
  ])("says so where its inputs are %s, and then moves nothing", (_, apply, sentence) => {
    const w = tf.variable(tf.ones<tf.Rank.R2>([4, 2]));
    const model = tfjs.fromFunction((x) => apply(x, w), { variables: [w], optimizer: tf.train.sgd(1) });
    model.embed({ data: Float32Array.of(0, 2), rows: 2, cols: 1 }, true);
    expect(() => model.backwardToInputs(randomMatrix(2, 2, 1))).toThrow(sentence);
    model.step();
    expect([...w.dataSync()]).toEqual(Array.from({ length: 8 }, () => 1));
  });
});

describe("a model of kindred/jax behind another model", () => {
  test("runs its function once a step from the second slope of its inputs on, and gives zeros for no rows", () => {
    let runs = 0;
    const apply = ({ w }: { w: JaxArray }, x: JaxArray): JaxArray => {
      runs++;
      return numpy.matmul(x, w);
    };
    const w = numpy.array(randomMatrix(5, 2, 1).data, { shape: [5, 2] });
    const model = jax.fromFunction(apply, { parameters: { w }, jit: false });
    const runsOf = (rows: number): number => {
      runs = 0;
      model.embed(randomMatrix(rows, 5, 1), true);
      const { rows: n, cols } = model.backwardToInputs(randomMatrix(rows, 2, 2));
      expect([n, cols]).toEqual([rows, 5]);
      model.step();
      return runs;
    };
    expect([3, 3, 4, 0].map(runsOf)).toEqual([2, 1, 1, 1]);
    model.dispose();
  });
});
