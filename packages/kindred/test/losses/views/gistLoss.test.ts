import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DoNothingReducer,
  GISTLoss,
  MeanReducer,
  MultipleNegativesRankingLoss,
  Random,
  SumReducer,
  type Label,
} from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { allDistances, allReducers } from "../../support/lossContract.ts";
import { fromRows, plainDistances, type Rows } from "../../support/plain.ts";
import { plainRanking, usualRanking, type RankingScene } from "../../support/ranking.ts";
import { expectTwin, expectTwinAlongSlope, normalRows } from "../../support/twin.ts";

interface GuidedScene extends Omit<RankingScene, "guide" | "directions" | "isJoint"> {
  readonly guideEmbeddings: Rows;
  readonly guideReference: Rows | null;
  readonly guideNegatives: readonly Rows[];
  readonly margin: number;
  readonly marginStrategy: "absolute" | "relative";
  readonly contrastAnchors: boolean;
  readonly contrastPositives: boolean;
}

const usual = {
  ...usualRanking,
  reducer: new MeanReducer(),
  guideNegatives: [],
  margin: 0,
  marginStrategy: "absolute",
  contrastAnchors: true,
  contrastPositives: true,
} as const;

type Given = Partial<GuidedScene> &
  Pick<GuidedScene, "embeddings" | "reference" | "guideEmbeddings" | "guideReference">;

function compareOn(given: Given): void {
  const scene: GuidedScene = { ...usual, ...given };
  const { embeddings, reference, negatives, labels, referenceLabels, scale, distance, reducer } = scene;
  const { guideEmbeddings, guideReference, guideNegatives, margin, marginStrategy } = scene;
  const { contrastAnchors, contrastPositives } = scene;
  const loss = new GISTLoss({
    temperature: 1 / scale,
    contrastAnchors,
    contrastPositives,
    distance,
    reducer,
    margin,
    marginStrategy,
    whenSilent: "ignore",
  });
  const evaluation = loss.evaluate(fromRows(embeddings), labels, {
    ...(reference && { reference: fromRows(reference) }),
    ...(referenceLabels && { referenceLabels }),
    ...(negatives.length > 0 && { negatives: negatives.map((rows) => fromRows(rows)) }),
    guideEmbeddings: fromRows(guideEmbeddings),
    ...(guideReference && { guideReference: fromRows(guideReference) }),
    ...(negatives.length > 0 && { guideNegatives: guideNegatives.map((rows) => fromRows(rows)) }),
  });
  const twin = plainRanking({
    ...scene,
    isJoint: true,
    directions: [
      "queryToDocument",
      ...(contrastAnchors ? (["queryToQuery"] as const) : []),
      ...(contrastPositives ? (["documentToDocument"] as const) : []),
    ],
    guide: {
      embeddings: guideEmbeddings,
      reference: guideReference,
      negatives: guideNegatives,
      limit: (own) => own - (marginStrategy === "absolute" ? margin : margin * Math.abs(own)),
    },
  });
  const columns = Object.fromEntries(negatives.map((rows, k) => [`negatives${k}`, rows]));
  expectTwin(evaluation, { embeddings, ...(reference && { reference }), ...columns }, (moved) =>
    twin({
      embeddings: moved.embeddings,
      reference: moved.reference ?? null,
      negatives: negatives.map((_, k) => (moved as Record<string, Rows>)[`negatives${k}`]),
    }),
  );
}

/** The queries' rivals are documents alone. */
const directed = { temperature: 0.05, contrastAnchors: false, contrastPositives: false } as const;

function letters(count: number, seed: number): Label[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => "abc"[random.integer(3)]);
}

