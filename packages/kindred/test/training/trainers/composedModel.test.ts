import { describe, expect, test } from "vitest";
import { ComposedModel, type Model, type Stage, type StateDict } from "../../../src/index.ts";
import { linearModel } from "./fixtures.ts";

const inputs = { data: Float32Array.of(1, 2, 3, 4), rows: 2, cols: 2 };
const all = (): boolean => true;

/** A stage that takes its time to save and load. */
function slow(model: ReturnType<typeof linearModel>): Stage {
  return {
    embed: (given, isTraining) => model.embed(given, isTraining),
    backward: (gradient) => model.backward(gradient),
    backwardToInputs: (gradient) => model.backwardToInputs(gradient),
    step: () => model.step(),
    forget: () => model.forget(),
    state: async () => Promise.resolve(model.state()),
    load: async (state) => {
      await Promise.resolve();
      model.load(state);
    },
  };
}

function make(seed: number, pace: (model: ReturnType<typeof linearModel>) => Stage = (model) => model) {
  const models = { trunk: pace(linearModel(2, 3, seed)), embedder: pace(linearModel(3, 2, seed + 1)) };
  return new ComposedModel(models, all);
}

describe("ComposedModel", () => {
  test("embeds as the embedder behind the trunk", () => {
    const [trunk, embedder] = [linearModel(2, 3, 1), linearModel(3, 2, 2)];
    const model = new ComposedModel({ trunk, embedder }, all);
    expect(model.embed(inputs)).toEqual(embedder.embed(trunk.embed(inputs)));
  });

  test("backward after embed is what learn does", () => {
    const [one, other] = [make(1), make(1)];
    const slopes = { data: Float32Array.of(1, -1, 0.5, 2), rows: 2, cols: 2 };
    one.embed(inputs, true);
    one.backward(slopes);
    one.step();
    other.learn(inputs, () => slopes);
    other.step();
    expect(one.embed(inputs)).toEqual(other.embed(inputs));
    expect(one.embed(inputs)).not.toEqual(make(1).embed(inputs));
  });

  test("its state holds each model's by name, and another one embeds the same by it", async () => {
    const state = await make(1).state!();
    expect(Object.keys(state)).toEqual(expect.arrayContaining(["kind", "trunk.weights0", "embedder.bias0"]));
    expect(state["kind"]).toBe("ComposedModel");
    const other = make(5);
    await other.load!(structuredClone(state));
    expect(other.embed(inputs)).toEqual(make(1).embed(inputs));
  });

  test("is saved and loaded with models that take their time", async () => {
    const [one, other] = [make(1, slow), make(5, slow)];
    expect([one.prepareLoad, make(1).prepareLoad === undefined]).toEqual([undefined, false]);
    await other.load!(await one.state!());
    expect(other.embed(inputs)).toEqual(one.embed(inputs));
  });

  test.each([
    ["at once", (model: ReturnType<typeof linearModel>): Stage => model],
    ["slowly", slow],
  ])("a state that is refused by any model changes none that load %s", async (_, pace) => {
    const model = make(1, pace);
    const before = await model.state!();
    const given = await make(5, pace).state!();
    const refused = async (state: StateDict): Promise<void> => {
      await expect((async () => model.load!(state))()).rejects.toThrow(RangeError);
      expect(await model.state!()).toEqual(before);
    };
    await refused({ ...given, "embedder.weights0": inputs });
    await refused({ ...given, "trunk.weights0": inputs });
    await refused({ ...given, "classifier.weights0": inputs });
    await refused({ ...given, kind: "MlpModel" });
  });

  test("has the weights and slopes of all by their models' names, and gives them to those", () => {
    const models = { trunk: linearModel(2, 3, 1), embedder: linearModel(3, 2, 2) };
    const model = new ComposedModel(models, all);
    expect(Object.keys(model.parameters!)).toEqual([
      "trunk.weights0",
      "trunk.bias0",
      "embedder.weights0",
      "embedder.bias0",
    ]);
    expect(model.parameters!["embedder.weights0"]).toBe(models.embedder.parameters["weights0"]);
    model.learn(inputs, (embeddings) => embeddings);
    const slopes = model.gradients!;
    expect(slopes["trunk.bias0"]).toEqual(models.trunk.gradients["bias0"]);
    model.gradients = { "trunk.bias0": slopes["trunk.bias0"] };
    expect([Object.keys(models.trunk.gradients), models.embedder.gradients]).toEqual([["bias0"], {}]);
    const other = make(5);
    model.parameters = other.parameters!;
    expect(model.embed(inputs)).toEqual(other.embed(inputs));
    const before = model.embed(inputs);
    expect(() => (model.parameters = { ...other.parameters, "trunk.bias1": inputs })).toThrow(
      'there is a value for the unknown parameter "trunk.bias1"; did you mean "trunk.bias0"?',
    );
    expect(() => (model.gradients = { "classifier.bias0": inputs })).toThrow(
      "there is a slope for the unknown parameter",
    );
    expect(model.embed(inputs)).toEqual(before);
  });

  test("has no slopes of what does not move", () => {
    const model = new ComposedModel(
      { trunk: linearModel(2, 3, 1), embedder: linearModel(3, 2, 2) },
      (name) => name === "trunk",
    );
    model.learn(inputs, (embeddings) => embeddings);
    expect(Object.keys(model.gradients!)).toEqual(["trunk.weights0", "trunk.bias0"]);
  });

  test("learning rates keep their proportions", () => {
    const models = { trunk: linearModel(2, 3, 1), embedder: linearModel(3, 2, 2) };
    models.embedder.learningRate = 0.25;
    const model = new ComposedModel(models, all);
    expect(model.learningRate).toBe(1);
    for (const rate of [0.5, 0, 2]) {
      model.learningRate = rate;
      expect([models.trunk.learningRate, models.embedder.learningRate, model.learningRate]).toEqual([
        rate,
        rate / 4,
        rate,
      ]);
    }
  });

  test("has no state where a model has none", () => {
    const { embed, backward, step } = { embed: () => inputs, backward: () => {}, step: () => {} };
    const trunk: Model = { embed, backward, step };
    const model = new ComposedModel({ trunk }, all);
    const { state, load, prepareLoad, parameters, gradients, learningRate } = model;
    const nothing = [state, load, prepareLoad, parameters, gradients, learningRate];
    expect(nothing).toEqual(nothing.map(() => undefined));
  });

  test("a trunk that does not move is embedded as outside training, and not pulled through", () => {
    const trunk = linearModel(2, 3, 1);
    const seen: unknown[] = [];
    const watched: Model = {
      embed: (given, isTraining) => {
        seen.push(isTraining ?? false);
        return trunk.embed(given, isTraining);
      },
      backward: () => void seen.push("backward"),
      step: () => {},
    };
    const still = new ComposedModel({ trunk: watched, embedder: linearModel(3, 2, 2) }, (name) => name !== "trunk");
    still.backward(still.embed(inputs, true));
    still.learn(inputs, (embeddings) => embeddings);
    expect(seen).toEqual([false, false]);
  });

  test("moves those that it is told to, and the others forget", () => {
    const models = { trunk: linearModel(2, 3, 1), embedder: linearModel(3, 2, 2) };
    const before = models.embedder.save();
    const model = new ComposedModel(models, (name) => name === "trunk");
    model.learn(inputs, (embeddings) => embeddings);
    expect(Object.keys(models.embedder.gradients)).toEqual(["weights0", "bias0"]);
    model.step();
    expect(models.embedder.gradients).toEqual({});
    expect(models.embedder.save()).toEqual(before);
    expect(models.trunk.save()).not.toEqual(linearModel(2, 3, 1).save());
  });
});
