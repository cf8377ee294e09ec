import { describe, expect, test, vi } from "vitest";
import {
  MarginLoss,
  MetricLossOnly,
  SupConLoss,
  Trainer,
  TripletMarginLoss,
  TripletMarginMiner,
  type MetricLossOnlyOptions,
  type Model,
  type StepEvent,
} from "../../../src/index.ts";
import { MlpModel } from "../../../src/training/mlpModel.ts";
import {
  bentModel,
  expectLearned,
  expectSameEnd,
  expectSlopesOfDifferences,
  learner,
  linearModel,
  movesOf,
  sampler,
  training,
} from "./fixtures.ts";

const metricLoss = (): TripletMarginLoss => new TripletMarginLoss({ smoothLoss: true, margin: 0.2 });

function make(given: Partial<MetricLossOnlyOptions> = {}) {
  const models = { trunk: bentModel(12, 6, 1), embedder: linearModel(6, 3, 2) };
  const lossFuncs = { metricLoss: metricLoss() };
  const trainer = new MetricLossOnly({ models, lossFuncs, sampler: sampler(), data: training, ...given });
  return { trainer, models, lossFuncs };
}

describe("MetricLossOnly", () => {
  test("learns", { tags: ["long"] }, async () => {
    const models = { trunk: learner(12, 8, 1), embedder: learner(8, 4, 2) };
    const { trainer } = make({ models, lossFuncs: { metricLoss: new SupConLoss() } });
    await trainer.train({ epochs: 40 });
    expectLearned(trainer.model);
  });

  test("pulls slopes through both models as finite differences do", { tags: ["long"] }, () => {
    expectSlopesOfDifferences(() => make({ lossWeights: { metricLoss: 2.5 } }));
  });

  test("is a Trainer of one model, which is the trunk with the embedder behind it", async () => {
    const whole = new MlpModel({ inputSize: 12, hidden: [6], outputSize: 3, seed: 1 });
    const trunk = new MlpModel({ inputSize: 12, outputSize: 6 });
    const embedder = new MlpModel({ inputSize: 6, outputSize: 3 });
    const [weights0, bias0] = [trunk.parameters["weights0"], trunk.parameters["bias0"]];
    weights0.data.set(whole.parameters["weights0"].data);
    bias0.data.set(whole.parameters["bias0"].data);
    embedder.parameters["weights0"].data.set(whole.parameters["weights1"].data);
    // the bend between the layers, as a trunk of the caller's own has it
    const bent: Model = {
      embed: (inputs, isTraining) => relu(trunk.embed(inputs, isTraining)),
      backward: (gradient) => trunk.backward(gradient),
      step: () => trunk.step(),
    };
    let features = trunk.embed(training.inputs);
    function relu(matrix: typeof features): typeof features {
      features = matrix;
      return { ...matrix, data: matrix.data.map((entry) => Math.max(entry, 0)) };
    }
    bent.backward = (gradient) =>
      trunk.backward({ ...gradient, data: gradient.data.map((slope, k) => (features.data[k] > 0 ? slope : 0)) });
    const shared = { sampler: sampler(), data: training };
    const plain = await new Trainer({ ...shared, model: whole, loss: metricLoss(), miner: new TripletMarginMiner() }) //
      .train({ steps: 5 });
    const composed = await make({
      models: { trunk: bent, embedder },
      miningFuncs: { tupleMiner: new TripletMarginMiner() },
    }).trainer.train({ steps: 5 });
    for (const [k, loss] of plain.history.loss.entries()) expect(composed.history.loss[k]).toBeCloseTo(loss, 5);
  });

  test("trains a trunk alone, whose outputs are the embeddings", () => {
    const trunk = bentModel(12, 3, 1);
    const { trainer } = make({ models: { trunk } });
    const before = trunk.embed(training.inputs);
    expect(trainer.model.embed(training.inputs)).toEqual(before);
    trainer.step();
    expect(trunk.embed(training.inputs)).not.toEqual(before);
  });

  test("goes on from a state to the same end", async () => {
    await expectSameEnd(() => make().trainer);
    const miningFuncs = { tupleMiner: new TripletMarginMiner() };
    await expectSameEnd(() => make({ miningFuncs }).trainer);
  });

  test("tells hooks the loss by its name, and evaluators get the models as one", async () => {
    const seen: StepEvent[] = [];
    const evaluate = vi.fn((model: Model) => ({ cols: model.embed(training.inputs).cols }));
    const hooks = [{ onStep: (event: StepEvent) => void seen.push(event) }];
    const { trainer } = make({ lossWeights: { metricLoss: 4 }, hooks, evaluate });
    const { history, evaluations } = await trainer.train({ steps: 2 });
    expect(seen.map(({ losses }) => 4 * losses!["metricLoss"])).toEqual(seen.map(({ value }) => value));
    expect(history.losses).toEqual({ metricLoss: Float64Array.from(seen, ({ value }) => value / 4) });
    expect(evaluate.mock.calls[0][0]).toBe(trainer.model);
    expect(evaluations.at(-1)!.metrics).toEqual({ cols: 3 });
  });

  test("embeds in chunks with the same steps", async () => {
    const whole = await make().trainer.train({ steps: 3 });
    const chunked = await make({ chunkSize: 5 }).trainer.train({ steps: 3 });
    whole.history.loss.forEach((loss, k) => expect(chunked.history.loss[k]).toBeCloseTo(loss, 5));
  });

  test("leaves what is frozen as it is", () => {
    for (const frozen of ["trunk", "embedder"] as const) {
      const moves = movesOf(make({ freezeThese: [frozen] }));
      const all = movesOf(make());
      for (const [name, move] of Object.entries(moves))
        expect(move, name).toEqual(name.startsWith(frozen) ? move.map(() => 0) : all[name]);
    }
    const lossFuncs = { metricLoss: new MarginLoss({ beta: 1, learnBeta: true }) };
    make({ lossFuncs, freezeThese: ["metricLoss"] }).trainer.step();
    expect(Array.from(lossFuncs.metricLoss.parameters["beta"].data)).toEqual([1]);
    make({ lossFuncs }).trainer.step();
    expect(Array.from(lossFuncs.metricLoss.parameters["beta"].data)).not.toEqual([1]);
  });

  test("a frozen model forgets its slopes, so that thawing begins anew", () => {
    const { trainer, models } = make({ freezeThese: ["embedder"] });
    trainer.step();
    expect(models.embedder.gradients).toEqual({});
  });

  test("a step that throws leaves no slopes in any model", () => {
    const lossFuncs = { metricLoss: metricLoss() };
    const { trainer, models } = make({ lossFuncs });
    const evaluate = vi.spyOn(lossFuncs.metricLoss, "evaluate").mockImplementationOnce(() => {
      throw new Error("no");
    });
    expect(() => trainer.step()).toThrow("no");
    evaluate.mockRestore();
    expect([models.trunk.gradients, models.embedder.gradients]).toEqual([{}, {}]);
    expect(trainer.step().value).toBe(make().trainer.step().value);
  });

  test.each([
    [{ models: {} }, "MetricLossOnly's models has no trunk; give trunk"],
    [{ models: null }, "MetricLossOnly's models is null; give a record with trunk, embedder"],
    [{ models: { trunk: 1 } }, "MetricLossOnly's models.trunk is 1, which has no method embed"],
    [
      { models: { trunk: bentModel(12, 3, 1), embeder: bentModel(3, 3, 1) } },
      'MetricLossOnly knows no entry of models "embeder"; did you mean "embedder"?',
    ],
    [{ lossFuncs: {} }, "MetricLossOnly's lossFuncs has no metricLoss; give metricLoss"],
    [
      { lossFuncs: { metricLoss: {} } },
      "lossFuncs.metricLoss is an object of type Object, which has no method evaluate",
    ],
    [
      { miningFuncs: { tupleMiner: {} } },
      "miningFuncs.tupleMiner is an object of type Object, which has no method mine",
    ],
    [{ lossWeights: { metricLos: 1 } }, 'MetricLossOnly knows no entry of lossWeights "metricLos"; did you mean'],
    [{ lossWeights: { metricLoss: -1 } }, "lossWeights.metricLoss is -1; give a finite number >= 0"],
    [
      { freezeThese: ["classifier"] },
      'freezeThese names the unknown part "classifier"; known: trunk, embedder, metricLoss',
    ],
    [{ freezeThese: "trunk" }, 'freezeThese is "trunk"; give a list of names of models and losses'],
    [{ model: bentModel(12, 3, 1) }, 'MetricLossOnly has no option "model"; did you mean "models"?'],
    [{ lossfuncs: {} }, 'Trainer has no option "lossfuncs"'],
    [{ sampler: undefined }, "Trainer's sampler is undefined; give the sampler to train with"],
  ])("refuses %o", (given, message) => {
    expect(() => make(given as never)).toThrow(message);
  });

  test("refuses what is no record of options, one model in two places, and an embedder without a way back", () => {
    expect(() => new MetricLossOnly(null as never)).toThrow(
      "MetricLossOnly takes its options as an object, given null",
    );
    const trunk = linearModel(12, 12, 1);
    expect(() => make({ models: { trunk, embedder: trunk } })).toThrow(
      "MetricLossOnly's models.trunk and models.embedder are one model; give each its own",
    );
    const { embed, backward, step } = { embed: () => training.inputs, backward: () => {}, step: () => {} };
    expect(() => make({ models: { trunk, embedder: { embed, backward, step } as never } })).toThrow(
      "MetricLossOnly's models.embedder stands behind another model and has no backwardToInputs and forget; give one that has both, such as MlpModel",
    );
  });
});