describe("GISTLoss equals its brute-force twin in value and slope", () => {
  const [embeddings, reference] = [normalRows(9, 5, 1), normalRows(9, 5, 2)];
  const [guideEmbeddings, guideReference] = [normalRows(9, 3, 3), normalRows(9, 3, 4)];
  const guided = { embeddings, reference, guideEmbeddings, guideReference };
  const negatives = [normalRows(9, 5, 30), normalRows(9, 5, 31)];
  const guideNegatives = [normalRows(9, 3, 32), normalRows(9, 3, 33)];

  for (const contrastAnchors of [false, true])
    for (const contrastPositives of [false, true]) {
      const title = `anchors ${contrastAnchors ? "" : "not "}contrasted, positives ${contrastPositives ? "" : "not "}contrasted`;
      const contrast = { contrastAnchors, contrastPositives };
      it(`${title}, without labels`, () => compareOn({ ...guided, ...contrast }));
      it(`${title}, with labels`, () => compareOn({ ...guided, ...contrast, labels: letters(9, 5) }));
      it(`${title}, with columns of negatives`, () =>
        compareOn({ ...guided, ...contrast, negatives, guideNegatives, scale: 5 }));
      for (const margin of [-0.4, 0.1, 0.5, 2])
        for (const marginStrategy of ["absolute", "relative"] as const)
          it(`${title}, with the ${marginStrategy} margin ${margin}`, () =>
            compareOn({ ...guided, ...contrast, negatives, guideNegatives, margin, marginStrategy }));
      it(`${title}, with references that are nobody's`, () =>
        compareOn({
          ...guided,
          ...contrast,
          negatives,
          guideNegatives,
          reference: [...reference, ...normalRows(4, 5, 6)],
          guideReference: [...guideReference, ...normalRows(4, 3, 7)],
        }));
      it(`${title}, matched by labels`, () =>
        compareOn({ ...guided, ...contrast, reference: null, guideReference: null, labels: letters(9, 8) }));
      for (const distance of allDistances)
        it(`${title}, with ${distance.name} p ${distance.p} power ${distance.power}`, () =>
          compareOn({ ...guided, ...contrast, distance, scale: 1.5 }));
      for (const reducer of allReducers)
        it(`${title}, reduced by ${reducer.name}`, () =>
          compareOn({ ...guided, ...contrast, reducer, labels: letters(9, 9), scale: 2 }));
    }

  it("on batches of any shape", { tags: ["long"] }, () => {
    const shape = fc.record({
      n: fc.integer({ min: 1, max: 10 }),
      extra: fc.integer({ min: 0, max: 3 }),
      // rows of one coordinate have no slope but what rounding leaves
      d: fc.integer({ min: 2, max: 7 }),
      width: fc.integer({ min: 2, max: 5 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
      columns: fc.integer({ min: 0, max: 2 }),
      margin: fc.constantFrom(0, 0.05, 0.3),
      marginStrategy: fc.constantFrom("absolute" as const, "relative" as const),
      contrastAnchors: fc.boolean(),
      contrastPositives: fc.boolean(),
      isMatched: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, ({ n, extra, d, width, seed, columns, isMatched, ...others }) => {
        const count = isMatched ? 0 : columns;
        compareOn({
          embeddings: normalRows(n, d, seed),
          reference: isMatched ? null : normalRows(n + extra, d, seed + 1),
          negatives: Array.from({ length: count }, (_, k) => normalRows(n, d, seed + 10 + k)),
          guideEmbeddings: normalRows(n, width, seed + 2),
          guideReference: isMatched ? null : normalRows(n + extra, width, seed + 3),
          guideNegatives: Array.from({ length: count }, (_, k) => normalRows(n, width, seed + 20 + k)),
          labels: isMatched ? letters(n, seed) : null,
          ...others,
        });
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

describeHostileInputs(
  "GISTLoss",
  (options) => new GISTLoss({ ...options, margin: 0.1 }),
  (loss, embeddings) => {
    const data = embeddings.data.map((_, k) => embeddings.data[embeddings.data.length - 1 - k]);
    const reference = { ...embeddings, data };
    return loss.evaluate(embeddings, null, {
      reference,
      negatives: [embeddings],
      guideEmbeddings: reference,
      guideReference: embeddings,
      guideNegatives: [reference],
    });
  },
);

describe("GISTLoss", () => {
  const embeddings = normalRows(6, 4, 11);
  const reference = normalRows(6, 4, 12);
  const guide = normalRows(6, 3, 13);

  it("is MultipleNegativesRankingLoss where the guide finds no false negative", () => {
    const given = { guideEmbeddings: guide, guideReference: guide };
    const { value } = new GISTLoss({ temperature: 0.05 }).evaluate(embeddings, null, { reference, ...given });
    const three = ["queryToDocument", "queryToQuery", "documentToDocument"] as const;
    const ranking = new MultipleNegativesRankingLoss({ directions: three });
    expect(value).toBe(ranking.evaluate(embeddings, null, { reference }).value);
  });

  it("leaves a query whose rivals are all masked without loss and slope", () => {
    const guideEmbeddings = [[1, 0], [0, 1], [0, 1]]; // prettier-ignore
    const guideReference = [[-1, 0], [0, 1], [0, 1]]; // prettier-ignore
    const loss = new GISTLoss({ reducer: new DoNothingReducer() });
    const batch = [embeddings.slice(0, 3), null] as const;
    const given = { reference: reference.slice(0, 3), guideEmbeddings, guideReference };
    const { losses } = loss.evaluate(...batch, given).subLosses!.loss;
    expect(Array.from(losses, (x) => x > 0)).toEqual([false, true, true]);
    const { gradients } = new GISTLoss({ reducer: new SumReducer() }).evaluate(...batch, given);
    expect(Array.from(gradients.embeddings.data.subarray(0, 4))).toEqual([0, 0, 0, 0]);
  });

  it("keeps a negative that the guide finds just as similar as the positive", () => {
    const same = embeddings.map(() => [1, 0]);
    const given = { reference, guideEmbeddings: same, guideReference: same };
    const { value } = new GISTLoss(directed).evaluate(embeddings, null, given);
    expect(value).toBe(new MultipleNegativesRankingLoss().evaluate(embeddings, null, { reference }).value);
    const strict = new GISTLoss({ margin: 0.01, whenSilent: "ignore" });
    expect(strict.evaluate(embeddings, null, given).value).toBe(0);
  });

  it("says that nothing was learned where everything is masked", () => {
    const opposite = guide.map((row) => row.map((x) => -x));
    const loss = new GISTLoss({ margin: 3, whenSilent: "ignore" });
    const { value, report } = loss.evaluate(embeddings, null, {
      reference,
      guideEmbeddings: guide,
      guideReference: opposite,
    });
    expect([value, report.status, report.items]).toEqual([0, "all-masked", 6]);
    expect(() =>
      new GISTLoss({ margin: 3, whenSilent: "throw" }).evaluate(embeddings, null, {
        reference,
        guideEmbeddings: guide,
        guideReference: opposite,
      }),
    ).toThrow(/takes every negative for a positive; choose a smaller margin or another guide, or enlarge the batch/);
  });

  it("follows its guide through more rows than a block holds", { tags: ["long"] }, () => {
    const [many, others, thoughts, answers] = [14, 15, 16, 17].map((seed) => normalRows(2100, 3, seed));
    const distance = new CosineSimilarity();
    const guided = plainDistances(distance, thoughts, answers);
    const equation = (rows: Rows, references: Rows | null): number => {
      const cosines = plainDistances(distance, rows, references!);
      return (
        cosines.reduce((sum, row, i) => {
          const total = row.reduce(
            (part, cosine, j) =>
              j !== i && guided[i][j] <= guided[i][i] ? part + Math.exp(5 * (cosine - row[i])) : part,
            0,
          );
          return sum + Math.log1p(total);
        }, 0) / rows.length
      );
    };
    const evaluation = new GISTLoss({ ...directed, temperature: 0.2 }).evaluate(fromRows(many), null, {
      reference: fromRows(others),
      guideEmbeddings: fromRows(thoughts),
      guideReference: fromRows(answers),
    });
    expectTwinAlongSlope(evaluation, many, others, equation);
  });

  it("refuses a guide that does not fit", () => {
    const loss = new GISTLoss();
    expect(() => loss.evaluate(embeddings, null, undefined as never)).toThrow(
      "GISTLoss needs guideEmbeddings; give another model's embeddings of the same samples",
    );
    expect(() => loss.evaluate(embeddings, null, { reference, guideEmbeddings: guide })).toThrow(
      "reference was given without guideReference; give another model's embeddings of the reference",
    );
    const labels = [1, 1, 2, 2, 3, 3];
    expect(() => loss.evaluate(embeddings, labels, { guideEmbeddings: guide, guideReference: guide })).toThrow(
      "guideReference was given without a reference; leave it out",
    );
    const given = { reference, guideEmbeddings: guide };
    expect(() => loss.evaluate(embeddings, null, { ...given, guideReference: guide.slice(1) })).toThrow(
      "guideReference has 5 rows for 6 samples; give one a sample",
    );
    expect(() =>
      loss.evaluate(embeddings, null, { ...given, guideEmbeddings: guide.slice(1), guideReference: guide }),
    ).toThrow("guideEmbeddings has 5 rows for 6 samples; give one a sample");
    expect(() => loss.evaluate(embeddings, null, { ...given, guideReference: reference })).toThrow(
      "guideReference has 4 columns, guideEmbeddings has 3; both must be as wide",
    );
    const broken = guide.map((row, i) => (i === 2 ? [0, NaN, 0] : row));
    expect(() => loss.evaluate(embeddings, null, { ...given, guideReference: broken })).toThrow(
      /guideReference holds NaN at row 2, column 1/,
    );
    const more = { ...given, guideReference: guide, negatives: [reference] };
    expect(() => loss.evaluate(embeddings, null, more)).toThrow(
      "guideNegatives has 0 matrices for 1 of negatives; give one for each",
    );
    expect(() => loss.evaluate(embeddings, null, { ...more, guideNegatives: [reference] })).toThrow(
      "guideNegatives[0] has 4 columns, guideEmbeddings has 3; both must be as wide",
    );
    expect(() => new GISTLoss({ temperature: 0 })).toThrow("temperature is 0; give a finite number > 0");
    expect(() => new GISTLoss({ marginStrategy: "none" as "absolute" })).toThrow(/one of "absolute", "relative"/);
    // what is refused leaves no guide behind
    expect(() => loss.evaluate(embeddings, labels, {} as never)).toThrow(/needs guideEmbeddings/);
  });
});

it("GISTLoss of unit vectors can be checked by hand", () => {
  const [x, y, z] = threeRows;
  // to the guide the other answer is more like x than its own, 0.8 above 0.6: no negative; for z it is less, -0.8 below 0.6
  const guide = { guideEmbeddings: [x, z], guideReference: [[0.6, -0.8], [0.8, 0.6]] }; // prettier-ignore
  const { value } = new GISTLoss({ ...directed, temperature: 1 }).evaluate([x, z], null, {
    reference: [y, z],
    ...guide,
  });
  expect(value).toBeCloseTo((0 + softplus(0.8 - 1)) / 2, 5);
});
