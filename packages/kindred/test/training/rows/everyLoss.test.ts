// @module-tag long
import { describe, expect, it } from "vitest";
import {
  AccuracyCalculator,
  Adam,
  CosineSimilarity,
  evaluateRows,
  identityMap,
  MPerClassSampler,
  ProjectionHead,
  Random,
  Trainer,
  UniformBatchSampler,
  type BatchSampler,
  type Loss,
  type Matrix,
  type Rows,
} from "../../../src/index.ts";
import { takeRows } from "../../../src/matrix/matrix.ts";
import { canRead } from "../../../src/training/rows/rowReading.ts";
import { checkRows } from "../../../src/training/rows/rows.ts";
import { lossClasses, makeLoss } from "../../support/describedLosses.ts";

// Every loss that the library exports learns from each kind of rows that it reads: what was the nearest becomes nearer to what belongs
// together, on rows that it was not trained on. A new loss is in it by being exported.

const cols = 12;
/** Columns that say what a sample is; the others are noise, as wide. */
const telling = 4;
const train = 240;
const unseen = 120;
const classes = 12;

/** So many samples of each class around its centre, drowned in noise that a linear head can learn to leave out. */
function drawn(random: Random, centres: Matrix, labels: readonly number[]): Matrix {
  const data = new Float32Array(labels.length * cols);
  labels.forEach((label, i) => {
    for (let j = 0; j < cols; j++)
      data[i * cols + j] =
        j < telling ? centres.data[label * telling + j] + 0.3 * random.normal() : 1.2 * random.normal();
  });
  return { data, rows: labels.length, cols };
}

/** Rows of every kind: the first to train on, the rest unseen. */
function made() {
  const random = new Random(3);
  const of = (count: number): number[] => Array.from({ length: count }, (_, i) => i % classes);
  const centres = {
    data: Float32Array.from({ length: classes * telling }, () => random.normal()),
    rows: classes,
    cols: telling,
  };
  const own = {
    data: Float32Array.from({ length: (train + unseen) * telling }, () => random.normal()),
    rows: train + unseen,
    cols: telling,
  };
  const [labels, others] = [of(train), of(unseen)];
  const samples = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
  const pairs = (from: number, count: number) => ({
    anchors: drawn(random, own, samples(from, count)),
    positives: drawn(random, own, samples(from, count)),
  });
  // of each pair with an other one how alike they are is known
  const scored = (from: number, count: number) => {
    const partner = samples(from, count).map((i) => (random.uniform() < 0.5 ? i : from + random.integer(count)));
    return {
      anchors: drawn(random, own, samples(from, count)),
      others: drawn(random, own, partner),
      scores: partner.map((other, i) => (other === from + i ? 1 : 0)),
    };
  };
  return {
    labelled: { inputs: drawn(random, centres, labels), labels },
    unseenLabelled: { inputs: drawn(random, centres, others), labels: others },
    pairs: pairs(0, train),
    negatives: drawn(
      random,
      own,
      samples(0, train).map((i) => (i + 7) % train),
    ),
    scored: scored(0, train),
    unseenPairs: pairs(train, unseen),
    /** What a model that knows what tells makes of rows. */
    taught: ({ data, rows }: Matrix): Matrix => {
      const out = new Float32Array(rows * cols);
      for (let i = 0; i < rows; i++) for (let j = 0; j < telling; j++) out[i * cols + j] = data[i * cols + j];
      return { data: out, rows, cols };
    },
  };
}

const data = made();
const dot = (a: Matrix, b: Matrix, i: number): number => {
  let sum = 0;
  for (let k = 0; k < cols; k++) sum += a.data[i * cols + k] * b.data[i * cols + k];
  return sum;
};

type KindOfRows = "labelled" | "unlabelled" | "positives" | "negatives" | "scored" | "classified" | "views";

