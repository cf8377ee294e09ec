import { describe, expect, test } from "vitest";
import {
  ExponentialAverage,
  SupConLoss,
  TrainWithClassifier,
  TripletMarginLoss,
  TripletMarginMiner,
  type Metrics,
  type Model,
  type TrainingControl,
  type TrainWithClassifierOptions,
} from "../../../src/index.ts";
import {
  bentModel,
  expectLearned,
  expectSameEnd,
  expectSlopesOfDifferences,
  held,
  learner,
  linearModel,
  movesOf,
  sampler,
  training,
} from "./fixtures.ts";

function make(given: Partial<TrainWithClassifierOptions> = {}) {
  const models = { trunk: bentModel(12, 6, 1), embedder: linearModel(6, 3, 2), classifier: bentModel(3, 4, 3) };
  const lossFuncs = { metricLoss: new TripletMarginLoss({ smoothLoss: true, margin: 0.2 }) };
  return {
    trainer: new TrainWithClassifier({ models, lossFuncs, sampler: sampler(), data: training, ...given }),
    models,
  };
}

describe("TrainWithClassifier", () => {
  test("learns embeddings, and classes", { tags: ["long"] }, async () => {
    const models = { trunk: learner(12, 8, 1), embedder: learner(8, 4, 2), classifier: learner(4, 4, 3) };
    const { trainer } = make({ models, lossFuncs: { metricLoss: new SupConLoss() } });
    const { history } = await trainer.train({ epochs: 40 });
    expectLearned(trainer.model);
    const { data, cols } = models.classifier.embed(trainer.model.embed(held.inputs));
    const hits = held.labels.filter((label, i) => {
      const row = data.subarray(i * cols, (i + 1) * cols);
      return row.indexOf(Math.max(...row)) === label;
    });
    expect(hits.length / held.labels.length).toBeGreaterThan(0.95);
    expect(history.losses["classifierLoss"].at(-1)).toBeLessThan(0.2 * history.losses["classifierLoss"][0]);
  });

  test("learns from the classifier alone", { tags: ["long"] }, async () => {
    const models = { trunk: learner(12, 4, 1), classifier: learner(4, 4, 2) };
    const { trainer } = make({ models, lossWeights: { metricLoss: 0 } });
    await trainer.train({ epochs: 40 });
    expectLearned(trainer.model);
  });

  test("pulls slopes through all models as finite differences do", { tags: ["long"] }, () => {
    expectSlopesOfDifferences(() => make({ lossWeights: { metricLoss: 0.5, classifierLoss: 3 } }));
  });

  test("its value is the weighted sum of its losses, on the embeddings and on the logits", () => {
    const { trainer, models } = make({ lossWeights: { metricLoss: 0.5, classifierLoss: 3 } });
    const before = { embeddings: trainer.model.embed(training.inputs) };
    const logits = models.classifier.embed(before.embeddings);
    const { value, losses, rows, labels, embeddings, gradients } = trainer.step();
    expect(value).toBeCloseTo(0.5 * losses!["metricLoss"] + 3 * losses!["classifierLoss"], 10);
    const entropies = Array.from(rows, (row, i) => {
      const each = Array.from(logits.data.subarray(4 * row, 4 * row + 4), Math.exp);
      return -Math.log(each[labels[i] as number] / each.reduce((a, b) => a + b));
    });
    expect(losses!["classifierLoss"]).toBeCloseTo(entropies.reduce((a, b) => a + b) / rows.length, 5);
    expect([embeddings.rows, embeddings.cols, gradients.embeddings.cols]).toEqual([16, 3, 3]);
    rows.forEach((row, i) =>
      expect(embeddings.data.slice(3 * i, 3 * i + 3)).toEqual(before.embeddings.data.slice(3 * row, 3 * row + 3)),
    );
  });

  test("evaluators and hooks get what embeds, without logits", async () => {
    const widths: number[] = [];
    const evaluate = (model: Model): Metrics => ({ width: model.embed(training.inputs).cols });
    const hooks = [
      { onStep: (_: unknown, { model }: TrainingControl) => void widths.push(model.embed(training.inputs).cols) },
    ];
    const { trainer } = make({ evaluate, hooks });
    const { evaluations } = await trainer.train({ steps: 1 });
    expect([evaluations[0].metrics["width"], ...widths]).toEqual([3, 3]);
  });

  test("mines for the metric loss alone", () => {
    const tupleMiner = new TripletMarginMiner({ margin: 0.1, typeOfTriplets: "hard" });
    const { losses } = make({ miningFuncs: { tupleMiner } }).trainer.step();
    const without = make().trainer.step().losses;
    expect(losses!["metricLoss"]).toBeGreaterThan(without!["metricLoss"]);
    expect(losses!["classifierLoss"]).toBe(without!["classifierLoss"]);
  });

  test("a loss of weight 0 moves nothing", () => {
    const moves = movesOf(make({ lossWeights: { classifierLoss: 0 } }));
    for (const [name, move] of Object.entries(moves))
      expect(
        move.some((entry) => entry !== 0),
        name,
      ).toBe(!name.startsWith("classifier"));
  });

  test("leaves what is frozen as it is, and pulls through it", { tags: ["long"] }, () => {
    expectSlopesOfDifferences(() => make({ freezeThese: ["trunk"] }), ["trunk"]);
    expectSlopesOfDifferences(() => make({ freezeThese: ["classifier", "embedder"] }), ["classifier", "embedder"]);
  });

  test("embeds in chunks with the same steps", async () => {
    const whole = await make().trainer.train({ steps: 3 });
    const chunked = await make({ chunkSize: 5 }).trainer.train({ steps: 3 });
    whole.history.loss.forEach((loss, k) => expect(chunked.history.loss[k]).toBeCloseTo(loss, 5));
  });

  test("is clipped, scheduled, averaged and gathered as one model", async () => {
    const free = movesOf(make());
    const norm = Math.hypot(...Object.values(free).map((move) => Math.hypot(...move)));
    const clipped = movesOf(make({ clip: { norm: norm / 2 } }));
    for (const [name, move] of Object.entries(clipped))
      move.forEach((entry, k) => expect(entry, name).toBeCloseTo(free[name][k] / 2, 5));
    const halved = movesOf(make({ schedule: () => 0.5 }));
    for (const [name, move] of Object.entries(halved))
      move.forEach((entry, k) => expect(entry, name).toBeCloseTo(free[name][k] / 2, 5));
    const still = movesOf(make({ freeze: { model: ["classifier.bias0"] } }));
    for (const [name, move] of Object.entries(still))
      expect(move, name).toEqual(name === "classifier.bias0" ? move.map(() => 0) : free[name]);
    const average = new ExponentialAverage({ decay: 0.5, warmUp: false });
    const { trainer, models } = make({ average });
    await trainer.train({ steps: 2 });
    expect(Object.keys(average.weights!)).toContain("embedder.weights0");
    trainer.useAverage();
    expect(models.embedder.parameters["weights0"]).toEqual(average.weights!["embedder.weights0"]);
  });

  test("goes on from a state to the same end", async () => {
    await expectSameEnd(() => make().trainer);
  });

  test("a state of other models is refused and changes nothing", async () => {
    const { trainer } = make();
    const before = await trainer.state();
    const other = make({ models: { trunk: bentModel(12, 3, 1), classifier: bentModel(3, 4, 3) } }).trainer;
    await expect(trainer.load(await other.state())).rejects.toThrow(RangeError);
    expect(await trainer.state()).toEqual(before);
  });

  test("logits stand for the sorted labels of the data, or for the classes given", () => {
    const named = { ...training, labels: training.labels.map((label) => ["d", "c", "b", "a"][label]) };
    const turned = { ...training, labels: training.labels.map((label) => 3 - label) };
    const value = make({ data: turned }).trainer.step().losses!["classifierLoss"];
    expect(make({ data: named }).trainer.step().losses!["classifierLoss"]).toBe(value);
    const classes = ["a", "b", "c", "d"];
    expect(make({ data: named, classes }).trainer.step().losses!["classifierLoss"]).toBe(value);
    const reversed = classes.toReversed();
    expect(make({ data: named, classes: reversed }).trainer.step().losses!["classifierLoss"]).not.toBe(value);
  });

  test("takes another loss of the logits", () => {
    const lossFuncs = { metricLoss: new SupConLoss(), classifierLoss: new SupConLoss() };
    const { trainer, models } = make({ lossFuncs });
    const logits = models.classifier.embed(trainer.model.embed(training.inputs));
    const { rows, labels, losses } = trainer.step();
    const own = Array.from(rows, (row) => logits.data.slice(4 * row, 4 * row + 4));
    expect(losses!["classifierLoss"]).toBeCloseTo(new SupConLoss().evaluate(own, labels).value, 6);
  });

  test("refuses a classifier of another width, and labels that it does not know", () => {
    const classifier = bentModel(3, 5, 3);
    const models = { trunk: bentModel(12, 3, 1), classifier };
    expect(() => make({ models }).trainer.step()).toThrow(
      "the classifier gives 5 logits a row for 4 classes; give it one output a class, and classes where it has more than the data",
    );
    expect(() => make({ classes: ["x", "y", "z", "w"] }).trainer.step()).toThrow(
      'the classifier knows the 4 labels of "classes"',
    );
    expect(() => make({ models: { trunk: bentModel(12, 3, 1) } as never })).toThrow(
      "TrainWithClassifier's models has no classifier",
    );
    expect(make({ models, classes: [0, 1, 2, 3, 4] }).trainer.step().value).toBeGreaterThan(0);
  });
});
