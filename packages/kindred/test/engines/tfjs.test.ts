import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-cpu";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { asTensorOp, fromFunction, fromLayersModel } from "../../src/engines/tfjs.ts";
import { SupConLoss } from "../../src/losses/pairs/supConLoss.ts";
import { type Matrix, toMatrix } from "../../src/matrix/matrix.ts";
import { MlpModel } from "../../src/training/mlpModel.ts";
import { cosineSchedule } from "../../src/training/schedules/cosineSchedule.ts";
import { SGD } from "../../src/training/sgd.ts";
import { Trainer, type TrainerOptions } from "../../src/training/trainer.ts";
import { ExponentialAverage } from "../../src/training/weights/exponentialAverage.ts";
import { blobs, precisionAt1, PullLoss, randomMatrix, ShuffledSampler } from "../training/fixtures.ts";
import { useWasmBackend } from "./wasmBackend.ts";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const tensorOf = ({ data, rows, cols }: Matrix): tf.Tensor2D => tf.tensor2d(data.slice(), [rows, cols]);
const labels = [0, 1, 0, 2, 1, 0];

/** Layers whose weights are those of the MLP: the two must train alike. */
function layersTwin(mlp: MlpModel): layers.Sequential {
  const { inputSize, hidden, outputSize } = mlp.shape;
  const model = layers.sequential();
  model.add(layers.layers.dense({ units: hidden[0], activation: "tanh", inputShape: [inputSize] }));
  model.add(layers.layers.dense({ units: outputSize }));
  const weights = Object.values(mlp.parameters);
  model.setWeights(weights.map((w) => (w.rows === 1 ? tf.tensor1d(w.data.slice()) : tensorOf(w))));
  return model;
}