function rowsOf(kind: KindOfRows, loss: Loss): Rows {
  const { anchors, positives } = data.pairs;
  const plain: Record<KindOfRows, Rows> = {
    labelled: data.labelled,
    unlabelled: { inputs: data.labelled.inputs },
    positives: { anchors, positives },
    negatives: { anchors, positives, negatives: [data.negatives] },
    scored: data.scored,
    classified: { anchors: data.scored.anchors, others: data.scored.others, labels: data.scored.scores },
    views: { views: [anchors, positives] },
  };
  const rows = plain[kind];
  const takes = loss.description?.takes;
  const columns = [rows.inputs, rows.anchors, rows.positives, ...(rows.negatives ?? []), rows.others, ...(rows.views ?? [])].filter((column) => column !== undefined) as Matrix[]; // prettier-ignore
  const taught = columns.map(data.taught);
  const scores = Array.from({ length: columns[0].rows }, (_, i) =>
    taught.slice(1).map((column) => dot(taught[0], column, i)),
  );
  return {
    ...rows,
    ...(takes?.guide === true && { guide: taught }),
    ...(takes?.teacher === "embeddings" && { teacher: taught }),
    ...(takes?.teacher === "scores" && { teacherScores: scores }),
  };
}

const calculator = new AccuracyCalculator({
  include: ["meanReciprocalRank", "meanAveragePrecisionAtR"],
  distance: new CosineSimilarity(),
});

/** How well what belongs together is found among unseen rows. */
function found(head: ProjectionHead, isOfClasses: boolean): number {
  const { inputs, labels } = data.unseenLabelled;
  if (isOfClasses)
    return calculator.getAccuracy({ query: head.embed(inputs), queryLabels: labels }).metrics.meanAveragePrecisionAtR;
  const { anchors, positives } = data.unseenPairs;
  const places = Array.from({ length: unseen }, (_, i) => i);
  return calculator.getAccuracy({
    query: head.embed(anchors),
    queryLabels: places,
    reference: head.embed(positives),
    referenceLabels: places,
  }).metrics.meanReciprocalRank;
}

/** What the loss itself makes of unseen rows. */
function ownValue(loss: Loss, head: ProjectionHead): number {
  const [anchors, positives] = [data.unseenPairs.anchors, data.unseenPairs.positives].map((x) => head.embed(x));
  const { rows } = anchors;
  const turned = takeRows(
    positives,
    Int32Array.from({ length: rows }, (_, i) => (i + 7) % rows),
  );
  return evaluateRows(loss, { anchors, positives, negatives: [turned] }).value;
}

/** Those whose aim is not that what belongs together has the largest cosine, but another similarity. */
const byItself: readonly string[] = ["AnglELoss negatives"];
/** Which proxy a row belongs to is drawn anew in each step: nothing is said of what it becomes like. */
const ofChance: readonly string[] = ["ManifoldLoss unlabelled"];

const kinds: readonly KindOfRows[] = [
  "labelled",
  "unlabelled",
  "positives",
  "negatives",
  "scored",
  "classified",
  "views",
];
const shape = { embeddingSize: cols, numClasses: classes };

describe.each(lossClasses.map((Class) => ({ name: Class.name, Class })))("$name", ({ Class }) => {
  const make = (): Loss => makeLoss(Class, {}, shape);
  const readable = kinds.filter((kind) => canRead(make(), checkRows(rowsOf(kind, make())).shape));

  it("reads some kind of rows", () => {
    expect(readable).not.toEqual([]);
  });

  it.each(readable)("learns from rows that are %s what helps on others", async (kind) => {
    const loss = make();
    const isByItself = byItself.includes(`${Class.name} ${kind}`);
    const rows = rowsOf(kind, loss);
    const sampler: BatchSampler =
      kind === "labelled"
        ? new MPerClassSampler(data.labelled.labels, { batchSize: 48, m: 4, seed: 1 })
        : new UniformBatchSampler(train, { batchSize: 48, seed: 1 });
    const head = new ProjectionHead({ map: identityMap(cols), optimizer: new Adam({ learningRate: 0.005 }) });
    const isOfClasses = kind === "labelled" || kind === "unlabelled";
    const judge = (): number => (isByItself ? -ownValue(loss, head) : found(head, isOfClasses));
    const before = judge();
    const result = await new Trainer({
      model: head,
      loss,
      sampler,
      data: rows,
      lossOptimizer: new Adam({ learningRate: 0.05 }),
    }).train({ steps: 300 });
    expect(result.stopReason).toBe("finished");
    if (!ofChance.includes(`${Class.name} ${kind}`)) expect(judge()).toBeGreaterThan(before);
  });
});
