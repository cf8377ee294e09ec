import { describe, expect, test, vi } from "vitest";
import {
  DeepAdversarialMetricLearning,
  LpDistance,
  MarginLoss,
  randomTriplets,
  SupConLoss,
  takeRows,
  TripletMarginLoss,
  type DeepAdversarialMetricLearningOptions,
  type Matrix,
} from "../../../src/index.ts";
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

// no hinge bends between two steps of the differences: all items are positive
const smooth = (): TripletMarginLoss => new TripletMarginLoss({ smoothLoss: true, margin: 0.2 });

function make(given: Partial<DeepAdversarialMetricLearningOptions> = {}) {
  const models = {
    trunk: linearModel(12, 3, 1),
    embedder: bentModel(3, 2, 2),
    classifier: linearModel(2, 4, 3),
    generator: bentModel(9, 3, 4),
  };
  const lossFuncs = { metricLoss: smooth(), synthLoss: smooth(), gAdvLoss: smooth() };
  const shared = { sampler: sampler(), data: training, gTripletsPerAnchor: 2 };
  return { trainer: new DeepAdversarialMetricLearning({ models, lossFuncs, ...shared, ...given }), models };
}

const rowsOf = ({ data, rows, cols }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => Array.from(data.slice(i * cols, (i + 1) * cols)));
const unit = (row: readonly number[]): number[] => row.map((x) => x / Math.hypot(...row));
const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...unit(a).map((x, k) => x - unit(b)[k]));
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** The plainest computation of all losses of a batch. */
function twin({ models }: ReturnType<typeof make>, rows: Int32Array, labels: ArrayLike<number>, margin: number) {
  const features = models.trunk.embed(takeRows(training.inputs, rows));
  const embeddings = rowsOf(models.embedder.embed(features));
  const [f, { anchors, positives, negatives }] = [
    rowsOf(features),
    randomTriplets(labels, null, { tripletsPerAnchor: 2 }),
  ];
  const triplets = Array.from(anchors, (a, t) => [a, positives[t], negatives[t]]);
  const synthetic = models.generator.embed({
    data: Float32Array.from(triplets.flatMap((each) => each.flatMap((row) => f[row]))),
    rows: triplets.length,
    cols: 9,
  });
  const s = rowsOf(synthetic);
  const e_s = rowsOf(models.embedder.embed(synthetic));
  const violations = triplets.map(
    ([a, p], t) => distance(embeddings[a], embeddings[p]) - distance(embeddings[a], e_s[t]),
  );
  const squares = (one: readonly number[], other: readonly number[]): number =>
    mean(unit(one).map((x, k) => (x - unit(other)[k]) ** 2));
  return {
    synthLoss: mean(violations.map((v) => Math.log1p(Math.exp(v + margin)))),
    gAdvLoss: mean(violations.map((v) => Math.log1p(Math.exp(-v - margin)))),
    gHardLoss: mean(triplets.map(([a], t) => squares(s[t], f[a]))),
    gRegLoss: mean(triplets.map(([, , n], t) => squares(s[t], f[n]))),
  };
}

