import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Array as JaxArray, nn, numpy, random, tree } from "@jax-js/jax";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { fromFunction, type JaxModel } from "../../src/engines/jax.ts";
import { type Matrix, toMatrix } from "../../src/matrix/matrix.ts";
import { Adam } from "../../src/training/adam.ts";
import { MlpModel } from "../../src/training/mlpModel.ts";
import type { Optimizer } from "../../src/training/optimizer.ts";
import { SGD } from "../../src/training/sgd.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { blobs, PullLoss, randomMatrix, ShuffledSampler } from "../training/fixtures.ts";

const arrayOf = ({ data, rows, cols }: Matrix): JaxArray => numpy.array(data, { shape: [rows, cols] });
const linear = ({ w }: { w: JaxArray }, x: JaxArray): JaxArray => numpy.matmul(x, w);
const data = blobs(3, 6, 5, 2);

const mlp = (optimizer: Optimizer = new SGD({ learningRate: 0.05 })): MlpModel =>
  new MlpModel({ inputSize: 5, hidden: [7], outputSize: 3, activation: "tanh", optimizer });

type Layers = { weights: JaxArray; bias: JaxArray }[];

/** A function with the weights of the MLP: the two must train alike. */
function twin(plain: MlpModel, optimizer: Optimizer = new SGD({ learningRate: 0.05 })): JaxModel<Layers> {
  const { weights0, bias0, weights1, bias1 } = plain.parameters;
  const parameters: Layers = [
    { weights: arrayOf(weights0), bias: arrayOf(bias0) },
    { weights: arrayOf(weights1), bias: arrayOf(bias1) },
  ];
  const apply = ([first, second]: Layers, x: JaxArray): JaxArray => {
    const hidden = numpy.tanh(numpy.matmul(x, first.weights).add(first.bias));
    return numpy.matmul(hidden, second.weights).add(second.bias);
  };
  return fromFunction(apply, { parameters, optimizer });
}

const trainer = (model: ConstructorParameters<typeof Trainer>[0]["model"], chunkSize: number | null = null): Trainer =>
  new Trainer({ model, data, loss: new PullLoss(3), sampler: new ShuffledSampler(18, 8), chunkSize });

/** Pages that the memory of jax-js grows by while something is done. */
function pagesGrown(act: () => void): number {
  const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow");
  try {
    act();
    return grow.mock.calls.reduce((sum, [pages]) => sum + pages, 0);
  } finally {
    grow.mockRestore();
  }
}

