import { describe, expect, test } from "vitest";
import {
  ArcFaceLoss,
  ContrastiveLoss,
  Random,
  SupConLoss,
  takeRows,
  TripletMarginLoss,
  TripletMarginMiner,
  TwoStreamMetricLoss,
  type Matrix,
  type TwoStreamMetricLossOptions,
} from "../../../src/index.ts";
import { blobs } from "../fixtures.ts";
import {
  bentModel,
  expectSameEnd,
  expectSlopesOfDifferences,
  learner,
  linearModel,
  movesOf,
  sampler,
  training,
} from "./fixtures.ts";

/** The same samples seen in another way: what tells their classes is half as large, the rest is other noise. */
function otherView({ data, rows, cols }: Matrix, seed: number): Matrix {
  const random = new Random(seed);
  return { data: data.map((entry, k) => (k % cols < 2 ? entry / 2 : random.normal())), rows, cols };
}

const data = { ...training, others: otherView(training.inputs, 3) };

function make(given: Partial<TwoStreamMetricLossOptions> = {}) {
  const models = { trunk: bentModel(12, 4, 1), embedder: linearModel(4, 3, 2) };
  const lossFuncs = { metricLoss: new TripletMarginLoss({ smoothLoss: true, margin: 0.2 }) };
  return { trainer: new TwoStreamMetricLoss({ models, lossFuncs, sampler: sampler(), data, ...given }), models };
}

/** Share of the first rows whose nearest among the second is of their class. */
function crossPrecision(one: Matrix, other: Matrix, labels: readonly number[]): number {
  const row = ({ data, cols }: Matrix, i: number) => Array.from(data.subarray(i * cols, (i + 1) * cols));
  const hits = labels.filter((label, i) => {
    const distances = labels.map((_, j) => row(one, i).reduce((sum, x, k) => sum + (x - row(other, j)[k]) ** 2, 0));
    return labels[distances.indexOf(Math.min(...distances))] === label;
  });
  return hits.length / labels.length;
}

describe("TwoStreamMetricLoss", () => {
  test("learns to find across the streams", { tags: ["long"] }, async () => {
    const models = { trunk: learner(12, 8, 1), embedder: learner(8, 4, 2) };
    const { trainer } = make({ models, lossFuncs: { metricLoss: new SupConLoss() } });
    await trainer.train({ epochs: 60 });
    const held = blobs(4, 16, 12, 2);
    const others = otherView(held.inputs, 4);
    expect(crossPrecision(held.inputs, others, held.labels)).toBeLessThan(0.5);
    const embedded = [held.inputs, others].map((inputs) => trainer.model.embed(inputs));
    expect(crossPrecision(embedded[0], embedded[1], held.labels)).toBeGreaterThan(0.9);
  });

  test("pulls slopes of both streams through both models as finite differences do", { tags: ["long"] }, () => {
    expectSlopesOfDifferences(() => make({ lossWeights: { metricLoss: 3 } }));
  });

  test("anchors are of the first stream, positives and negatives of the second", () => {
    const lossFuncs = { metricLoss: new ContrastiveLoss() };
    const { trainer } = make({ lossFuncs });
    const [one, other] = [data.inputs, data.others].map((inputs) => trainer.model.embed(inputs));
    const { rows, labels, value, embeddings, report, gradients } = trainer.step();
    const [anchors, reference] = [takeRows(one, rows), takeRows(other, rows)];
    expect(embeddings).toEqual(anchors);
    expect(gradients.embeddings.cols).toBe(3);
    const expected = new ContrastiveLoss().evaluate(anchors, labels, { reference, referenceLabels: labels });
    expect(value).toBeCloseTo(expected.value, 6);
    // each anchor has its own sample's other view among its positives
    expect([report.positivePairs, report.negativePairs]).toEqual([16 * 4, 16 * 12]);
  });

  test("mines between the streams", () => {
    const tupleMiner = new TripletMarginMiner({ margin: 0.3 });
    const { trainer } = make({ miningFuncs: { tupleMiner }, lossFuncs: { metricLoss: new TripletMarginLoss() } });
    const [one, other] = [data.inputs, data.others].map((inputs) => trainer.model.embed(inputs));
    const { rows, labels, value } = trainer.step();
    const [anchors, reference] = [takeRows(one, rows), takeRows(other, rows)];
    const streams = { reference, referenceLabels: labels };
    const tuples = new TripletMarginMiner({ margin: 0.3 }).mine(anchors, labels, streams);
    expect(tupleMiner.statistics.numTriplets).toBe(tuples.anchors.length);
    expect(value).toBeCloseTo(new TripletMarginLoss().evaluate(anchors, labels, { ...streams, tuples }).value, 6);
  });

  test("takes functions for either stream, and embeds in chunks with the same steps", async () => {
    const whole = await make().trainer.train({ steps: 3 });
    const inputs = (rows: Int32Array): Matrix => takeRows(data.inputs, rows);
    const others = (rows: Int32Array): Matrix => takeRows(data.others, rows);
    const given = await make({ data: { inputs, others, labels: data.labels } }).trainer.train({ steps: 3 });
    expect(given.history).toEqual(whole.history);
    const chunked = await make({ chunkSize: 5 }).trainer.train({ steps: 3 });
    whole.history.loss.forEach((loss, k) => expect(chunked.history.loss[k]).toBeCloseTo(loss, 5));
  });

  test("leaves what is frozen as it is", () => {
    const moves = movesOf(make({ freezeThese: ["trunk"] }));
    for (const [name, move] of Object.entries(moves))
      expect(
        move.some((entry) => entry !== 0),
        name,
      ).toBe(name.startsWith("embedder"));
  });

  test("goes on from a state to the same end", async () => {
    await expectSameEnd(() => make().trainer);
  });

  test("refuses a loss that takes no reference, and streams that don't match", () => {
    const metricLoss = new ArcFaceLoss({ numClasses: 4, embeddingSize: 3 });
    expect(() => make({ lossFuncs: { metricLoss } })).toThrow(
      "TwoStreamMetricLoss cannot serve ArcFaceLoss; give a loss that compares samples with a reference, such as ContrastiveLoss",
    );
    const short = takeRows(data.others, [0, 1]);
    expect(() => make({ data: { ...data, others: short } })).toThrow(
      "data.others has 2 rows for 64 examples; give one each",
    );
    const narrow = blobs(4, 16, 5, 1).inputs;
    expect(() => make({ data: { ...data, others: narrow } }).trainer.step()).toThrow(
      "data.inputs has 12 columns, data.others 5; both go through the same models",
    );
    expect(() => make({ data: training as never })).toThrow(/data\.others is undefined/);
    expect(() => make({ data: { inputs: data.inputs, others: data.others } as never })).toThrow(
      "data.labels is undefined; give an array with one label a sample",
    );
    expect(() => make({ data: undefined as never })).toThrow(
      "Trainer's data is undefined; give the data to train with",
    );
  });
});
