import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DivisorReducer,
  DoNothingReducer,
  DotProductSimilarity,
  LpDistance,
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
import { plainRanking, usualRanking, type RankingScene } from "../../support/ranking.ts";
import { expectTwin, expectTwinAlongSlope, normalRows } from "../../support/twin.ts";

type Given = Partial<RankingScene> & Pick<RankingScene, "embeddings" | "reference">;

function compareOn(given: Given): void {
  const scene: RankingScene = { ...usualRanking, reducer: new MeanReducer(), ...given };
  const { embeddings, reference, negatives, labels, referenceLabels, isJoint, reducer } = scene;
  const { scale, directions, hardnessMode, hardnessStrength, distance } = scene;
  const loss = new MultipleNegativesRankingLoss({
    scale,
    directions,
    partitionMode: isJoint ? "joint" : "perDirection",
    hardnessMode,
    hardnessStrength,
    distance,
    reducer,
    whenSilent: "ignore",
  });
  const evaluation = loss.evaluate(fromRows(embeddings), labels, {
    ...(reference && { reference: fromRows(reference) }),
    ...(referenceLabels && { referenceLabels }),
    ...(negatives.length > 0 && { negatives: negatives.map((rows) => fromRows(rows)) }),
  });
  const twin = plainRanking(scene);
  const columns = Object.fromEntries(negatives.map((rows, k) => [`negatives${k}`, rows]));
  expectTwin(evaluation, { embeddings, ...(reference && { reference }), ...columns }, (moved) =>
    twin({
      embeddings: moved.embeddings,
      reference: moved.reference ?? null,
      negatives: negatives.map((_, k) => (moved as Record<string, Rows>)[`negatives${k}`]),
    }),
  );
}

function letters(count: number, seed: number): Label[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => "abcd"[random.integer(4)]);
}

const four = ["queryToDocument", "queryToQuery", "documentToQuery", "documentToDocument"] as const;
const both = ["queryToDocument", "documentToQuery"] as const;

/** Ways to ask: which options, and what they are called. */
const ways: readonly (readonly [string, Pick<RankingScene, "directions" | "isJoint">])[] = [
  ["directed", { directions: ["queryToDocument"], isJoint: true }],
  ["in both directions by themselves", { directions: both, isJoint: false }],
  ["in both directions together", { directions: both, isJoint: true }],
  ["in all four directions", { directions: four, isJoint: true }],
];