describe("fromFunction of kindred/jax", () => {
  test("trains as the same MLP in plain TypeScript does", async () => {
    const plain = mlp();
    const model = twin(plain);
    const expected = await trainer(plain).train({ steps: 6 });
    const { history } = await trainer(model).train({ steps: 6 });
    expected.history.loss.forEach((loss, k) => expect(history.loss[k]).toBeCloseTo(loss, 5));
    const embeddings = plain.embed(data.inputs);
    model.embed(data.inputs).data.forEach((entry, k) => expect(entry).toBeCloseTo(embeddings.data[k], 5));
  });

  test("trains in chunks as in whole batches", async () => {
    const [whole, chunked] = [twin(mlp()), twin(mlp())];
    await trainer(whole).train({ steps: 6 });
    await trainer(chunked, 3).train({ steps: 6 });
    const expected = whole.embed(data.inputs).data;
    chunked.embed(data.inputs).data.forEach((entry, k) => expect(entry).toBeCloseTo(expected[k], 5));
  });

  test("adds up the slopes of several calls of backward, and forgets them", () => {
    const [plain, slope] = [mlp(), randomMatrix(18, 3, 3)];
    const model = twin(plain);
    plain.embed(data.inputs, true);
    model.embed(data.inputs, true);
    for (let k = 0; k < 2; k++) {
      plain.backward(slope);
      model.backward(slope);
    }
    expect(Object.keys(model.gradients)).toEqual(["0.weights", "0.bias", "1.weights", "1.bias"]);
    ["weights0", "bias0", "weights1", "bias1"].forEach((name, k) =>
      plain.gradients[name].data.forEach((entry, i) =>
        expect(Object.values(model.gradients)[k].data[i]).toBeCloseTo(entry, 4),
      ),
    );
    model.forget();
    expect(model.gradients).toEqual({});
    expect(() => model.backward(slope)).toThrow(/call embed\(inputs, true\) first/);
  });

  test("takes trees of objects and lists, arrays of any number of dimensions, and lays them flat by name", () => {
    const cube = randomMatrix(6, 2, 1);
    const parameters = {
      deep: [{ cube: numpy.array(cube.data, { shape: [2, 3, 2] }) }],
      shift: numpy.array([1, 2]),
      scale: numpy.array(3),
    };
    const apply = ({ deep, shift, scale }: typeof parameters, x: JaxArray): JaxArray =>
      numpy
        .matmul(x, deep[0].cube.reshape([6, 2]))
        .mul(scale)
        .add(shift);
    const model = fromFunction(apply, { parameters, optimizer: new SGD({ learningRate: 1 }) });
    const shapes = Object.entries(model.parameters).map(([name, { rows, cols }]) => [name, rows, cols]);
    expect(shapes).toEqual([
      ["deep.0.cube", 6, 2],
      ["shift", 1, 2],
      ["scale", 1, 1],
    ]);
    const ones: Matrix = { data: new Float32Array(4).fill(1), rows: 2, cols: 2 };
    model.embed(randomMatrix(2, 6, 2), true);
    model.backward(ones);
    model.step();
    expect(Array.from(model.parameters["shift"].data)).toEqual([-1, 0]);
    const arrays = model.arrays();
    expect(arrays.deep[0].cube.shape).toEqual([2, 3, 2]);
    expect(arrays.shift.ref.js()).toEqual([-1, 0]);
    tree.dispose(arrays);
    const single = fromFunction((w: JaxArray, x: JaxArray) => numpy.matmul(x, w), { parameters: arrayOf(cube) });
    expect(Object.keys(single.parameters)).toEqual(["parameters"]);
    expect(single.embed(randomMatrix(4, 6, 1)).cols).toBe(2);
  });

  test("lets the weights be changed from outside, between two steps", () => {
    const model = fromFunction(linear, { parameters: { w: arrayOf(randomMatrix(5, 3, 1)) } });
    model.parameters["w"].data.fill(0);
    expect(model.embed(data.inputs).data.every((entry) => entry === 0)).toBe(true);
  });

  test("takes weights, slopes and a learning rate that are set, as freezing, averages and schedules do", () => {
    const model = fromFunction(linear, { parameters: { w: arrayOf(randomMatrix(5, 3, 1)) }, optimizer: new SGD() });
    const [ones, twos] = [1, 2].map((entry) => ({ data: new Float32Array(15).fill(entry), rows: 5, cols: 3 }));
    model.parameters = { w: twos };
    model.gradients = { w: ones };
    model.learningRate = 0.5;
    model.step();
    expect(model.parameters["w"].data).toEqual(new Float32Array(15).fill(1.5));
    expect(twos.data[0]).toBe(2);
    const wrong = { ...ones, rows: 3, cols: 5 };
    expect(() => (model.parameters = { w: wrong })).toThrow("the value of w is 3 x 5, the parameter 5 x 3");
    expect(() => (model.parameters = { w: ones, v: ones })).toThrow(/there is a value for the unknown parameter "v"/);
    expect(() => (model.gradients = { w: wrong })).toThrow(/the slope of w is 3 x 5/);
    expect(model.parameters["w"].data[0]).toBe(1.5);
  });

  test("consumes the parameters, and holds no array of jax-js itself", () => {
    const w = arrayOf(randomMatrix(5, 3, 1));
    const model = fromFunction(linear, { parameters: { w } });
    expect(() => w.add(1)).toThrow(/freed/);
    expect(model.embed(data.inputs).rows).toBe(18);
  });

  test("tells the function whether it is for training, and runs it anew only where it is not compiled", () => {
    const calls: boolean[] = [];
    const apply = ({ w }: { w: JaxArray }, x: JaxArray, isTraining: boolean): JaxArray => {
      calls.push(isTraining);
      return numpy.matmul(x, w);
    };
    const counts = [true, false].map((jit) => {
      calls.length = 0;
      const model = fromFunction(apply, { parameters: { w: arrayOf(randomMatrix(5, 3, 1)) }, jit });
      for (let k = 0; k < 3; k++) {
        model.embed(data.inputs);
        model.embed(data.inputs, true);
        model.backward(randomMatrix(18, 3, 1));
        model.step();
      }
      return [calls.filter((isTraining) => isTraining).length, calls.filter((isTraining) => !isTraining).length];
    });
    expect(counts).toEqual([
      [1, 1],
      [3, 3],
    ]);
  });

  test("pulls the slope back through the very draws of embed, in a function that is not compiled", () => {
    let draws = 0;
    const apply = ({ w }: { w: JaxArray }, x: JaxArray, isTraining: boolean): JaxArray => {
      const kept = random.bernoulli(random.key(isTraining ? ++draws : 0), 0.5, [5]);
      return numpy.matmul(isTraining ? x.mul(kept.astype(numpy.float32)) : (kept.dispose(), x), w);
    };
    const model = fromFunction(apply, { parameters: { w: arrayOf(randomMatrix(5, 1, 1)) }, jit: false });
    const eye = toMatrix(
      [1, 2, 3, 4, 5].map((_, i) => [0, 1, 2, 3, 4].map((j) => (i === j ? 1 : 0))),
      "inputs",
    );
    const patterns = new Set<string>();
    for (let k = 0; k < 6; k++) {
      const seen = model.embed(eye, true).data.map((entry) => (entry === 0 ? 0 : 1));
      model.backward({ data: new Float32Array(5).fill(1), rows: 5, cols: 1 });
      expect(model.gradients["w"].data).toEqual(seen);
      patterns.add(seen.join());
      model.forget();
    }
    expect(patterns.size).toBeGreaterThan(1);
  });

  test("lays rows out in inputShape", () => {
    const model = fromFunction(({ w }: { w: JaxArray }, x: JaxArray) => numpy.matmul(x.sum(1), w), {
      parameters: { w: arrayOf(randomMatrix(2, 3, 1)) },
      inputShape: [4, 2],
    });
    expect(model.embed(randomMatrix(5, 8, 1))).toMatchObject({ rows: 5, cols: 3 });
    expect(() => model.embed(randomMatrix(5, 7, 1))).toThrow(
      "inputs has 7 columns; one input of the shape [4, 2] needs 8",
    );
  });

  test("takes a batch without rows, of which nothing is learned", () => {
    const model = fromFunction(linear, { parameters: { w: arrayOf(randomMatrix(5, 3, 1)) } });
    const none = { data: new Float32Array(0), rows: 0, cols: 5 };
    expect(model.embed(none, true)).toEqual({ data: new Float32Array(0), rows: 0, cols: 3 });
    model.backward({ ...none, cols: 3 });
    expect(model.gradients).toEqual({});
  });

  test.each([
    ["Adam", () => new Adam({ learningRate: 0.05 })],
    ["SGD with momentum", () => new SGD({ learningRate: 0.05, momentum: 0.9 })],
  ])("goes on from a saved state to the same bits, with %s", async (_, optimizer) => {
    const [first, second] = [1, 2].map(() => trainer(twin(mlp(), optimizer())));
    await first.train({ steps: 3 });
    await second.train({ steps: 1 });
    await second.load(structuredClone(await first.state()));
    const expected = await first.train({ steps: 3 });
    const { history } = await second.train({ steps: 3 });
    expect(history.loss).toEqual(expected.history.loss);
    expect(await second.state()).toEqual(await first.state());
  });

  test("forgets the slopes kept when it goes on from a saved state", () => {
    const model = twin(mlp());
    model.embed(data.inputs, true);
    model.backward(randomMatrix(18, 3, 1));
    model.load(model.state());
    expect(model.gradients).toEqual({});
    expect(() => model.backward(randomMatrix(18, 3, 1))).toThrow(/call embed\(inputs, true\) first/);
  });

  test("refuses a state that is not the model's, and changes nothing", async () => {
    const first = trainer(twin(mlp(), new Adam()));
    await first.train({ steps: 2 });
    const state = await first.state();
    const weights = state.model!["parameters.0.weights"] as Matrix;
    const unsound: Record<string, object> = {
      "no weights": { "parameters.0.weights": undefined },
      "one matrix more": { "parameters.2.weights": weights },
      "another shape": { "parameters.0.weights": { ...weights, rows: weights.cols, cols: weights.rows } },
      NaN: { "parameters.0.weights": { ...weights, data: weights.data.map(() => NaN) } },
      "no moments": { "optimizer.mean.0.weights": undefined },
      "another optimizer": { "optimizer.kind": "SGD" },
      "another model": { kind: "MlpModel" },
    };
    for (const [what, change] of Object.entries(unsound)) {
      const other = trainer(twin(mlp(), new Adam()));
      await other.train({ steps: 1 });
      const before = await other.state();
      await expect(other.load({ ...state, model: { ...state.model, ...change } }), what).rejects.toThrow(
        /^(this|the) .*state/,
      );
      expect(await other.state(), what).toEqual(before);
    }
  });

  test("lets the memory of jax-js grow no more after the first steps", { tags: ["long"] }, () => {
    const model = fromFunction(
      ({ v, w }: { v: JaxArray; w: JaxArray }, x: JaxArray) => numpy.matmul(nn.relu(numpy.matmul(x, v)), w),
      { parameters: { v: arrayOf(randomMatrix(64, 128, 1)), w: arrayOf(randomMatrix(128, 32, 2)) } },
    );
    const [inputs, slope] = [randomMatrix(256, 64, 3), randomMatrix(256, 32, 4)];
    // each of these would leave 100 kB or more behind in every round
    const acts: Record<string, () => void> = {
      step: () => {
        model.embed(inputs, true);
        model.backward(slope);
        model.backward(slope);
        model.step();
      },
      embed: () => model.embed(inputs),
      "embed without backward": () => model.embed(inputs, true),
      dispose: () => {
        model.embed(inputs, true);
        model.dispose();
      },
    };
    const often = (act: () => void): void => {
      for (let k = 0; k < 40; k++) act();
    };
    for (const [what, act] of Object.entries(acts)) {
      for (let k = 0; k < 3; k++) act();
      expect(
        pagesGrown(() => often(act)),
        what,
      ).toBe(0);
    }
    const kept: JaxArray[] = [];
    const keep = (): void => void kept.push(arrayOf(inputs));
    expect(pagesGrown(() => often(keep))).toBeGreaterThan(0);
    tree.dispose(kept);
  });

  test("can be used after dispose, with the weights it had", () => {
    const model = twin(mlp());
    const before = model.embed(data.inputs);
    model.embed(data.inputs, true);
    model.dispose();
    expect(() => model.backward(randomMatrix(18, 3, 1))).toThrow(/call embed\(inputs, true\) first/);
    expect(model.embed(data.inputs)).toEqual(before);
  });

  test("refuses what it cannot use", () => {
    const w = (): JaxArray => arrayOf(randomMatrix(5, 3, 1));
    const given =
      (options: object): (() => unknown) =>
      () =>
        fromFunction(linear as never, options as never);
    expect(() => fromFunction(null as never, { parameters: w() })).toThrow(/give a function of arrays of jax-js/);
    expect(given({})).toThrow("parameters is undefined; give the arrays that the function computes with");
    expect(given({ parameters: {} })).toThrow(/parameters has no array/);
    expect(given({ parameters: { w: 3 } })).toThrow(/^parameters\.w is 3; give an array of jax-js/);
    expect(given({ parameters: { w: randomMatrix(2, 2, 1) } })).toThrow(
      /^parameters\.w\.data is an object of type Float32Array/,
    );
    expect(given({ parameters: { w: [w(), numpy.array([1], { dtype: numpy.int32 })] } })).toThrow(
      "parameters.w.1 is an array of int32; give one of float32",
    );
    expect(given({ parameters: { "a.b": w(), a: { b: w() } } })).toThrow(/two arrays named a\.b/);
    expect(given({ parameters: { w: w() }, optimizer: {} })).toThrow(/give an optimizer of kindred/);
    expect(given({ parameters: { w: w() }, inputShape: [0] })).toThrow(/inputShape\[0\] is 0/);
    expect(given({ parameters: { w: w() }, jit: "yes" })).toThrow(/jit is "yes"/);
    expect(given({ parameters: { w: w() }, optimiser: null })).toThrow(/did you mean "optimizer"\?/);
  });

  test("refuses an output without one row a sample, and slopes of another shape", () => {
    type Weights = { w: JaxArray };
    const make = (apply: (p: Weights, x: JaxArray) => JaxArray, jit = true): JaxModel<Weights> =>
      fromFunction(apply, { parameters: { w: arrayOf(randomMatrix(5, 3, 1)) }, jit });
    const dropped = ({ w }: Weights): void => w.dispose();
    const inputs = randomMatrix(4, 5, 1);
    for (const isTraining of [false, true]) {
      const total = make((p, x) => (dropped(p), x.sum()));
      expect(() => total.embed(inputs, isTraining)).toThrow(
        "the model's output is an array of float32 of shape [] for 4 samples; give float32 with one row a sample and one column a dimension",
      );
      expect(() => make((p, x) => (dropped(p), x.transpose())).embed(inputs, isTraining)).toThrow(/shape \[5, 4\]/);
      expect(() => make((p, x) => (dropped(p), x.dispose(), 3 as never), false).embed(inputs)).toThrow(/output is 3/);
    }
    const model = twin(mlp());
    model.embed(data.inputs, true);
    expect(() => model.backward(randomMatrix(18, 2, 1))).toThrow(
      "the gradient is 18 x 2, the last embeddings were 18 x 3",
    );
    expect(() => twin(mlp()).backward(randomMatrix(18, 3, 1))).toThrow(/call embed\(inputs, true\) first/);
  });
});

