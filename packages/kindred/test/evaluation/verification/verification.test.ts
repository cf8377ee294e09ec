import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CosineSimilarity } from "../../../src/distances/cosineSimilarity.ts";
import { LpDistance } from "../../../src/distances/lpDistance.ts";
import { calibrateThreshold } from "../../../src/evaluation/inference/calibration.ts";
import { verification } from "../../../src/evaluation/verification/verification.ts";
import { euclidean, gridMatrix, normalMatrix } from "../fixtures.ts";

const distance = new LpDistance({ normalizeEmbeddings: false });

const labelled = gridMatrix(14, 4).chain((query) =>
  fc.record({
    query: fc.constant(query),
    queryLabels: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: query.rows, maxLength: query.rows }),
  }),
);

type Input = { query: ReturnType<typeof normalMatrix>; queryLabels: number[] };

function allPairs({ query, queryLabels }: Input) {
  const pairs: { far: number; isPositive: boolean }[] = [];
  for (let i = 0; i < query.rows; i++) {
    for (let j = i + 1; j < query.rows; j++)
      pairs.push({ far: Math.fround(euclidean(query, i, query, j)), isPositive: queryLabels[i] === queryLabels[j] });
  }
  return pairs;
}

describe("verification", () => {
  test("computes area and accept rates as counting over all pairs does", () => {
    fc.assert(
      fc.property(labelled, (input) => {
        const pairs = allPairs(input);
        const positives = pairs.filter((p) => p.isPositive);
        const negatives = pairs.filter((p) => !p.isPositive);
        fc.pre(positives.length > 0 && negatives.length > 0);
        const result = verification(input, { distance, falseAcceptRates: [0.25] });
        expect([result.positives, result.negatives]).toEqual([positives.length, negatives.length]);
        let wins = 0;
        for (const p of positives) {
          for (const n of negatives) wins += Math.abs(p.far - n.far) < 1e-6 ? 0.5 : p.far < n.far ? 1 : 0;
        }
        expect(result.areaUnderCurve).toBeCloseTo(wins / (positives.length * negatives.length), 10);
        const [point] = result.atFalseAcceptRate;
        const far = (t: number) => negatives.filter((n) => n.far <= t + 1e-6).length / negatives.length;
        const tar = (t: number) => positives.filter((p) => p.far <= t + 1e-6).length / positives.length;
        const allowed = pairs.map((p) => p.far).filter((t) => far(t) <= 0.25);
        expect(point.trueAcceptRate).toBeCloseTo(allowed.length === 0 ? 0 : Math.max(...allowed.map(tar)), 10);
        for (const { threshold, falseAcceptRate, trueAcceptRate } of result.roc) {
          expect(falseAcceptRate).toBeCloseTo(far(threshold), 10);
          expect(trueAcceptRate).toBeCloseTo(tar(threshold), 10);
        }
      }),
    );
  });

  test("is perfect for separate classes and has an equal error rate of a half for labels by chance", () => {
    const apart = verification({ query: [[0], [1], [10], [11]], queryLabels: [0, 0, 1, 1] }, { distance });
    expect([apart.areaUnderCurve, apart.equalErrorRate]).toEqual([1, 0]);
    const query = normalMatrix(300, 4);
    const chance = verification({ query, queryLabels: Array.from({ length: 300 }, (_, i) => i % 3) });
    expect(Math.abs(chance.equalErrorRate - 0.5)).toBeLessThan(0.02);
  });

  test("has the equal error rate of a worked example", () => {
    // positives at 1, 2, 3, 6 and negatives at 4, 5, 7, 8: at 4 a quarter of the negatives is accepted, a quarter of the positives refused
    const input = {
      query: [[0]],
      queryLabels: ["a"],
      reference: [1, 2, 3, 6, 4, 5, 7, 8].map((x) => [x]),
      referenceLabels: ["a", "a", "a", "a", "b", "b", "b", "b"],
    };
    const result = verification(input, { distance, falseAcceptRates: [0, 0.25, 0.5] });
    expect([result.equalErrorRate, result.equalErrorThreshold]).toEqual([0.25, 4]);
    expect(result.atFalseAcceptRate.map((p) => p.trueAcceptRate)).toEqual([0.75, 0.75, 1]);
    expect(result.atFalseAcceptRate.map((p) => p.threshold)).toEqual([3, 4, 6]);
  });

  test.each([
    ["distance", new LpDistance()],
    ["similarity", new CosineSimilarity()],
  ])("counts many pairs in steps whose rates are near the exact ones, for a %s", (_, measure) => {
    const input = { query: normalMatrix(400, 3), queryLabels: Array.from({ length: 400 }, (_, i) => i % 2) };
    const exact = verification(input, { distance: measure });
    const coarse = verification(input, { distance: measure, exactPairs: 0 });
    expect([exact.isExact, coarse.isExact]).toEqual([true, false]);
    expect(Math.abs(coarse.areaUnderCurve - exact.areaUnderCurve)).toBeLessThan(1e-4);
    expect(Math.abs(coarse.equalErrorRate - exact.equalErrorRate)).toBeLessThan(1e-3);
    expect(coarse.roc.at(-1)).toMatchObject({ falseAcceptRate: 1, trueAcceptRate: 1 });
    const { threshold, falseAcceptRate } = coarse.atFalseAcceptRate[1];
    const matrix = measure.matrix(input.query);
    let accepted = 0;
    for (let i = 0; i < 400; i++) {
      for (let j = i + 1; j < 400; j++) {
        const isNear = measure.isInverted
          ? matrix.data[i * 400 + j] >= threshold
          : matrix.data[i * 400 + j] <= threshold;
        if (isNear && i % 2 !== j % 2) accepted++;
      }
    }
    expect(falseAcceptRate).toBeCloseTo(accepted / exact.negatives, 12);
  });

  test("has NaN rates when no pair is of one class, and for a single embedding", () => {
    const result = verification({ query: [[0], [1]], queryLabels: [1, 2] }, { distance });
    expect([result.positives, result.equalErrorRate, result.areaUnderCurve]).toEqual([0, NaN, NaN]);
    expect(verification({ query: [[0]], queryLabels: [1] }).negatives).toBe(0);
  });

  test("refuses labels of another number, other widths and rates above 1", () => {
    expect(() => verification({ query: [[0]], queryLabels: [] })).toThrow(/queryLabels has 0 entries/);
    expect(() => verification({ query: [[0]], queryLabels: [1], reference: [[1, 2]], referenceLabels: [1] })).toThrow(
      /columns/,
    );
    expect(() => verification({ query: [[0]], queryLabels: [1] }, { falseAcceptRates: [2] })).toThrow(RangeError);
  });
});

