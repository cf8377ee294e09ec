import { describe, expect, test } from "vitest";
import { Random } from "../../../src/matrix/random.ts";
import { areAlike, gainOf, type QueryScores, goodnessOf, scoreOf } from "../../../src/training/search/goodness.ts";
import { blobs, randomMatrix } from "../fixtures.ts";

/** Ranks all others by cosine, in float64, and reads off each figure. */
function twin(x: { data: Float32Array; rows: number; cols: number }, labels: readonly unknown[]) {
  const row = (i: number) => Array.from(x.data.subarray(i * x.cols, (i + 1) * x.cols));
  const cosine = (a: number[], b: number[]) =>
    a.reduce((sum, v, j) => sum + v * b[j], 0) / (Math.hypot(...a) * Math.hypot(...b));
  return labels.map((label, i) => {
    const hits = labels
      .map((other, j) => ({ isHit: other === label, j, score: cosine(row(i), row(j)) }))
      .filter(({ j }) => j !== i)
      .sort((a, b) => b.score - a.score)
      .map(({ isHit }) => isHit);
    const relevant = hits.filter(Boolean).length;
    const first = hits.indexOf(true) + 1;
    let [found, sum] = [0, 0];
    hits.slice(0, relevant).forEach((isHit, k) => {
      if (isHit) sum += ++found / (k + 1);
    });
    return { precisionAt1: hits[0] ? 1 : 0, averagePrecision: sum / relevant, reciprocal: first <= 4 ? 1 / first : 0 };
  });
}

describe("goodnessOf", () => {
  test("gives each query the figures of its plain twin", () => {
    const { inputs, labels } = blobs(6, 8, 5, 3);
    const goodness = goodnessOf({ query: inputs, queryLabels: labels, reference: null, referenceLabels: null });
    const expected = twin(inputs, labels);
    expect([...goodness.rows]).toEqual(labels.map((_, i) => i));
    expected.forEach(({ precisionAt1, averagePrecision, reciprocal }, i) => {
      expect(goodness.precisionAt1[i]).toBe(precisionAt1);
      expect(goodness.averagePrecisionAtR[i]).toBeCloseTo(averagePrecision, 6);
      expect(goodness.reciprocalRank[i]).toBeCloseTo(reciprocal, 6);
    });
    const mean = expected.reduce((sum, e) => sum + (e.averagePrecision + e.reciprocal) / 2 / expected.length, 0);
    expect(scoreOf(goodness)).toBeCloseTo(mean, 6);
  });

  test("leaves out queries without a reference of their class", () => {
    const query = randomMatrix(3, 4, 1);
    const task = {
      query,
      queryLabels: ["a", "b", "z"],
      reference: randomMatrix(4, 4, 2),
      referenceLabels: ["a", "a", "b", "b"],
    };
    expect([...goodnessOf(task).rows]).toEqual([0, 1]);
  });
});

describe("gainOf", () => {
  const goodness = (values: number[]): QueryScores => {
    const all = Float64Array.from(values);
    return { rows: Int32Array.from(values.keys()), precisionAt1: all, averagePrecisionAtR: all, reciprocalRank: all };
  };

  test("is exactly nothing, without doubt, between two that are the same", () => {
    const same = goodness([0, 1, 1, 0, 1]);
    expect(gainOf(same, same, ["a", "a", "b", "b", "b"], 0).score).toEqual({ value: 0, low: 0, high: 0 });
  });

  test("is certain where every query gains the same", () => {
    const gain = gainOf(goodness([0, 0.25, 0.5]), goodness([0.25, 0.5, 0.75]), ["a", "b", "c"], 0);
    expect(gain.score).toEqual({ value: 0.25, low: 0.25, high: 0.25 });
  });

  test("draws classes, not queries: a gain of one class alone is in doubt however many queries it has", () => {
    const [before, after, labels]: [number[], number[], string[]] = [[], [], []];
    for (let c = 0; c < 10; c++)
      for (let q = 0; q < 100; q++) {
        before.push(0);
        after.push(c === 0 ? 1 : 0);
        labels.push(`c${c}`);
      }
    const { score } = gainOf(goodness(before), goodness(after), labels, 0);
    expect(score.value).toBeCloseTo(0.1, 12);
    expect(score.low).toBe(0);
  });

  test("covers a gain of zero in about 95 of 100 draws", { tags: ["long"] }, () => {
    const random = new Random(5);
    let covered = 0;
    const trials = 400;
    for (let t = 0; t < trials; t++) {
      const labels = Array.from({ length: 200 }, (_, i) => `c${i % 50}`);
      const ofClass = Array.from({ length: 50 }, () => random.normal());
      const after = labels.map((_, i) => ofClass[i % 50] + random.normal());
      const { low, high } = gainOf(goodness(labels.map(() => 0)), goodness(after), labels, t).score;
      if (low <= 0 && high >= 0) covered++;
    }
    // 0.945 is what 50 classes give; 4 standard deviations of 400 trials
    expect(Math.abs(covered / trials - 0.94)).toBeLessThan(4 * Math.sqrt((0.94 * 0.06) / trials));
  });
});

describe("areAlike", () => {
  const labels = Array.from({ length: 400 }, (_, i) => i % 40);
  const goodness = (score: (i: number) => number): QueryScores => {
    const scores = Float64Array.from(labels, (_, i) => score(i));
    return { rows: Int32Array.from(labels.keys()), precisionAt1: scores, averagePrecisionAtR: scores, reciprocalRank: scores }; // prettier-ignore
  };

  test("tells apart what differs by more than the standard error over classes", () => {
    const flat = goodness(() => 0.5);
    // classes differ by +-0.1: the mean of 40 has a standard error of about 0.0158
    const shifted = (by: number): QueryScores => goodness((i) => 0.5 + by + (labels[i] % 2 === 0 ? 0.1 : -0.1));
    expect(areAlike(shifted(0.015), flat, labels)).toBe(true);
    expect(areAlike(shifted(0.017), flat, labels)).toBe(false);
    expect(areAlike(flat, shifted(0.017), labels)).toBe(false);
    expect(areAlike(shifted(-0.017), flat, labels)).toBe(false);
  });

  test("takes queries of one class for one draw", () => {
    const flat = goodness(() => 0.5);
    // the same spread from query to query within each class, which evens out
    const within = goodness((i) => 0.507 + (Math.floor(i / 40) % 2 === 0 ? 0.1 : -0.1));
    expect(areAlike(within, flat, labels)).toBe(false);
    expect(areAlike(flat, flat, labels)).toBe(true);
  });
});