describe("kindred/jax as it is built", { tags: ["long"] }, () => {
  const dist = fileURLToPath(new URL("../../dist/engines/jax.js", import.meta.url));
  const own = fileURLToPath(new URL("../..", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "kindred-jax-"));
  beforeAll(() => {
    expect(existsSync(dist), "the build; npm run build makes it").toBe(true);
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(own, join(folder, "node_modules/kindred"), "junction");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What a program says that is run in a folder. */
  const said = (cwd: string, script: string, ...flags: string[]): string => {
    const { stdout, stderr } = spawnSync(process.execPath, [...flags, "--eval", script], { cwd, encoding: "utf8" });
    // some versions of Node say that to require modules is new
    return stdout + stderr.replaceAll(/.*(ExperimentalWarning|--trace-warnings).*\n/g, "");
  };
  const learning = `
    const labels = [0, 0, 1, 1, 0, 0, 1, 1];
    const data = { inputs: labels.map((label, i) => [label, i % 3, i % 5, 1]), labels };
    const w = numpy.array(Float32Array.from({ length: 8 }, (_, k) => Math.sin(k)), { shape: [4, 2] });
    const model = fromFunction(({ w }, x) => numpy.matmul(x, w), { parameters: { w } });
    const trainer = new Trainer({ model, loss: new SupConLoss(), sampler: new MPerClassSampler(labels, { m: 4, batchSize: 8 }), data });
    const image = { data: new Float32Array(64), rows: 1, cols: 64 };
    console.log(trainer.step().value > trainer.step().value, smallConvNet({ height: 8, width: 8, filters: [2] }).embed(image).cols);`;

  test("is required, and computes with the arrays of the jax-js that is required", () => {
    const script = `
      const { fromFunction, smallConvNet } = require("kindred/jax");
      const { numpy } = require("@jax-js/jax");
      const { MPerClassSampler, SupConLoss, Trainer } = require("kindred");${learning}`;
    expect(said(own, script, "--input-type=commonjs")).toBe("true 64\n");
  });

  test("is imported, and computes with the arrays of the jax-js that is imported", () => {
    const script = `
      import { fromFunction, smallConvNet } from "kindred/jax";
      import { numpy } from "@jax-js/jax";
      import { MPerClassSampler, SupConLoss, Trainer } from "kindred";${learning}`;
    expect(said(own, script, "--input-type=module")).toBe("true 64\n");
  });

  test("says so where it is required, and jax-js imported", () => {
    const script = `
      const { fromFunction } = require("kindred/jax");
      import("@jax-js/jax").then(({ numpy }) => {
        try {
          fromFunction(({ w }, x) => x, { parameters: { w: numpy.zeros([2, 2]) } });
        } catch ({ message }) {
          console.log(message);
        }
      });`;
    expect(said(own, script, "--input-type=commonjs")).toBe(
      "parameters.w is an array of another copy of jax-js; import both kindred/jax and @jax-js/jax, or require both, in all of a program\n",
    );
  });

  test.each([
    ["imported", "module", 'import("kindred/jax").catch(({ message }) => console.log(message))'],
    ["required", "commonjs", 'try { require("kindred/jax") } catch ({ message }) { console.log(message) }'],
  ])("names what is missing where it is %s without @jax-js/jax", (_, type, script) => {
    expect(said(folder, script, "--preserve-symlinks", `--input-type=${type}`)).toMatch(
      /^Cannot find (package|module) '@jax-js\/jax'/,
    );
  });
});