describe("calibrateThreshold", () => {
  test("finds the best F1 of all thresholds", () => {
    fc.assert(
      fc.property(labelled, (input) => {
        const pairs = allPairs(input);
        const all = pairs.filter((p) => p.isPositive).length;
        fc.pre(all > 0);
        const f1 = (t: number) => {
          const accepted = pairs.filter((p) => p.far <= t + 1e-6);
          return (2 * accepted.filter((p) => p.isPositive).length) / (accepted.length + all);
        };
        const found = calibrateThreshold(input, distance);
        expect(found.f1).toBeCloseTo(Math.max(...pairs.map((p) => f1(p.far))), 10);
        expect(f1(found.threshold)).toBeCloseTo(found.f1, 10);
      }),
    );
  });

  const input = {
    query: [[0]],
    queryLabels: ["a"],
    reference: [1, 2, 4, 3, 5].map((x) => [x]),
    referenceLabels: ["a", "a", "a", "b", "b"],
  };

  test("finds the most at a wanted precision, and lies between two distances", () => {
    expect(calibrateThreshold(input, distance, { precision: 0.75 })).toMatchObject({
      threshold: 4.5,
      precision: 0.75,
      recall: 1,
    });
    expect(calibrateThreshold(input, distance, { precision: 1 })).toMatchObject({ threshold: 2.5, recall: 2 / 3 });
  });

  test("keeps a wanted false-accept rate", () => {
    expect(calibrateThreshold(input, distance, { falseAcceptRate: 0.5 })).toMatchObject({
      threshold: 4.5,
      falseAcceptRate: 0.5,
    });
    expect(calibrateThreshold(input, distance, { falseAcceptRate: 0 })).toMatchObject({
      threshold: 2.5,
      falseAcceptRate: 0,
    });
  });

  test("has no threshold when none achieves the target, and refuses data without a pair of one class", () => {
    const swapped = { ...input, referenceLabels: ["b", "a", "a", "a", "a"] };
    expect(calibrateThreshold(swapped, distance, { precision: 1 }).threshold).toBeNaN();
    expect(() => calibrateThreshold({ query: [[0], [1]], queryLabels: [1, 2] }, distance)).toThrow(
      /no two embeddings have one label/,
    );
  });
});
