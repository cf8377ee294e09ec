import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluatePairs } from "../../../src/index.ts";

/** Pairs whose dot product, or distance, is a number given. */
const pairsOf = (scores: readonly number[]) => ({
  query: scores.map((score) => [score]),
  reference: scores.map(() => [1]),
});

/** All cuts between different scores, tried one by one in the plainest code. */
function twin(scores: readonly number[], labels: readonly number[]) {
  const distinct = [...new Set(scores)].sort((a, b) => b - a);
  const cuts = [Infinity, ...distinct].map((least) => {
    const count = (label: number, isIn: boolean): number =>
      labels.filter((own, i) => own === label && scores[i] >= least === isIn).length;
    return { least, tp: count(1, true), fp: count(0, true), fn: count(1, false), tn: count(0, false) };
  });
  const f1 = ({ tp, fp, fn }: (typeof cuts)[0]): number => (tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn));
  const best = cuts.find((cut) => f1(cut) === Math.max(...cuts.map(f1)))!;
  const { tp, fp, fn, tn } = best;
  const product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
  let ap = 0;
  cuts.forEach((cut, k) => {
    if (k > 0 && cut.tp > 0) ap += ((cut.tp - cuts[k - 1].tp) / (cut.tp + cut.fn)) * (cut.tp / (cut.tp + cut.fp));
  });
  const after = (cut: (typeof cuts)[0]): number => {
    const next = distinct[distinct.indexOf(cut.least) + 1];
    return next === undefined ? cut.least : (cut.least + next) / 2;
  };
  const accurate = cuts.find((cut) => cut.tp + cut.tn === Math.max(...cuts.map((c) => c.tp + c.tn)))!;
  return {
    accuracy: (accurate.tp + accurate.tn) / labels.length,
    accuracyThreshold: accurate.least === Infinity ? null : after(accurate),
    f1: f1(best),
    f1Threshold: best.least === Infinity ? null : after(best),
    precision: tp === 0 ? 0 : tp / (tp + fp),
    recall: tp + fn === 0 ? 0 : tp / (tp + fn),
    averagePrecision: ap,
    mcc: product === 0 ? 0 : (tp * tn - fp * fn) / Math.sqrt(product),
  };
}

const shape = fc.array(fc.tuple(fc.integer({ min: -6, max: 6 }), fc.constantFrom(0, 1)), {
  minLength: 1,
  maxLength: 25,
});

describe("evaluatePairs", () => {
  it("finds what trying every threshold finds; equal scores are never parted", () => {
    fc.assert(
      fc.property(shape, (drawn) => {
        const [scores, labels] = [drawn.map(([score]) => score), drawn.map(([, label]) => label)];
        const { metrics } = evaluatePairs({ ...pairsOf(scores), labels }, { similarity: "dot" });
        for (const [name, expected] of Object.entries(twin(scores, labels))) {
          const found = metrics[name as keyof typeof metrics];
          if (expected !== null) expect(found, name).toBeCloseTo(expected, 12);
          else expect(found > Math.max(...scores) && found < Math.max(...scores) + 1e-9, name).toBe(true);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("gives thresholds as distances for distances", () => {
    const given = { query: [[0], [0], [0], [0]], reference: [[1], [2], [5], [9]], labels: [true, true, false, false] };
    for (const similarity of ["euclidean", "manhattan"] as const) {
      const { metrics } = evaluatePairs(given, { similarity });
      expect(metrics).toMatchObject({
        accuracy: 1,
        accuracyThreshold: 3.5,
        f1: 1,
        f1Threshold: 3.5,
        averagePrecision: 1,
        mcc: 1,
      });
    }
  });

  it("accepts nothing where there is no positive", () => {
    const { metrics } = evaluatePairs({ ...pairsOf([3, 1]), labels: [0, 0] }, { similarity: "dot" });
    expect(metrics).toMatchObject({ accuracy: 1, f1: 0, precision: 0, recall: 0, averagePrecision: 0, mcc: 0 });
    expect(metrics.f1Threshold).toBeGreaterThan(3);
  });

  it("passes over draws without a positive in its intervals, but not in that of the accuracy", () => {
    const given = { ...pairsOf([3, 2, 1]), labels: [1, 0, 0] };
    const { intervals } = evaluatePairs(given, { similarity: "dot", bootstrap: true });
    expect(intervals!.averagePrecision).toEqual({ low: 1, high: 1 });
    expect(intervals!.recall).toEqual({ low: 1, high: 1 });
    expect(intervals!.accuracy).toEqual({ low: 1, high: 1 });
  });

  it("refuses labels that are none, and no pairs", () => {
    expect(() => evaluatePairs({ ...pairsOf([1, 2]), labels: [0, 2] })).toThrow("labels[1] is 2; give 1");
    expect(() => evaluatePairs({ ...pairsOf([1, 2]), labels: [0] })).toThrow("labels has 1 entries for 2 rows");
    expect(() => evaluatePairs({ query: [], reference: [], labels: [] })).toThrow(/there is no pair/);
  });
});