describe("MultipleNegativesRankingLoss equals its brute-force twin in value and slope", () => {
  const embeddings = normalRows(9, 5, 1);
  const reference = normalRows(9, 5, 2);
  const more = [...reference, ...normalRows(4, 5, 3)];
  const negatives = [normalRows(9, 5, 20), normalRows(9, 5, 21)];

  for (const [title, way] of ways) {
    it(`${title}, without labels`, () => compareOn({ embeddings, reference, ...way }));
    it(`${title}, with labels`, () => compareOn({ embeddings, reference, labels: letters(9, 4), ...way }));
    it(`${title}, with references that are nobody's`, () =>
      compareOn({ embeddings, reference: more, scale: 5, ...way }));
    it(`${title}, with labels for references that are nobody's`, () => {
      const labels = letters(9, 5);
      compareOn({ embeddings, reference: more, labels, referenceLabels: [...labels, "a", "b", "e", "e"], ...way });
    });
    it(`${title}, with columns of negatives`, () => compareOn({ embeddings, reference, negatives, scale: 5, ...way }));
    it(`${title}, with columns of negatives, references that are nobody's, and labels`, () => {
      const labels = letters(9, 22);
      const referenceLabels = [...labels, "a", "b", "e", "e"];
      compareOn({ embeddings, reference: more, negatives, labels, referenceLabels, scale: 5, ...way });
    });
    it(`${title}, matched by labels`, () =>
      compareOn({ embeddings: [...embeddings, ...more], reference: null, labels: letters(22, 6), ...way }));
    for (const hardnessMode of ["inBatchNegatives", "hardNegatives", "allNegatives"] as const) {
      const hardness = { hardnessMode, hardnessStrength: 3 };
      it(`${title}, ${hardnessMode} weighing more`, () =>
        compareOn({ embeddings, reference, negatives, scale: 5, ...way, ...hardness }));
      it(`${title}, ${hardnessMode} weighing more, by distance`, () =>
        compareOn({
          embeddings,
          reference: more,
          negatives,
          scale: 2,
          ...way,
          ...hardness,
          distance: new LpDistance(),
        }));
    }
    for (const distance of allDistances)
      it(`${title}, with ${distance.name} p ${distance.p} power ${distance.power}`, () =>
        compareOn({ embeddings, reference, negatives, labels: letters(9, 7), distance, scale: 1.5, ...way }));
    for (const reducer of allReducers)
      it(`${title}, reduced by ${reducer.name}`, () =>
        compareOn({ embeddings, reference, labels: letters(9, 8), reducer, scale: 2, ...way }));
    for (const reducer of allReducers)
      it(`${title}, matched by labels, reduced by ${reducer.name}`, () =>
        compareOn({ embeddings, reference: null, labels: letters(9, 9), reducer, scale: 2, ...way }));
  }

  it("on batches of any shape", { tags: ["long"] }, () => {
    const shape = fc.record({
      n: fc.integer({ min: 1, max: 10 }),
      extra: fc.integer({ min: 0, max: 3 }),
      d: fc.integer({ min: 1, max: 7 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
      scale: fc.constantFrom(0.5, 20),
      columns: fc.integer({ min: 0, max: 3 }),
      way: fc.constantFrom(...ways),
      kind: fc.constantFrom("unlabelled", "labelled", "matched"),
    });
    fc.assert(
      fc.property(shape, ({ n, extra, d, seed, scale, columns, way: [, way], kind }) => {
        const labels = kind === "unlabelled" ? null : letters(n, seed);
        const isMatched = kind === "matched";
        compareOn({
          embeddings: normalRows(n, d, seed),
          reference: isMatched ? null : normalRows(n + extra, d, seed + 1),
          negatives: isMatched ? [] : Array.from({ length: columns }, (_, k) => normalRows(n, d, seed + 3 + k)),
          labels,
          referenceLabels: kind === "labelled" ? [...labels!, ...letters(extra, seed + 2)] : null,
          scale,
          ...way,
        });
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

for (const [title, { directions, isJoint }] of ways) {
  const name = `MultipleNegativesRankingLoss ${title}`;
  const given = { directions, partitionMode: isJoint ? "joint" : "perDirection" } as const;
  describeHostileInputs(name, (options) => new MultipleNegativesRankingLoss({ ...options, ...given }));
  describeHostileInputs(
    `${name} with a reference and negatives, all of them weighing more`,
    (options) =>
      new MultipleNegativesRankingLoss({
        ...options,
        ...given,
        learnScale: true,
        hardnessMode: "allNegatives",
        hardnessStrength: 5,
      }),
    (loss, embeddings) => {
      const data = embeddings.data.map((_, k) => embeddings.data[embeddings.data.length - 1 - k]);
      const reference = { ...embeddings, data };
      return loss.evaluate(embeddings, null, { reference, negatives: [reference, embeddings] });
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

  it("is the mean of both directions where each has a softmax of its own", () => {
    const one = new MultipleNegativesRankingLoss();
    const there = one.evaluate(embeddings, null, { reference }).value;
    const back = one.evaluate(reference, null, { reference: embeddings }).value;
    const given = { directions: both, partitionMode: "perDirection" } as const;
    const mean = new MultipleNegativesRankingLoss(given).evaluate(embeddings, null, { reference });
    expect(mean.value).toBeCloseTo((there + back) / 2, 6);
    expect(mean.report.items).toBe(6);
  });

  it("takes negatives in columns for what they are at the end of the reference", () => {
    const [one, other] = [normalRows(6, 4, 23), normalRows(6, 4, 24)];
    const loss = new MultipleNegativesRankingLoss();
    const columns = loss.evaluate(embeddings, null, { reference, negatives: [one, other] });
    const long = loss.evaluate(embeddings, null, { reference: [...reference, ...one, ...other] });
    expect(columns.value).toBe(long.value);
    expect(columns.report.negativePairs).toBe(long.report.negativePairs);
    const { gradients } = columns;
    expect([gradients.reference!, ...gradients.negatives!].flatMap(({ data }) => [...data])).toEqual([
      ...long.gradients.reference!.data,
    ]);
  });

  it("gives the embeddings the same slopes where documents are not learned", () => {
    for (const [, { directions, isJoint }] of ways) {
      const loss = new MultipleNegativesRankingLoss({ directions, partitionMode: isJoint ? "joint" : "perDirection" });
      const columns = { reference, negatives: [normalRows(6, 4, 26)] };
      const { embeddings: expected } = loss.evaluate(embeddings, null, columns).gradients;
      const fixed = loss.evaluate(embeddings, null, { ...columns, learnReference: false });
      expect(fixed.gradients).toEqual({ embeddings: expected, parameters: {} });
    }
  });

  it("learns its scale by its logarithm", () => {
    for (const [, { directions, isJoint }] of ways) {
      const given = { scale: 3, directions, partitionMode: isJoint ? "joint" : "perDirection" } as const;
      const loss = new MultipleNegativesRankingLoss({ ...given, learnScale: true });
      const columns = { reference, negatives: [normalRows(6, 4, 25)] };
      const { value, gradients } = loss.evaluate(embeddings, null, columns);
      expect(value).toBeCloseTo(new MultipleNegativesRankingLoss(given).evaluate(embeddings, null, columns).value, 6);
      const at = (step: number): number =>
        new MultipleNegativesRankingLoss({ ...given, scale: 3 * Math.exp(step) }).evaluate(embeddings, null, columns)
          .value;
      expect(gradients.parameters.logitScale.data[0]).toBeCloseTo((at(0.01) - at(-0.01)) / 0.02, 3);
    }
  });

  it("goes on with the scale that it has learned", () => {
    const [loss, other] = [0, 1].map(() => new MultipleNegativesRankingLoss({ learnScale: true }));
    expect(loss.logitScale!.data[0]).toBeCloseTo(Math.log(20), 6);
    loss.logitScale!.data[0] = 1;
    other.load(loss.state());
    expect(other.evaluate(embeddings, null, { reference })).toEqual(loss.evaluate(embeddings, null, { reference }));
    expect(new MultipleNegativesRankingLoss().logitScale).toBeNull();
  });

  it("has no more than the positive, twice, to choose from where a row is alone in both directions", () => {
    const given = { directions: both, whenSilent: "ignore" } as const;
    const alone = [embeddings.slice(0, 1), null, { reference: reference.slice(0, 1) }] as const;
    const { value, report } = new MultipleNegativesRankingLoss(given).evaluate(...alone);
    expect(value).toBeCloseTo(Math.log(2), 6);
    expect([report.status, report.activeItems]).toEqual(["no-negative-pairs", 0]);
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

  it("asks in all directions through more rows than a block holds", { tags: ["long"] }, () => {
    const [many, others, negatives] = [16, 17, 18].map((seed) => normalRows(700, 4, seed));
    const scene = { ...usualRanking, reducer: new MeanReducer(), directions: four, scale: 5 };
    const twin = plainRanking({ ...scene, embeddings: many, reference: others, negatives: [negatives] });
    const evaluation = new MultipleNegativesRankingLoss({ directions: four, scale: 5 }).evaluate(fromRows(many), null, {
      reference: fromRows(others),
      negatives: [fromRows(negatives)],
    });
    expectTwinAlongSlope(evaluation, many, others, (embeddings, reference) =>
      twin({ embeddings, reference, negatives: [negatives] }),
    );
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
    const given = { directions: both, partitionMode: "perDirection" } as const;
    const loss = new MultipleNegativesRankingLoss({ reducer: new DoNothingReducer(), ...given });
    const { subLosses, value } = loss.evaluate(embeddings, ["a", "b", "b", "a", "b", "c"]);
    expect(value).toBe(0);
    expect(Array.from(subLosses!.loss.indices![0])).toEqual([0, 1]);
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
      loss: new MultipleNegativesRankingLoss({ directions: both, partitionMode: "perDirection" }),
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
    const [given, other, column] = [embeddings, reference, reference].map((rows) => fromRows(rows));
    const loss = new MultipleNegativesRankingLoss({
      directions: four,
      hardnessMode: "allNegatives",
      hardnessStrength: 2,
    });
    loss.evaluate(given, null, { reference: other, negatives: [column] });
    expect([given, other, column]).toEqual([embeddings, reference, reference].map((rows) => fromRows(rows)));
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
    expect(() => new MultipleNegativesRankingLoss({ hardnessStrength: -1 })).toThrow(/hardnessStrength is -1/);
    const directed =
      (directions: readonly unknown[], partitionMode: "joint" | "perDirection" = "joint") =>
      (): unknown =>
        new MultipleNegativesRankingLoss({ directions: directions as typeof four, partitionMode });
    expect(directed([])).toThrow('directions lacks "queryToDocument", in which the positive should win; add it');
    expect(directed(["documentToQuery"])).toThrow(/lacks "queryToDocument"/);
    expect(directed(["queryToDocument", "sideways"])).toThrow(/directions\[1\] is "sideways"/);
    expect(directed(["queryToDocument", "queryToDocument"])).toThrow(/has "queryToDocument" twice/);
    expect(directed(["queryToDocument", "queryToQuery"], "perDirection")).toThrow(
      'directions has "queryToQuery", in which the positive does not stand, and partitionMode is "perDirection"; use "joint"',
    );
    expect(directed("queryToDocument" as never)).toThrow(TypeError);
    const matched = loss.evaluate.bind(loss, embeddings, ["a", "a", "b", "b", "c", "c"]);
    expect(() => matched({ negatives: [reference] })).toThrow(/negatives without a reference/);
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
