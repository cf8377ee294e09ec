import { describe, expect, it } from "vitest";
import {
  ExponentialAverage,
  MlpModel,
  MeanAverage,
  SGD,
  Trainer,
  withWeights,
  EarlyStopping,
} from "../../src/index.ts";
import type { Matrix, Model, NamedMatrices, TrainerOptions, WeightAverage } from "../../src/index.ts";
import { blobs, PullLoss, ShuffledSampler } from "./fixtures.ts";

const data = blobs(3, 8, 5, 1);

function parts(average: WeightAverage): TrainerOptions<MlpModel> & { average: WeightAverage; loss: PullLoss } {
  return {
    model: new MlpModel({ inputSize: 5, outputSize: 4, seed: 1, optimizer: new SGD({ learningRate: 0.3 }) }),
    loss: new PullLoss(4),
    sampler: new ShuffledSampler(24, 8),
    data,
    average,
  };
}

const copyOf = (weights: NamedMatrices): NamedMatrices => structuredClone(weights);

describe("withWeights", () => {
  const model = new MlpModel({ inputSize: 5, outputSize: 4, seed: 1 });
  const other = new MlpModel({ inputSize: 5, outputSize: 4, seed: 2 });
  const own = model.embed(data.inputs);
  const others = other.embed(data.inputs);

  it("gives the model other weights for the work, and its own back", () => {
    expect(withWeights(model, other.parameters, () => model.embed(data.inputs))).toEqual(others);
    expect(model.embed(data.inputs)).toEqual(own);
    expect(withWeights(model, null, () => model.embed(data.inputs))).toEqual(own);
  });

  it("gives them back when the work throws or is rejected, and not before a promise is settled", async () => {
    const fail = (): never => {
      throw new Error("broken");
    };
    expect(() => withWeights(model, other.parameters, fail)).toThrow("broken");
    expect(model.embed(data.inputs)).toEqual(own);
    await expect(withWeights(model, other.parameters, () => Promise.reject(new Error("late")))).rejects.toThrow("late");
    expect(model.embed(data.inputs)).toEqual(own);
    const later = async (): Promise<Matrix> => {
      await Promise.resolve();
      return model.embed(data.inputs);
    };
    expect(await withWeights(model, other.parameters, later)).toEqual(others);
    expect(model.embed(data.inputs)).toEqual(own);
  });

  it("refuses a model without parameters, and weights of another", () => {
    const bare: Pick<Model, "parameters" | "embed"> = { embed: model.embed.bind(model) };
    expect(() => withWeights(bare, other.parameters, () => 1)).toThrow(/the model has no parameters/);
    const wide = new MlpModel({ inputSize: 6, outputSize: 4 });
    expect(() => withWeights(model, wide.parameters, () => 1)).toThrow(
      /the value of weights0 is 6 x 4, the parameter 5 x 4/,
    );
    expect(model.embed(data.inputs)).toEqual(own);
  });
});