describe("DeepAdversarialMetricLearning", () => {
  test("learns, in its three phases", { tags: ["long"] }, async () => {
    const models = { trunk: learner(12, 6, 1), embedder: learner(6, 4, 2), generator: learner(18, 6, 3) };
    const losses = () => ({
      metricLoss: new SupConLoss(),
      synthLoss: new TripletMarginLoss({ margin: 0.1 }),
      gAdvLoss: new TripletMarginLoss({ margin: 0.1, whenSilent: "ignore" }),
    });
    const { trainer } = make({
      models,
      lossFuncs: losses(),
      metricAloneEpochs: 10,
      gAloneEpochs: 5,
      gTripletsPerAnchor: 5,
    });
    const { history } = await trainer.train({ epochs: 45 });
    expectLearned(trainer.model);
    // alone, the generator comes closer to what it wants
    const { gHardLoss, gAdvLoss } = history.losses;
    const perEpoch = history.loss.length / 45;
    const [first, last] = [10 * perEpoch, 15 * perEpoch - 1];
    expect(gHardLoss[last]).toBeLessThan(gHardLoss[first]);
    expect(gAdvLoss[last]).toBeLessThanOrEqual(gAdvLoss[first]);
  });

  test("pulls slopes through all models as finite differences do", { tags: ["long"] }, () => {
    const lossWeights = { metricLoss: 0.5, synthLoss: 2, gAdvLoss: 3, gHardLoss: 4, gRegLoss: 5, classifierLoss: 0.2 };
    expectSlopesOfDifferences(() => make({ lossWeights }));
  });

  test(
    "pulls slopes without an embedder, whose features are the embeddings, as finite differences do",
    { tags: ["long"] },
    () => {
      const models = () => ({ trunk: bentModel(12, 3, 1), generator: bentModel(9, 3, 4) });
      expectSlopesOfDifferences(() => {
        const given = models();
        return { trainer: make({ models: given }).trainer, models: given };
      });
    },
  );

  test("each loss is its equation", () => {
    const made = make({ lossWeights: { synthLoss: 2, gAdvLoss: 3, gHardLoss: 4, gRegLoss: 5 } });
    const fresh = make();
    const { rows, labels, losses, value } = made.trainer.step();
    const expected = twin(fresh, rows, labels as number[], 0.2);
    for (const [name, each] of Object.entries(expected)) expect(losses![name], name).toBeCloseTo(each, 5);
    const { metricLoss, classifierLoss, synthLoss, gAdvLoss, gHardLoss, gRegLoss } = losses as Record<string, number>;
    expect(value).toBeCloseTo(
      metricLoss + classifierLoss + 2 * synthLoss + 3 * gAdvLoss + 4 * gHardLoss + 5 * gRegLoss,
      6,
    );
    expect(metricLoss).toBeCloseTo(
      smooth().evaluate(fresh.trainer.model.embed(takeRows(training.inputs, rows)), labels).value,
      6,
    );
  });

  test("the generator's loss takes the distance of the loss given", () => {
    const gAdvLoss = new TripletMarginLoss({ margin: 10, distance: new LpDistance({ normalizeEmbeddings: false }) });
    const lossFuncs = { metricLoss: smooth(), synthLoss: smooth(), gAdvLoss };
    // by a margin of 10 no synthetic negative is farther away than its positive
    expect(make({ lossFuncs }).trainer.step().losses!["gAdvLoss"]).toBe(0);
  });

  test("the models are trained alone first, then the generator, then all", async () => {
    const { trainer, models } = make({ metricAloneEpochs: 1, gAloneEpochs: 1 });
    const { batchesPerEpoch } = sampler();
    const named = async () => {
      const moves = movesOf({ trainer, models });
      const moved = Object.keys(models).filter((name) =>
        Object.entries(moves).some(([key, move]) => key.startsWith(name) && move.some((entry) => entry !== 0)),
      );
      const { history } = await trainer.train({ steps: batchesPerEpoch - 1 });
      return [moved, Object.keys(history.losses)];
    };
    expect(await named()).toEqual([
      ["trunk", "embedder", "classifier"],
      ["metricLoss", "classifierLoss"],
    ]);
    expect(await named()).toEqual([["generator"], ["gAdvLoss", "gHardLoss", "gRegLoss"]]);
    expect(await named()).toEqual([
      ["trunk", "embedder", "classifier", "generator"],
      ["metricLoss", "classifierLoss", "synthLoss", "gAdvLoss", "gHardLoss", "gRegLoss"],
    ]);
  });

  test("pulls slopes in each phase as finite differences do", { tags: ["long"] }, () => {
    expectSlopesOfDifferences(() => make({ metricAloneEpochs: 1 }), ["generator"]);
    expectSlopesOfDifferences(() => make({ gAloneEpochs: 1 }), ["trunk", "embedder", "classifier"]);
  });

  test("the history has NaN where a loss was left out", async () => {
    const { trainer } = make({ metricAloneEpochs: 1 });
    const { batchesPerEpoch } = sampler();
    const { history } = await trainer.train({ epochs: 2 });
    expect(Array.from(history.losses["synthLoss"], Number.isNaN)).toEqual(
      Array.from({ length: 2 * batchesPerEpoch }, (_, k) => k < batchesPerEpoch),
    );
  });

  test("leaves what is frozen as it is, and its losses' parameters move unless frozen", () => {
    const moves = movesOf(make({ freezeThese: ["generator", "trunk"] }));
    for (const [name, move] of Object.entries(moves))
      expect(
        move.some((entry) => entry !== 0),
        name,
      ).toBe(/^(embedder|classifier)/.test(name));
    const synthLoss = new MarginLoss({ beta: 1, learnBeta: true });
    const lossFuncs = { metricLoss: smooth(), synthLoss, gAdvLoss: smooth() };
    make({ lossFuncs, freezeThese: ["synthLoss"] }).trainer.step();
    expect(synthLoss.parameters["beta"].data[0]).toBe(1);
    make({ lossFuncs }).trainer.step();
    expect(synthLoss.parameters["beta"].data[0]).not.toBe(1);
  });

  test("embeds in chunks with the same steps", async () => {
    const whole = await make().trainer.train({ steps: 3 });
    const chunked = await make({ chunkSize: 5 }).trainer.train({ steps: 3 });
    whole.history.loss.forEach((loss, k) => expect(chunked.history.loss[k]).toBeCloseTo(loss, 4));
  });

  test("gathers the slopes of several batches, the synthetic ones with them, as the mean of each one's", () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const gathering = make({ accumulate: 2 });
    gathering.trainer.step();
    const both = movesOf(gathering);
    vi.restoreAllMocks();
    const first = make();
    const single = movesOf(first);
    // the second batch from the first weights
    const second = make();
    const weights = Object.values(second.models).map((model) => model.save());
    second.trainer.step();
    Object.values(second.models).forEach((model, k) => (model.parameters = weights[k].parameters));
    const next = movesOf(second);
    for (const [name, move] of Object.entries(both))
      move.forEach((entry, k) => expect(entry, name).toBeCloseTo((single[name][k] + next[name][k]) / 2, 5));
  });

  test("goes on from a state to the same end, the drawing of triplets with it, across phases", async () => {
    await expectSameEnd(() => make().trainer);
    await expectSameEnd(() => make({ metricAloneEpochs: 1 }).trainer);
  });

  test("a step that throws draws the same triplets again and leaves no slopes", () => {
    const generator = bentModel(9, 3, 4);
    const { trainer, models } = make({ models: { ...make().models, generator } });
    const pull = vi.spyOn(generator, "backwardToInputs").mockImplementationOnce(() => {
      throw new Error("no");
    });
    expect(() => trainer.step()).toThrow("no");
    pull.mockRestore();
    expect([generator.gradients, models.trunk.gradients]).toEqual([{}, {}]);
    expect(trainer.step().value).toBe(make().trainer.step().value);
  });

  test("a batch without triplets is silent and no error", () => {
    const labels = training.labels.map((_, i) => i);
    const quiet = { whenSilent: "ignore" } as const;
    const loss = () => new TripletMarginLoss(quiet);
    const { trainer } = make({
      models: { trunk: linearModel(12, 3, 1), embedder: bentModel(3, 2, 2), generator: bentModel(9, 3, 4) },
      lossFuncs: { metricLoss: loss(), synthLoss: loss(), gAdvLoss: loss() },
      data: { ...training, labels },
    });
    const { value, report } = trainer.step();
    expect([value, report.status]).toEqual([0, "no-positive-pairs"]);
  });

  test.each([
    [{ gTripletsPerAnchor: 0 }, "gTripletsPerAnchor is 0; give a whole number >= 1"],
    [{ metricAloneEpochs: -1 }, "metricAloneEpochs is -1; give a whole number >= 0"],
    [{ gAloneEpochs: 0.5 }, "gAloneEpochs is 0.5; give a whole number >= 0"],
    [
      { lossFuncs: { metricLoss: smooth(), synthLoss: smooth(), gAdvLoss: new SupConLoss() } },
      "gAdvLoss is an object of type SupConLoss; give a TripletMarginLoss without swap",
    ],
    [
      { lossFuncs: { metricLoss: smooth(), synthLoss: smooth(), gAdvLoss: new TripletMarginLoss({ swap: true }) } },
      "gAdvLoss is an object of type TripletMarginLoss with swap; give a TripletMarginLoss without swap",
    ],
    [{ lossFuncs: { metricLoss: smooth() } }, "DeepAdversarialMetricLearning's lossFuncs has no synthLoss"],
    [{ models: { trunk: bentModel(12, 3, 1) } }, "DeepAdversarialMetricLearning's models has no generator"],
    [{ lossWeights: { gHardLos: 1 } }, 'knows no entry of lossWeights "gHardLos"; did you mean "gHardLoss"?'],
  ])("refuses %o", (given, message) => {
    expect(() => make(given as never)).toThrow(message);
  });

  test("refuses a generator of other outputs than the trunk's", () => {
    const models = { trunk: bentModel(12, 3, 1), generator: bentModel(9, 2, 4) };
    expect(() => make({ models }).trainer.step()).toThrow(
      "the generator made 32 x 2 of 32 triplets of features, 32 x 3 are needed; give it three times the trunk's columns as inputs and the trunk's columns as outputs",
    );
  });
});
