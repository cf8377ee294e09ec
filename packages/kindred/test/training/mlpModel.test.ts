import { describe, expect, test } from "vitest";
import type { Matrix } from "../../src/matrix/matrix.ts";
import { stateToBytes } from "../../src/state/stateBytes.ts";
import { MlpModel } from "../../src/training/mlpModel.ts";
import { SGD } from "../../src/training/sgd.ts";
import { randomMatrix } from "./fixtures.ts";

const shape = { inputSize: 7, hidden: [6, 5], outputSize: 3, seed: 4 };

/** Sum of the embeddings times fixed weights, in float64: a function whose slope with respect to them is `weights`. */
function objective(model: MlpModel, inputs: Matrix, weights: Matrix): number {
  return model.embed(inputs).data.reduce((sum, entry, k) => sum + entry * weights.data[k], 0);
}

/** The plainest forward pass, in float64. */
function twin(model: MlpModel, inputs: Matrix, bend: (x: number) => number): number[][] {
  const { parameters } = model;
  const layers = Object.keys(parameters).length / 2;
  let signal = Array.from({ length: inputs.rows }, (_, i) =>
    Array.from(inputs.data.slice(i * inputs.cols, (i + 1) * inputs.cols)),
  );
  for (let l = 0; l < layers; l++) {
    const weights = parameters[`weights${l}`];
    signal = signal.map((row) =>
      Array.from(parameters[`bias${l}`].data, (bias, j) => {
        const sum = row.reduce((sum, x, k) => sum + x * weights.data[k * weights.cols + j], bias);
        return l === layers - 1 ? sum : bend(sum);
      }),
    );
  }
  return signal;
}