describe("fromLayersModel", () => {
  const data = blobs(3, 6, 5, 2);
  const mlp = (): MlpModel =>
    new MlpModel({
      inputSize: 5,
      hidden: [7],
      outputSize: 3,
      activation: "tanh",
      optimizer: new SGD({ learningRate: 0.05 }),
    });
  const trainer = (model: ConstructorParameters<typeof Trainer>[0]["model"]): Trainer =>
    new Trainer({ model, data, loss: new PullLoss(3), sampler: new ShuffledSampler(18, 8) });

  test("trains as the same MLP in plain TypeScript does", async () => {
    const plain = mlp();
    const model = fromLayersModel(layersTwin(plain), { optimizer: tf.train.sgd(0.05) });
    const expected = await trainer(plain).train({ steps: 6 });
    const { history } = await trainer(model).train({ steps: 6 });
    expected.history.loss.forEach((loss, k) => expect(history.loss[k]).toBeCloseTo(loss, 5));
    const embeddings = plain.embed(data.inputs);
    model.embed(data.inputs).data.forEach((entry, k) => expect(entry).toBeCloseTo(embeddings.data[k], 5));
  });

  test("trains in chunks as in whole batches", async () => {
    const [whole, chunked] = [null, 3].map((chunkSize) => {
      const model = fromLayersModel(layersTwin(mlp()), { optimizer: tf.train.sgd(0.05) });
      const loss = new PullLoss(3);
      return { model, trainer: new Trainer({ model, data, loss, sampler: new ShuffledSampler(18, 8), chunkSize }) };
    });
    await whole.trainer.train({ steps: 6 });
    await chunked.trainer.train({ steps: 6 });
    const expected = whole.model.embed(data.inputs).data;
    chunked.model.embed(data.inputs).data.forEach((entry, k) => expect(entry).toBeCloseTo(expected[k], 5));
  });

  test("backward after embed gives the slopes that learn gives, and adds them up", () => {
    const plain = mlp();
    const slope = randomMatrix(18, 3, 3);
    const [apart, together] = [1, 2].map(() => fromLayersModel(layersTwin(plain), { optimizer: tf.train.sgd(0.05) }));
    apart.embed(data.inputs, true);
    for (let k = 0; k < 2; k++) {
      apart.backward(slope);
      together.learn?.(data.inputs, () => slope);
    }
    apart.step();
    together.step();
    plain.embed(data.inputs, true);
    plain.backward(slope);
    plain.backward(slope);
    plain.step();
    const expected = plain.embed(data.inputs).data;
    for (const model of [apart, together])
      model.embed(data.inputs).data.forEach((entry, k) => expect(entry).toBeCloseTo(expected[k], 4));
  });

  test("is clipped, scheduled, gathered, frozen and averaged as the same MLP is", async () => {
    const rules = (names: readonly string[], average: ExponentialAverage): Partial<TrainerOptions> => ({
      clip: { norm: 0.2 },
      schedule: cosineSchedule({ steps: 12, warmUp: 3 }),
      accumulate: 2,
      freeze: { model: [names[0]], steps: 5 },
      average,
    });
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const plain = mlp();
    const layersModel = layersTwin(plain);
    for (const optimizer of [tf.train.sgd(0.05), tf.train.momentum(0.05, 0)]) {
      const own = mlp();
      layersModel.setWeights(Object.values(plain.parameters).map((w) => (w.rows === 1 ? tf.tensor1d(w.data.slice()) : tensorOf(w)))); // prettier-ignore
      const model = fromLayersModel(layersModel, { optimizer });
      const averages = [0, 1].map(() => new ExponentialAverage({ decay: 0.8 }));
      const [expected, found] = [own, model].map((each, k) => {
        const parts = { model: each, data, loss: new PullLoss(3), sampler: new ShuffledSampler(18, 6) };
        return new Trainer({ ...parts, ...rules(Object.keys(each.parameters), averages[k]) });
      });
      for (let step = 0; step < 12; step++) {
        const [one, other] = [expected.step(), found.step()];
        expect(other.value).toBeCloseTo(one.value, 5);
        expect(other.learningRate).toBeCloseTo(one.learningRate!, 12);
        expect(other.gradientNorm ?? -1).toBeCloseTo(one.gradientNorm ?? -1, 5);
      }
      const { numTensors } = tf.memory();
      expected.useAverage();
      found.useAverage();
      const embeddings = own.embed(data.inputs).data;
      model.embed(data.inputs).data.forEach((entry, k) => expect(entry).toBeCloseTo(embeddings[k], 5));
      const state = await found.state();
      await found.load(state);
      expect(await found.state()).toEqual(state);
      expect(tf.memory().numTensors).toBe(numTensors);
    }
    warned.mockRestore();
  });

  test("keeps each variable's memory in its place while another is frozen", () => {
    const model = fromLayersModel(layersTwin(mlp()), { optimizer: tf.train.momentum(0.05, 0.9) });
    const own = new MlpModel({ ...mlp().shape, optimizer: new SGD({ learningRate: 0.05, momentum: 0.9 }) });
    for (const each of [own, model]) {
      const parts = { model: each, data, loss: new PullLoss(3), sampler: new ShuffledSampler(18, 6) };
      const run = new Trainer({ ...parts, freeze: { model: [Object.keys(each.parameters)[0]], steps: 2 } });
      for (let step = 0; step < 4; step++) run.step();
    }
    const found = Object.values(model.parameters);
    Object.values(own.parameters).forEach(({ data: weights }, k) =>
      weights.forEach((weight, i) => expect(found[k].data[i]).toBeCloseTo(weight, 5)),
    );
  });

  test("refuses weights and slopes that are not its own", () => {
    const model = fromLayersModel(layersTwin(mlp()), { optimizer: tf.train.sgd(0.05) });
    const before = model.parameters;
    const [name] = Object.keys(before);
    expect(() => (model.parameters = { strange: before[name] })).toThrow(/a value for the unknown parameter "strange"/);
    expect(() => (model.gradients = { [name]: { ...before[name], rows: 1 } })).toThrow(/the slope of .* is 1 x 7/);
    expect(model.parameters).toEqual(before);
    model.learningRate = 0.25;
    expect(model.learningRate).toBe(0.25);
  });

  test("keeps no tensor between two steps", () => {
    const model = fromLayersModel(layersTwin(mlp()), { optimizer: tf.train.adam(0.05) });
    const run = trainer(model);
    run.step();
    const { numTensors } = tf.memory();
    for (let k = 0; k < 4; k++) run.step();
    model.embed(data.inputs);
    expect(tf.memory().numTensors).toBe(numTensors);
    model.embed(data.inputs, true);
    model.backward(randomMatrix(18, 3, 1));
    const withSlopes = tf.memory().numTensors;
    expect(withSlopes).toBeGreaterThan(numTensors);
    model.backward(randomMatrix(18, 3, 1));
    expect(tf.memory().numTensors).toBe(withSlopes);
    model.dispose?.();
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test.each([
    ["adam", () => tf.train.adam(0.05)],
    ["momentum", () => tf.train.momentum(0.05, 0.9)],
    ["sgd", () => tf.train.sgd(0.05)],
  ])("goes on from a saved state, with %s", async (_, optimizer) => {
    const [first, second] = [1, 2].map(() => trainer(fromLayersModel(layersTwin(mlp()), { optimizer: optimizer() })));
    await first.train({ steps: 3 });
    await second.train({ steps: 1 });
    const state = structuredClone(await first.state());
    const { numTensors } = tf.memory();
    await second.load(state);
    await first.state();
    expect(tf.memory().numTensors).toBe(numTensors);
    const expected = await first.train({ steps: 3 });
    const { history } = await second.train({ steps: 3 });
    expected.history.loss.forEach((loss, k) => expect(history.loss[k]).toBeCloseTo(loss, 5));
  });

  test("refuses a state that is not the model's and its optimizer's, and changes nothing", async () => {
    const make = (optimizer: tf.Optimizer) => fromLayersModel(layersTwin(mlp()), { optimizer });
    const adam = trainer(make(tf.train.adam(0.05)));
    await adam.train({ steps: 2 });
    const state = await adam.state();
    const model = state.model!;
    const kernel = model["variable0"] as Matrix;
    const unsound: Record<string, object> = {
      "no variable": { variable0: undefined },
      "one variable more": { variable9: kernel },
      "another shape": { variable0: { ...kernel, rows: kernel.cols, cols: kernel.rows } },
      NaN: { variable0: { ...kernel, data: kernel.data.map(() => NaN) } },
      "no moments": { "optimizer.0": undefined },
      "fewer moments": { "optimizer.memories": 1 },
      "steps NaN": { "optimizer.steps": NaN },
      "moments of another shape": { "optimizer.0.shape": { data: Float32Array.of(9, 9), rows: 1, cols: 2 } },
      "another optimizer": { "optimizer.kind": "SGD" },
      "another model": { kind: "MlpModel" },
    };
    for (const [what, change] of Object.entries(unsound)) {
      const other = trainer(make(tf.train.adam(0.05)));
      await other.train({ steps: 1 });
      const before = await other.state();
      await expect(other.load({ ...state, model: { ...model, ...change } }), what).rejects.toThrow(
        /^(this|the) .*state/,
      );
      expect(await other.state(), what).toEqual(before);
    }
  });

  test("lays rows out in the model's input shape and saves weights that are not trained", async () => {
    const model = layers.sequential();
    model.add(layers.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [4, 4, 1] }));
    model.add(layers.layers.flatten());
    model.add(layers.layers.batchNormalization());
    const adapted = fromLayersModel(model, { optimizer: tf.train.sgd(0.1) });
    const inputs = randomMatrix(5, 16, 1);
    expect(adapted.embed(inputs)).toMatchObject({ rows: 5, cols: 8 });
    const before = await adapted.state?.();
    adapted.learn?.(inputs, ({ rows, cols }) => randomMatrix(rows, cols, 2));
    adapted.step();
    const embeddings = adapted.embed(inputs);
    const state = (await adapted.state?.()) ?? {};
    await adapted.load?.(before ?? {});
    expect(adapted.embed(inputs)).not.toEqual(embeddings);
    await adapted.load?.(state);
    expect(adapted.embed(inputs)).toEqual(embeddings);
  });

  test("refuses what is no LayersModel with one input and a flat output", () => {
    expect(() => fromLayersModel({} as never, { optimizer: tf.train.sgd(0.1) })).toThrow(/give a LayersModel/);
    const model = layers.sequential();
    model.add(layers.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [4, 4, 1] }));
    const adapted = fromLayersModel(model, { optimizer: tf.train.sgd(0.1) });
    const { numTensors } = tf.memory();
    expect(() => adapted.embed(randomMatrix(2, 16, 1))).toThrow(/tensor of shape \[2, 2, 2, 2\]/);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

describe("fromFunction", () => {
  test("trains the variables it was given and leaves others alone", async () => {
    const weights = tf.variable(tensorOf(randomMatrix(5, 3, 1)));
    const frozen = tf.variable(tensorOf(randomMatrix(1, 3, 2)), false);
    const before = [weights, frozen].map((variable) => variable.dataSync().slice());
    const apply = (x: tf.Tensor): tf.Tensor => tf.add(tf.matMul(x, weights), frozen);
    const model = fromFunction(apply, { variables: [weights, frozen], optimizer: tf.train.sgd(0.05) });
    const { history } = await new Trainer({
      model,
      loss: new PullLoss(3),
      data: blobs(3, 6, 5, 2),
      sampler: new ShuffledSampler(18, 18),
    }).train({ steps: 40 });
    expect(history.loss[39]).toBeLessThan(0.5 * history.loss[0]);
    expect(weights.dataSync()).not.toEqual(before[0]);
    expect(frozen.dataSync()).toEqual(before[1]);
  });

  test("tells the function whether it is for training, and runs it once a step", () => {
    const weights = tf.variable(tensorOf(randomMatrix(5, 3, 1)));
    const calls: boolean[] = [];
    const apply = (x: tf.Tensor, isTraining: boolean): tf.Tensor => {
      calls.push(isTraining);
      return tf.matMul(x, weights);
    };
    const model = fromFunction(apply, { variables: [weights], optimizer: tf.train.sgd(0.05) });
    const data = blobs(3, 6, 5, 2);
    new Trainer({ model, loss: new PullLoss(3), data, sampler: new ShuffledSampler(18, 18) }).step();
    model.embed(data.inputs);
    expect(calls).toEqual([true, false]);
  });

  test("refuses rows that the input's shape has no place for", () => {
    const weights = tf.variable(tensorOf(randomMatrix(4, 3, 1)));
    const apply = (x: tf.Tensor): tf.Tensor => tf.matMul(tf.reshape(x, [-1, 4]), weights);
    const model = fromFunction(apply, { variables: [weights], optimizer: tf.train.sgd(0.1), inputShape: [2, 2] });
    expect(model.embed(randomMatrix(3, 4, 1)).rows).toBe(3);
    expect(() => model.embed(randomMatrix(3, 5, 1))).toThrow(
      "inputs has 5 columns; one input of the shape [2, 2] needs 4",
    );
    const wrong = { variables: [weights], optimizer: tf.train.sgd(0.1), inputShape: 4 };
    expect(() => fromFunction(apply, wrong as never)).toThrow(/inputShape is 4; give the sizes/);
  });

  test("refuses missing parts", () => {
    const optimizer = tf.train.sgd(0.1);
    const identity = (x: tf.Tensor): tf.Tensor => x;
    expect(() => fromFunction(identity, { variables: [], optimizer })).toThrow(/give the tf.Variables/);
    expect(() => fromFunction(identity, { variables: [tf.variable(tf.scalar(1))] } as never)).toThrow(
      /optimizer is undefined/,
    );
    expect(() => fromFunction(null as never, { variables: [], optimizer })).toThrow(/give a function/);
    const model = fromFunction(identity, { variables: [tf.variable(tf.scalar(1))], optimizer });
    expect(() => model.backward(randomMatrix(1, 1, 1))).toThrow(/call embed\(inputs, true\) first/);
  });
});

describe("asTensorOp", () => {
  const embeddings = randomMatrix(6, 3, 4);
  const reference = randomMatrix(4, 3, 5);
  const referenceLabels = [0, 1, 2, 2];
  let loss: PullLoss;
  beforeEach(() => {
    loss = new PullLoss(3);
  });

  test("has the loss's value and its slopes, times the slope of what follows", () => {
    const { value, gradients } = loss.evaluate(embeddings, labels, { reference, referenceLabels });
    const op = asTensorOp(loss);
    const { value: tripled, grads } = tf.valueAndGrads((e, r) =>
      tf.mul(3, op(e, tf.tensor1d(labels), { reference: r, referenceLabels })),
    )([tensorOf(embeddings), tensorOf(reference)]);
    expect(tripled.dataSync()[0]).toBeCloseTo(3 * value, 5);
    grads[0].dataSync().forEach((slope, k) => expect(slope).toBeCloseTo(3 * gradients.embeddings.data[k], 5));
    grads[1].dataSync().forEach((slope, k) => expect(slope).toBeCloseTo(3 * gradients.reference!.data[k], 5));
    expect(op.report?.positivePairs).toBe(7);
    op.dispose();
  });

  test("adds the slopes when the same tensor is embeddings and reference", () => {
    const options = { reference: embeddings, referenceLabels: labels };
    const { gradients } = loss.evaluate(embeddings, labels, options);
    const slope = tf.grad((e) => asTensorOp(loss)(e, labels, { reference: e, referenceLabels: labels }))(
      tensorOf(embeddings),
    );
    slope
      .dataSync()
      .forEach((entry, k) => expect(entry).toBeCloseTo(gradients.embeddings.data[k] + gradients.reference!.data[k], 5));
    asTensorOp(loss).dispose();
  });

  test("trains a model and the loss's own parameters in the user's own minimize", () => {
    const weights = tf.variable(tensorOf(randomMatrix(5, 3, 1)));
    const x = tensorOf(randomMatrix(6, 5, 2));
    const optimizer = tf.train.sgd(0.05);
    const values: number[] = [];
    for (let step = 0; step < 30; step++) {
      const cost = optimizer.minimize(() => asTensorOp(loss)(tf.matMul(x, weights), labels), true);
      values.push(cost!.dataSync()[0]);
    }
    expect(values[29]).toBeLessThan(0.5 * values[0]);
    asTensorOp(loss).dispose();
    expect(Array.from(loss.parameters.W.data)).not.toEqual([0.25, 0.25, 0.25]);
    weights.dispose();
  });

  test("moves the loss's parameters by the loss's slope", () => {
    const op = asTensorOp(loss);
    const { value, gradients } = loss.evaluate(embeddings, labels);
    const e = tensorOf(embeddings);
    tf.train.sgd(0.5).minimize(() => op(e, labels), false, [op.variables["W"]]);
    op.syncParameters();
    loss.parameters.W.data.forEach((entry, k) =>
      expect(entry).toBeCloseTo(0.25 - 0.5 * gradients.parameters["W"].data[k], 5),
    );
    const moved = op(e, labels).dataSync()[0];
    expect(moved).not.toBeCloseTo(value, 3);
    op.variables["W"].assign(tf.tensor2d([[0.25, 0.25, 0.25]]));
    expect(op(e, labels).dataSync()[0]).toBeCloseTo(value, 5);
    op.dispose();
  });

  test("is one operation for one loss until it is disposed, and leaks no tensor", () => {
    const before = tf.memory().numTensors;
    const op = asTensorOp(loss);
    expect(asTensorOp(loss)).toBe(op);
    const e = tensorOf(embeddings);
    const { numTensors } = tf.memory();
    for (let k = 0; k < 3; k++) {
      tf.dispose(tf.grad((x) => asTensorOp(loss)(x, labels))(e));
      op(e, labels).dispose();
    }
    expect(tf.memory().numTensors).toBe(numTensors);
    e.dispose();
    op.dispose();
    op.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(asTensorOp(loss)).not.toBe(op);
    asTensorOp(loss).dispose();
  });

  test("refuses embeddings that are no tensor of two dimensions", () => {
    expect(() => asTensorOp(loss)(tf.tensor1d([1, 2]), labels)).toThrow(/embeddings is a tensor of shape \[2\]/);
    asTensorOp(loss).dispose();
  });

  test("gives embeddings back as the matrix that other parts of kindred take", () => {
    const model = fromFunction((x) => x, { variables: [tf.variable(tf.scalar(1))], optimizer: tf.train.sgd(0.1) });
    expect(toMatrix(model.embed(embeddings), "embeddings")).toEqual(embeddings);
  });
});

describe("SupConLoss in TensorFlow.js", () => {
  beforeAll(useWasmBackend);
  afterAll(async () => {
    await tf.setBackend("cpu");
  });

  test("raises precision@1 on the wasm backend, in the Trainer and in minimize alike", { tags: ["long"] }, async () => {
    const data = blobs(4, 20, 8, 1);
    const unseen = blobs(4, 20, 8, 2);
    const before = precisionAt1(unseen.inputs, unseen.labels);
    const plain = new MlpModel({ inputSize: 8, hidden: [16], outputSize: 3, activation: "tanh", seed: 1 });
    const [own, foreign] = [layersTwin(plain), layersTwin(plain)];
    const optimizer = tf.train.adam(0.01);

    const model = fromLayersModel(own, { optimizer: tf.train.adam(0.01) });
    const sampler = new ShuffledSampler(80, 80);
    const { history } = await new Trainer({ model, loss: new SupConLoss(), data, sampler }).train({ steps: 60 });

    const loss = new SupConLoss();
    const x = tensorOf(data.inputs);
    for (let step = 0; step < 60; step++) {
      const op = asTensorOp(loss);
      const cost = optimizer.minimize(() => op(foreign.apply(x, { training: true }) as tf.Tensor, data.labels), true);
      expect(cost!.dataSync()[0]).toBeCloseTo(history.loss[step], 2);
    }
    expect(history.loss[59]).toBeLessThan(history.loss[0] - 0.3);
    expect(precisionAt1(model.embed(unseen.inputs), unseen.labels)).toBeGreaterThan(before + 0.2);
  });
});
