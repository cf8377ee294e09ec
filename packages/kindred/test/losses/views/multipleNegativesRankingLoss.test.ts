import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DivisorReducer,
  DoNothingReducer,
  DotProductSimilarity,
  LpRegularizer,
  MeanReducer,
  MlpModel,
  MPerClassSampler,
  MultipleNegativesRankingLoss,
  NTXentLoss,
  Random,
  SelfSupervisedLoss,
  Trainer,
  type Label,
} from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { allDistances, allReducers } from "../../support/lossContract.ts";
import { fromRows, plainDistances, type Rows } from "../../support/plain.ts";
import { plainRankingLoss, type RankingScene } from "../../support/ranking.ts";
import { expectTwin, expectTwinAlongSlope, normalRows } from "../../support/twin.ts";

const usual = {
  labels: null,
  referenceLabels: null,
  scale: 20,
  isSymmetric: false,
  distance: new CosineSimilarity(),
  reducer: new MeanReducer(),
  isFalseNegative: () => false,
} as const;

function compareOn(given: Partial<RankingScene> & Pick<RankingScene, "embeddings" | "reference">): void {
  const scene: RankingScene = { ...usual, ...given };
  const { embeddings, reference, labels, referenceLabels, scale, isSymmetric, distance, reducer } = scene;
  const loss = new MultipleNegativesRankingLoss({
    scale,
    symmetric: isSymmetric,
    distance,
    reducer,
    whenSilent: "ignore",
  });
  const evaluation = loss.evaluate(fromRows(embeddings), labels, {
    ...(reference && { reference: fromRows(reference) }),
    ...(referenceLabels && { referenceLabels }),
  });
  expectTwin(evaluation, { embeddings, ...(reference && { reference }) }, (moved) =>
    plainRankingLoss({ ...scene, embeddings: moved.embeddings, reference: moved.reference ?? null }),
  );
}

function letters(count: number, seed: number): Label[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => "abcd"[random.integer(4)]);
}