describe("a Trainer with an average", () => {
  it("shows it the weights after each step, and trains as without", async () => {
    const given = parts(new MeanAverage());
    const plain = parts(new MeanAverage());
    const trainer = new Trainer(given);
    const without = new Trainer({ ...plain, average: null });
    const sums = [new Float64Array(20), new Float64Array(4)];
    for (let step = 0; step < 6; step++) {
      trainer.step();
      without.step();
      Object.values(plain.model.parameters).forEach(({ data: weights }, k) =>
        weights.forEach((weight, i) => (sums[k][i] += weight / 6)),
      );
    }
    expect(given.model.parameters).toEqual(plain.model.parameters);
    Object.values(given.average.weights!).forEach(({ data: weights }, k) =>
      weights.forEach((weight, i) => expect(weight).toBeCloseTo(sums[k][i], 5)),
    );
    const own = copyOf(given.model.parameters);
    trainer.useAverage();
    expect(given.model.parameters).toEqual(given.average.weights);
    expect(given.model.parameters).not.toEqual(own);
    await expect(Promise.resolve().then(() => without.useAverage())).rejects.toThrow(
      /averages no weights; give it average/,
    );
  });

  it("shows it none while slopes are gathered", () => {
    const average = new MeanAverage();
    const warn = console.warn;
    console.warn = () => undefined;
    const trainer = new Trainer({ ...parts(average), accumulate: 3 });
    console.warn = warn;
    for (let step = 0; step < 7; step++) trainer.step();
    expect(average.taken).toBe(2);
  });

  it("evaluates the averaged weights, and tells hooks with the model's own in place", async () => {
    const average = new ExponentialAverage({ decay: 0.9 });
    const given = parts(average);
    const evaluated: NamedMatrices[] = [];
    const told: NamedMatrices[] = [];
    const averaged: NamedMatrices[] = [];
    const evaluate = async (model: MlpModel) => {
      await Promise.resolve();
      evaluated.push(copyOf(model.parameters));
      return { figure: 1 };
    };
    const hooks = [
      {
        onStep: () => void averaged.push(copyOf(average.weights!)),
        onEvaluation: () => void told.push(copyOf(given.model.parameters)),
      },
    ];
    await new Trainer({ ...given, evaluate, evaluateEvery: { steps: 2 }, hooks }).train({ steps: 4 });
    expect(evaluated).toEqual([averaged[1], averaged[3]]);
    expect(told[1]).toEqual(given.model.parameters);
    expect(told[1]).not.toEqual(averaged[3]);
  });

  it("gives EarlyStopping's best back as it was evaluated: averaged", async () => {
    const average = new ExponentialAverage({ decay: 0.9 });
    const given = parts(average);
    const figures = [1, 5, 2, 3];
    const evaluated: NamedMatrices[] = [];
    const evaluate = (model: MlpModel) => {
      evaluated.push(copyOf(model.parameters));
      return { figure: figures[evaluated.length - 1] };
    };
    const hooks = [new EarlyStopping({ metric: "figure" })];
    await new Trainer({ ...given, evaluate, hooks }).train({ epochs: 4 });
    expect(given.model.parameters).toEqual(evaluated[1]);
  });

  it("goes on from a state with the same bits", async () => {
    for (const make of [() => new ExponentialAverage({ decay: 0.95 }), () => new MeanAverage({ from: 3, every: 2 })]) {
      const whole = new Trainer(parts(make()));
      await whole.train({ steps: 5 });
      const resumed = new Trainer(parts(make()));
      await resumed.load(structuredClone(await whole.state()));
      await whole.train({ steps: 4 });
      await resumed.train({ steps: 4 });
      expect(await resumed.state()).toEqual(await whole.state());
    }
  });

  it("refuses states of other weights or without, and models that do not tell theirs", async () => {
    const trainer = new Trainer(parts(new ExponentialAverage()));
    trainer.step();
    const state = await trainer.state();
    const load = (average: unknown) => new Trainer(parts(new ExponentialAverage())).load({ ...state, average: average as never }); // prettier-ignore
    await expect(load(null)).rejects.toThrow(/average is null/);
    await expect(load(new MeanAverage().state())).rejects.toThrow(/this is the state of MeanAverage/);
    const { bias0 } = state.average!["weights"] as NamedMatrices;
    await expect(load({ ...state.average, weights: { bias0 } })).rejects.toThrow(/weights has no weights0/);
    const { model, ...rest } = parts(new ExponentialAverage());
    const bare: Model = { embed: model.embed.bind(model), backward: model.backward.bind(model), step: model.step.bind(model) }; // prettier-ignore
    expect(() => new Trainer({ ...rest, evaluate: null, model: bare })).toThrow(/average averages the model's weights, and the model has no parameters/); // prettier-ignore
    await expect(new Trainer({ ...parts(new MeanAverage()), hooks: [{ onStep: (_, control) => (control as Trainer).useAverage() }] }).train({ steps: 1 })).rejects.toThrow(/is in a run/); // prettier-ignore
  });
});