describe("MlpModel", () => {
  test.each([
    ["relu", (x: number) => Math.max(x, 0)],
    ["tanh", Math.tanh],
    ["sigmoid", (x: number) => 1 / (1 + Math.exp(-x))],
  ] as const)("embeds like a float64 twin with %s", (activation, bend) => {
    const model = new MlpModel({ ...shape, activation });
    for (const [k, { data }] of Object.values(model.parameters).entries())
      if (k % 2 === 1) data.forEach((_, j) => (data[j] = 0.1 * (j - 1)));
    const inputs = randomMatrix(11, 7, 1);
    const { data, rows, cols } = model.embed(inputs);
    expect([rows, cols]).toEqual([11, 3]);
    const expected = twin(model, inputs, bend).flat();
    expected.forEach((entry, k) => expect(data[k]).toBeCloseTo(entry, 5));
  });

  test.each(["relu", "tanh", "sigmoid"] as const)(
    "pulls slopes back as finite differences do, with %s",
    (activation) => {
      const model = new MlpModel({ ...shape, activation });
      const inputs = randomMatrix(9, 7, 2);
      const weights = randomMatrix(9, 3, 3);
      model.embed(inputs, true);
      model.backward(weights);
      const h = 1e-3;
      for (const [name, parameter] of Object.entries(model.parameters))
        for (let k = 0; k < parameter.data.length; k++) {
          const value = parameter.data[k];
          parameter.data[k] = value + h;
          const above = objective(model, inputs, weights);
          const step = parameter.data[k];
          parameter.data[k] = value - h;
          const difference = (above - objective(model, inputs, weights)) / (step - parameter.data[k]);
          parameter.data[k] = value;
          expect(Math.abs(model.gradients[name].data[k] - difference), `${name}[${k}]`).toBeLessThan(
            5e-3 * (1 + Math.abs(difference)),
          );
        }
    },
  );

  test.each([[[6, 5]], [[]]])("gives the slopes of its inputs as finite differences do, hidden layers %j", (hidden) => {
    const model = new MlpModel({ ...shape, hidden, activation: "tanh" });
    const inputs = randomMatrix(4, 7, 2);
    const weights = randomMatrix(4, 3, 3);
    model.embed(inputs, true);
    const slopes = model.backwardToInputs(weights);
    expect([slopes.rows, slopes.cols]).toEqual([4, 7]);
    const h = 1e-3;
    slopes.data.forEach((slope, k) => {
      const at = (shift: number): number => {
        const data = inputs.data.slice();
        data[k] += shift;
        return objective(model, { ...inputs, data }, weights);
      };
      const difference = (at(h) - at(-h)) / (2 * h);
      expect(Math.abs(slope - difference), `inputs[${k}]`).toBeLessThan(5e-3 * (1 + Math.abs(difference)));
    });
  });

  test("backwardToInputs adds to the weights' slopes as backward does", () => {
    const [one, other] = [new MlpModel(shape), new MlpModel(shape)];
    const slope = randomMatrix(4, 3, 3);
    for (const model of [one, other]) model.embed(randomMatrix(4, 7, 2), true);
    one.backward(slope);
    other.backwardToInputs(slope);
    expect(other.gradients).toEqual(one.gradients);
    expect(() => new MlpModel(shape).backwardToInputs(slope)).toThrow("backward was called before embed");
  });

  test("adds up the slopes of two calls of backward and forgets them in step", () => {
    const model = new MlpModel({ inputSize: 4, outputSize: 2, optimizer: new SGD({ learningRate: 0.5 }) });
    const inputs = randomMatrix(3, 4, 1);
    const slope = randomMatrix(3, 2, 2);
    model.embed(inputs, true);
    model.backward(slope);
    const once = model.gradients["weights0"].data.slice();
    const before = model.parameters["weights0"].data.slice();
    model.backward(slope);
    once.forEach((entry, k) => expect(model.gradients["weights0"].data[k]).toBeCloseTo(2 * entry, 5));
    model.step();
    once.forEach((entry, k) => expect(model.parameters["weights0"].data[k]).toBeCloseTo(before[k] - entry, 5));
    expect(model.gradients).toEqual({});
  });

  test("the same seed gives the same weights, another seed others", () => {
    const [a, b, c] = [1, 1, 2].map((seed) => new MlpModel({ ...shape, seed }).parameters["weights0"].data);
    expect(b).toEqual(a);
    expect(c).not.toEqual(a);
  });

  test("first weights have the variance that suits the activation", () => {
    const variance = (activation: "relu" | "tanh"): number => {
      const { data } = new MlpModel({ inputSize: 100, outputSize: 300, activation }).parameters["weights0"];
      return data.reduce((sum, w) => sum + w * w, 0) / data.length;
    };
    // The relative standard error of the variance of 30,000 normal numbers is sqrt(2 / 30000) = 0.8 %.
    expect(variance("relu") / (2 / 100)).toBeCloseTo(1, 1);
    expect(variance("tanh") / (2 / 400)).toBeCloseTo(1, 1);
  });

  test("a restored model gives the saved one's embeddings and shares no memory with it", () => {
    const model = new MlpModel(shape);
    const saved = structuredClone(model.save());
    const inputs = randomMatrix(5, 7, 1);
    const before = model.embed(inputs);
    model.parameters["weights0"].data.fill(0);
    expect(MlpModel.restore(saved).embed(inputs)).toEqual(before);
  });

  test("comes back from bytes with the same weights, and with the optimizer that is given", () => {
    const model = new MlpModel({ ...shape, activation: "tanh" });
    const again = MlpModel.fromBytes(model.toBytes(), { optimizer: new SGD({ learningRate: 0.5 }) });
    expect(again.save()).toStrictEqual(model.save());
    expect(again.state()["optimizer.kind"]).toBe("SGD");
  });

  test("takes bytes of no other: of a loss, of a state, damaged", () => {
    const model = new MlpModel(shape);
    const bytes = model.toBytes();
    expect(() => MlpModel.fromBytes(stateToBytes(model.state()))).toThrow(
      /of kind "MlpModel"; give what MlpModel.save/,
    );
    expect(() => MlpModel.fromBytes(bytes.subarray(0, bytes.length - 1))).toThrow(/no sound safetensors file/);
    const { weights0, ...parameters } = model.save().parameters;
    expect(() => MlpModel.fromBytes(stateToBytes({ ...model.save(), parameters }))).toThrow(/has no weights0/);
    expect(weights0.rows).toBe(7);
  });

  test("a loaded state goes on as if training had never stopped", () => {
    const inputs = randomMatrix(5, 7, 1);
    const slope = randomMatrix(5, 3, 2);
    const train = (model: MlpModel, steps: number): void => {
      for (let k = 0; k < steps; k++) {
        model.embed(inputs, true);
        model.backward(slope);
        model.step();
      }
    };
    const whole = new MlpModel(shape);
    train(whole, 2);
    const resumed = new MlpModel({ ...shape, seed: 99 });
    resumed.load(whole.state());
    train(whole, 3);
    train(resumed, 3);
    expect(resumed.save()).toEqual(whole.save());
  });

  test("a loaded state forgets the slopes kept", () => {
    const model = new MlpModel(shape);
    model.embed(randomMatrix(4, 7, 1), true);
    model.backward(randomMatrix(4, 3, 2));
    model.load(model.state());
    expect(model.gradients).toEqual({});
    expect(() => model.backward(randomMatrix(4, 3, 2))).toThrow(/call embed\(inputs, true\) first/);
  });

  test("embeds no rows as no rows, and pulls back from them", () => {
    const model = new MlpModel(shape);
    expect(model.embed({ data: new Float32Array(0), rows: 0, cols: 7 }, true).rows).toBe(0);
    model.backward({ data: new Float32Array(0), rows: 0, cols: 3 });
    expect(model.gradients["weights0"].data.every((entry) => entry === 0)).toBe(true);
  });

  test("refuses what does not fit, and says what is needed", () => {
    const model = new MlpModel(shape);
    expect(() => model.backward(randomMatrix(1, 3, 1))).toThrow(/call embed\(inputs, true\) first/);
    expect(() => model.embed(randomMatrix(2, 6, 1))).toThrow(
      "inputs has 6 columns; the model was built with inputSize = 7",
    );
    model.embed(randomMatrix(2, 7, 1), true);
    expect(() => model.backward(randomMatrix(2, 4, 1))).toThrow(/gradient is 2 x 4, the last embeddings were 2 x 3/);
    expect(() => new MlpModel({ inputSize: 3, hidden: [0] })).toThrow("hidden[0] is 0");
    expect(() => new MlpModel({} as { inputSize: number })).toThrow("inputSize is 0");
    expect(() => new MlpModel({ inputSize: 3, activation: "rely" as "relu" })).toThrow(/"relu", "tanh", "sigmoid"/);
    expect(() => new MlpModel({ ...shape, hiden: [] } as never)).toThrow(/did you mean "hidden"/);
    expect(() => new MlpModel({ ...shape, hidden: [8, 5] }).load(model.state())).toThrow(
      /weights0 is 7 x 6, 7 x 8 is needed/,
    );
    expect(() => MlpModel.restore({ kind: "tree" } as never)).toThrow(/kind "tree"/);
  });
});