describe("MultipleNegativesRankingLoss equals its brute-force twin in value and slope", () => {
  const embeddings = normalRows(9, 5, 1);
  const reference = normalRows(9, 5, 2);
  const more = [...reference, ...normalRows(4, 5, 3)];

  for (const isSymmetric of [false, true]) {
    const title = isSymmetric ? "in both directions" : "directed";
    it(`${title}, without labels`, () => compareOn({ embeddings, reference, isSymmetric }));
    it(`${title}, with labels`, () => compareOn({ embeddings, reference, labels: letters(9, 4), isSymmetric }));
    it(`${title}, with references that are nobody's`, () =>
      compareOn({ embeddings, reference: more, isSymmetric, scale: 5 }));
    it(`${title}, with labels for references that are nobody's`, () => {
      const labels = letters(9, 5);
      compareOn({ embeddings, reference: more, labels, referenceLabels: [...labels, "a", "b", "e", "e"], isSymmetric });
    });
    it(`${title}, matched by labels`, () =>
      compareOn({ embeddings: [...embeddings, ...more], reference: null, labels: letters(22, 6), isSymmetric }));
    for (const distance of allDistances)
      it(`${title}, with ${distance.name} p ${distance.p} power ${distance.power}`, () =>
        compareOn({ embeddings, reference, labels: letters(9, 7), isSymmetric, distance, scale: 1.5 }));
    for (const reducer of allReducers)
      it(`${title}, reduced by ${reducer.name}`, () =>
        compareOn({ embeddings, reference, labels: letters(9, 8), isSymmetric, reducer, scale: 2 }));
    for (const reducer of allReducers)
      it(`${title}, matched by labels, reduced by ${reducer.name}`, () =>
        compareOn({ embeddings, reference: null, labels: letters(9, 9), isSymmetric, reducer, scale: 2 }));
  }

  it("on batches of any shape", { tags: ["long"] }, () => {
    const shape = fc.record({
      n: fc.integer({ min: 1, max: 10 }),
      extra: fc.integer({ min: 0, max: 3 }),
      d: fc.integer({ min: 1, max: 7 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
      scale: fc.constantFrom(0.5, 20),
      isSymmetric: fc.boolean(),
      kind: fc.constantFrom("unlabelled", "labelled", "matched"),
    });
    fc.assert(
      fc.property(shape, ({ n, extra, d, seed, scale, isSymmetric, kind }) => {
        const labels = kind === "unlabelled" ? null : letters(n, seed);
        compareOn({
          embeddings: normalRows(n, d, seed),
          reference: kind === "matched" ? null : normalRows(n + extra, d, seed + 1),
          labels,
          referenceLabels: kind === "labelled" ? [...labels!, ...letters(extra, seed + 2)] : null,
          scale,
          isSymmetric,
        });
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

for (const symmetric of [false, true]) {
  const name = `MultipleNegativesRankingLoss${symmetric ? " in both directions" : ""}`;
  describeHostileInputs(name, (options) => new MultipleNegativesRankingLoss({ ...options, symmetric }));
  describeHostileInputs(
    `${name} with a reference`,
    (options) => new MultipleNegativesRankingLoss({ ...options, symmetric }),
    (loss, embeddings) => {
      const data = embeddings.data.map((_, k) => embeddings.data[embeddings.data.length - 1 - k]);
      return loss.evaluate(embeddings, null, { reference: { ...embeddings, data } });
    },
  );
}

describeHostileInputs(
  "MultipleNegativesRankingLoss on raw products",
  (options) =>
    new MultipleNegativesRankingLoss({
      ...options,
      distance: new DotProductSimilarity({ normalizeEmbeddings: false }),
    }),
  (loss, embeddings) => {
    const data = embeddings.data.map((_, k) => embeddings.data[embeddings.data.length - 1 - k]);
    return loss.evaluate(embeddings, null, { reference: { ...embeddings, data } });
  },
);

describe("MultipleNegativesRankingLoss", () => {
  const embeddings = normalRows(6, 4, 11);
  const reference = normalRows(6, 4, 12);

  it("is NTXentLoss of two views where nothing has a label", () => {
    const ranking = new MultipleNegativesRankingLoss({ scale: 4 }).evaluate(embeddings, null, { reference });
    const views = new SelfSupervisedLoss(new NTXentLoss({ temperature: 0.25 }), { symmetric: false });
    const { value, gradients } = views.evaluate(embeddings, reference);
    expect(ranking.value).toBeCloseTo(value, 6);
    gradients.embeddings.data.forEach((slope, k) => expect(ranking.gradients.embeddings.data[k]).toBeCloseTo(slope, 6));
    expect(ranking.report).toMatchObject({ positivePairs: 6, negativePairs: 30, items: 6, status: "learning" });
  });

  it("is the mean of both directions when symmetric", () => {
    const one = new MultipleNegativesRankingLoss();
    const there = one.evaluate(embeddings, null, { reference }).value;
    const back = one.evaluate(reference, null, { reference: embeddings }).value;
    const both = new MultipleNegativesRankingLoss({ symmetric: true }).evaluate(embeddings, null, { reference });
    expect(both.value).toBeCloseTo((there + back) / 2, 6);
    expect(both.report.items).toBe(12);
  });

  it("ranks more rows than a tile holds", { tags: ["long"] }, () => {
    const many = normalRows(2100, 4, 13);
    const others = normalRows(2100, 4, 14);
    const distance = new CosineSimilarity();
    const equation = (rows: Rows, answers: Rows | null): number => {
      const cosines = plainDistances(distance, rows, answers!);
      return (
        cosines.reduce((sum, row, i) => {
          const total = row.reduce((part, cosine) => part + Math.exp(5 * cosine), 0);
          return sum + Math.log(total) - 5 * row[i];
        }, 0) / rows.length
      );
    };
    const evaluation = new MultipleNegativesRankingLoss({ scale: 5 }).evaluate(fromRows(many), null, {
      reference: fromRows(others),
    });
    expectTwinAlongSlope(evaluation, many, others, equation);
  });

  it("keeps the digits of a loss near 0", () => {
    const { value } = new MultipleNegativesRankingLoss().evaluate(
      [
        [1, 0],
        [0, 1],
      ],
      null,
      {
        reference: [
          [2, 0],
          [0, 3],
        ],
      },
    );
    expect(value / Math.log1p(Math.exp(-20))).toBeCloseTo(1, 5);
  });

  it("learns nothing where there is nothing to rank", () => {
    const silent = new MultipleNegativesRankingLoss({ whenSilent: "ignore" });
    const { value, report } = silent.evaluate(embeddings.slice(0, 2), ["a", "a"], { reference: reference.slice(0, 2) });
    expect([value, report.status]).toEqual([0, "no-negative-pairs"]);
    expect(silent.evaluate(embeddings.slice(0, 1), null, { reference: reference.slice(0, 1) }).report.status).toBe(
      "no-negative-pairs",
    );
    const strict = new MultipleNegativesRankingLoss({ whenSilent: "throw" });
    expect(() => strict.evaluate(embeddings.slice(0, 1), null, { reference: reference.slice(0, 1) })).toThrow(
      /it is one row with its positive, and nothing is a negative; give more rows, or references beyond the rows/,
    );
    expect(silent.evaluate(embeddings, [1, 2, 3, 4, 5, 6]).report.status).toBe("no-positive-pairs");
  });

  it("names the samples that items belong to", () => {
    const loss = new MultipleNegativesRankingLoss({ reducer: new DoNothingReducer(), symmetric: true });
    const { subLosses, value } = loss.evaluate(embeddings, ["a", "b", "b", "a", "b", "c"]);
    expect(value).toBe(0);
    expect(Array.from(subLosses!.queryLoss.indices![0])).toEqual([0, 1]);
    expect(Array.from(subLosses!.referenceLoss.indices![0])).toEqual([2, 3]);
  });

  it("adds a penalty on the embeddings", () => {
    const plain = new MultipleNegativesRankingLoss().evaluate(embeddings, null, { reference });
    const given = { embeddingRegularizer: new LpRegularizer(), embeddingRegWeight: 2 };
    const { value } = new MultipleNegativesRankingLoss(given).evaluate(embeddings, null, { reference });
    expect(value).toBeCloseTo(plain.value + 2 * new LpRegularizer().evaluate(embeddings).value, 5);
  });

  it("trains a model on labelled batches", async () => {
    const labels = Array.from({ length: 60 }, (_, i) => i % 10);
    const random = new Random(15);
    const rows = labels.map((label) => normalRows(1, 6, label)[0].map((x) => x + 0.3 * random.normal()));
    const trainer = new Trainer({
      model: new MlpModel({ inputSize: 6, hidden: [16], outputSize: 4 }),
      loss: new MultipleNegativesRankingLoss({ symmetric: true }),
      sampler: new MPerClassSampler(labels, { m: 2, batchSize: 20 }),
      data: { inputs: fromRows(rows), labels },
    });
    const { history, silentSteps } = await trainer.train({ steps: 60 });
    expect(silentSteps).toBe(0);
    expect(history.loss[59]).toBeLessThan(history.loss[0] / 2);
    expect(history.liveShare[0]).toBe(1);
  });

  it("has no parameters to save", () => {
    const loss = new MultipleNegativesRankingLoss();
    expect(loss.state()).toEqual({ kind: "MultipleNegativesRankingLoss" });
    loss.load(loss.state());
  });

  it("leaves what it was given as it is", () => {
    const [given, other] = [fromRows(embeddings), fromRows(reference)];
    new MultipleNegativesRankingLoss({ symmetric: true }).evaluate(given, null, { reference: other });
    expect([given, other]).toEqual([fromRows(embeddings), fromRows(reference)]);
  });

  it("refuses what it cannot rank", () => {
    const loss = new MultipleNegativesRankingLoss();
    expect(() => loss.evaluate(embeddings, null)).toThrow(
      "MultipleNegativesRankingLoss was given neither a reference nor labels; give a reference whose row i is the positive of row i",
    );
    expect(() => loss.evaluate(embeddings, null, { reference: reference.slice(1) })).toThrow(
      "reference has 5 rows, embeddings has 6; row i of the reference is the positive of row i",
    );
    const labels = [1, 2, 3, 4, 5, 6];
    expect(() => loss.evaluate(embeddings, null, { reference, referenceLabels: labels })).toThrow(
      "referenceLabels were given without labels; give both, or neither",
    );
    expect(() => loss.evaluate(embeddings, labels, { reference, referenceLabels: [1, 2, 3, 4, 5, 7] })).toThrow(
      "labels[5] and referenceLabels[5] differ; row i of the reference is the positive of row i",
    );
    const longer = [...reference, reference[0]];
    expect(() => loss.evaluate(embeddings, labels, { reference: longer })).toThrow(/without referenceLabels/);
    const tuples = { anchors: [0], positives: [1], negatives: [2] };
    expect(() => loss.evaluate(embeddings, labels, { tuples } as object)).toThrow(
      "MultipleNegativesRankingLoss takes no tuples, whatever pairs they name; leave them out",
    );
    const anchorRows = [0, 1, 2, 3, 4, 5];
    expect(() => loss.evaluate(embeddings, null, { reference, anchorRows })).toThrow(/leave anchorRows out/);
    expect(() => loss.evaluate(embeddings, null, { reference: reference.map((row) => row.slice(1)) })).toThrow(
      RangeError,
    );
    expect(() => new MultipleNegativesRankingLoss({ scale: 0 })).toThrow("scale is 0; give a finite number > 0");
    expect(() => new MultipleNegativesRankingLoss({ symmetric: 1 as unknown as boolean })).toThrow(/symmetric is 1/);
    const divided = new MultipleNegativesRankingLoss({ reducer: new DivisorReducer() });
    expect(() => divided.evaluate(embeddings, null, { reference })).toThrow(/has no divisor/);
  });
});

it("MultipleNegativesRankingLoss of unit vectors can be checked by hand", () => {
  const [x, y, z] = threeRows;
  const { value } = new MultipleNegativesRankingLoss({ scale: 1 }).evaluate([x, z], null, { reference: [y, z] });
  // x: 0.6 with its own, 0 with the other; z: 1 with its own, 0.8 with the other
  expect(value).toBeCloseTo((softplus(0 - 0.6) + softplus(0.8 - 1)) / 2, 5);
});
