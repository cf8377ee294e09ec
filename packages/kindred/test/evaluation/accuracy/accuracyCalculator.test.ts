import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CosineSimilarity } from "../../../src/distances/cosineSimilarity.ts";
import { LpDistance } from "../../../src/distances/lpDistance.ts";
import { AccuracyCalculator, type AccuracyOptions } from "../../../src/evaluation/accuracy/accuracyCalculator.ts";
import { nearestNeighbours } from "../../../src/evaluation/neighbours/nearestNeighbours.ts";
import { rawEuclidean } from "../fixtures.ts";
import { goldenCases, gridMatrix, normalMatrix, rankedReferences, toFloat32 } from "../fixtures.ts";

type GoldenMatrix = { rows: number; cols: number; data: number[] };
interface GoldenCase {
  id: string;
  quirk?: string;
  options: Record<string, unknown>;
  distance: { class: string; options: Record<string, unknown> };
  query: GoldenMatrix;
  queryLabels: number[];
  reference?: GoldenMatrix;
  referenceLabels?: number[];
  refIncludesQuery?: boolean;
  clusterLabels?: number[];
  expected: { error: true } | { error?: undefined; metrics: Record<string, number | number[]> };
}

const distances = { LpDistance, CosineSimilarity };

function runGolden(c: GoldenCase) {
  const { callInclude, callExclude, ...options } = c.options;
  const Distance = distances[c.distance.class as keyof typeof distances];
  const calculator = new AccuracyCalculator({
    ...(options as Partial<AccuracyOptions<number>>),
    distance: new Distance(c.distance.options),
  });
  return calculator.getAccuracy({
    query: toFloat32(c.query),
    queryLabels: c.queryLabels,
    reference: c.reference && toFloat32(c.reference),
    referenceLabels: c.referenceLabels,
    refIncludesQuery: c.refIncludesQuery,
    clusterLabels: c.clusterLabels,
    include: callInclude as AccuracyOptions["include"],
    exclude: callExclude as AccuracyOptions["include"],
  });
}

function expectNear(value: number | undefined, expected: number) {
  if (Number.isNaN(expected)) expect(value).toBeNaN();
  else expect(value).toBeCloseTo(expected, 7);
}

describe("AccuracyCalculator gives PML's numbers", () => {
  const cases = goldenCases<GoldenCase>("evaluation/AccuracyCalculator").filter((c) => c.quirk === undefined);
  test.each(cases.map((c) => [c.id, c] as const))("%s", (_, c) => {
    const { expected } = c;
    if (expected.error === true) {
      expect(() => runGolden(c)).toThrow();
      return;
    }
    const result = runGolden(c);
    expect(Object.keys(result.metrics).sort()).toEqual(Object.keys(expected.metrics).sort());
    for (const [name, value] of Object.entries(expected.metrics)) {
      const key = name as "precisionAt1";
      if (!Array.isArray(value)) expectNear(result.metrics[key], value);
      else {
        const own = result.perClass?.metrics[key] as Float64Array;
        expect(own).toHaveLength(value.length);
        value.forEach((x, k) => expectNear(own[k], x));
      }
    }
  });
});

/** Every metric of one query in the plainest code: `gains` are those of its references, the nearest first. */
function plainMetrics(gains: number[], k: number): Record<string, number> {
  const relevant = gains.filter((g) => g > 0).length;
  const seen = gains.slice(0, k);
  const hits = (depth: number) => seen.slice(0, depth).filter((g) => g > 0).length;
  const precisions = (depth: number) =>
    seen.slice(0, depth).reduce((sum, g, r) => sum + (g > 0 ? hits(r + 1) / (r + 1) : 0), 0);
  const dcg = (list: number[], depth: number) =>
    list.slice(0, depth).reduce((sum, g, r) => sum + g / Math.log2(r + 2), 0);
  const ideal = [...gains].sort((a, b) => b - a);
  const first = seen.findIndex((g) => g > 0);
  return {
    precisionAt1: hits(1),
    precisionAt3: hits(3) / 3,
    recallAt3: hits(3) / relevant,
    hitRateAt3: hits(3) > 0 ? 1 : 0,
    rPrecision: hits(relevant) / Math.min(relevant, k),
    meanAveragePrecision: precisions(k) / relevant,
    meanAveragePrecisionAtR: precisions(relevant) / relevant,
    meanReciprocalRank: first < 0 ? 0 : 1 / (first + 1),
    ndcg: dcg(seen, k) / dcg(ideal, k),
    ndcgAt3: dcg(seen, 3) / dcg(ideal, 3),
  };
}

const include = [
  "precisionAt1",
  "precisionAt3",
  "recallAt3",
  "hitRateAt3",
  "rPrecision",
  "meanAveragePrecision",
  "meanAveragePrecisionAtR",
  "meanReciprocalRank",
  "ndcg",
  "ndcgAt3",
] as const;

const labelled = (minRows = 1) =>
  gridMatrix(45, minRows).chain((query) =>
    fc.record({
      query: fc.constant(query),
      labels: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: query.rows, maxLength: query.rows }),
      k: fc.option(fc.integer({ min: 1, max: 12 }), { nil: null }),
    }),
  );

function expectTwin(
  query: ReturnType<typeof normalMatrix>,
  labels: number[],
  k: number | null,
  compare: ((a: number, b: number) => number) | null,
) {
  const calculator = new AccuracyCalculator({
    include,
    k,
    labelComparisonFn: compare,
    returnPerQuery: true,
    distance: rawEuclidean,
  });
  const { perQuery, excluded } = calculator.getAccuracy({ query, queryLabels: labels });
  const gain = compare ?? ((a: number, b: number) => (a === b ? 1 : 0));
  const rows: number[] = [];
  for (let i = 0; i < query.rows; i++) {
    const gains = rankedReferences(query, i, query, i).map((j) => gain(labels[i], labels[j]));
    if (!gains.some((g) => g > 0)) continue;
    const expected = plainMetrics(gains, Math.min(k ?? Infinity, gains.length));
    for (const name of include) expect(perQuery?.metrics[name][rows.length]).toBeCloseTo(expected[name], 10);
    rows.push(i);
  }
  expect([...(perQuery?.rows ?? [])]).toEqual(rows);
  expect(excluded).toBe(query.rows - rows.length);
}

describe("AccuracyCalculator agrees with metrics computed from whole rankings", { tags: ["long"] }, () => {
  test("for equal labels and any k", () => {
    fc.assert(fc.property(labelled(), ({ query, labels, k }) => expectTwin(query, labels, k, null)));
  });

  test("for graded labels", () => {
    const compare = (a: number, b: number) => Math.max(0, 2 - Math.abs(a - b));
    fc.assert(fc.property(labelled(), ({ query, labels, k }) => expectTwin(query, labels, k, compare)));
  });

  test("for labels that are not relevant to themselves", () => {
    const compare = (a: number, b: number) => (a + b === 6 ? 1 : 0);
    fc.assert(fc.property(labelled(), ({ query, labels, k }) => expectTwin(query, labels, k, compare)));
  });

  test("when several tiles and bands are needed", () => {
    const query = normalMatrix(1100, 3);
    const labels = Array.from({ length: 1100 }, (_, i) => (i * 7) % 37);
    const shared = { distance: rawEuclidean, returnPerQuery: true };
    const calculator = new AccuracyCalculator({ include: ["rPrecision", "ndcg"], ...shared });
    const few = new AccuracyCalculator({ include: ["rPrecision"], ...shared });
    const { perQuery } = calculator.getAccuracy({ query, queryLabels: labels });
    const byTopK = few.getAccuracy({ query, queryLabels: labels }).perQuery;
    expect(byTopK?.metrics.rPrecision).toEqual(perQuery?.metrics.rPrecision);
    for (const i of [0, 239, 240, 511, 512, 959, 960, 1099]) {
      const gains = rankedReferences(query, i, query, i).map((j) => (labels[i] === labels[j] ? 1 : 0));
      const expected = plainMetrics(gains, gains.length);
      expect(perQuery?.metrics.rPrecision[i]).toBeCloseTo(expected.rPrecision, 10);
      expect(perQuery?.metrics.ndcg[i]).toBeCloseTo(expected.ndcg, 10);
    }
  });
});

const query = normalMatrix(30, 4);
const labels = Array.from({ length: 30 }, (_, i) => i % 4);

describe("AccuracyCalculator looks at as many neighbours as are needed", () => {
  test("the largest number of relevant references for R-precision and MAP@R", () => {
    const calculator = new AccuracyCalculator({ include: ["r_precision", "mean_average_precision_at_r"] });
    expect(calculator.getAccuracy({ query, queryLabels: labels }).k).toBe(7);
  });

  test("all for the mean average precision, one for precision@1, K for precision@K", () => {
    const k = (name: "meanAveragePrecision" | "precisionAt1" | "precisionAt9") =>
      new AccuracyCalculator({ include: [name] }).getAccuracy({ query, queryLabels: labels }).k;
    expect([k("meanAveragePrecision"), k("precisionAt1"), k("precisionAt9")]).toEqual([29, 1, 9]);
  });

  test("none for clustering scores", () => {
    expect(new AccuracyCalculator({ include: ["NMI"] }).getAccuracy({ query, queryLabels: labels }).k).toBe(0);
  });

  test("and warns when it was told to look at too few", () => {
    const calculator = new AccuracyCalculator({ include: ["rPrecision", "precisionAt1"], k: 2 });
    const { warnings } = calculator.getAccuracy({ query, queryLabels: labels });
    expect(warnings).toEqual([expect.stringMatching(/k is 2, too few neighbours for rPrecision;/)]);
  });

  test("and at all there are when k is larger", () => {
    const calculator = new AccuracyCalculator({ include: ["precisionAt1"], k: 50 });
    const { k, warnings } = calculator.getAccuracy({ query, queryLabels: labels });
    expect(k).toBe(29);
    expect(warnings).toHaveLength(1);
  });
});

describe("AccuracyCalculator's result", () => {
  test("tells how many singletons were left out", () => {
    const result = new AccuracyCalculator().getAccuracy({
      query: normalMatrix(4, 2),
      queryLabels: ["a", "a", "b", "c"],
    });
    expect(result).toMatchObject({ queries: 4, references: 4, evaluated: 2, excluded: 2 });
  });

  test("has NaN and a warning when every query is a singleton", () => {
    const { metrics, evaluated, warnings } = new AccuracyCalculator({ include: ["precisionAt1"] }).getAccuracy({
      query: normalMatrix(3, 2),
      queryLabels: [1, 2, 3],
    });
    expect([metrics.precisionAt1, evaluated, warnings.length]).toEqual([NaN, 0, 1]);
  });

  test("is defined for no query at all", () => {
    const { metrics, evaluated } = new AccuracyCalculator().getAccuracy({ query: [], queryLabels: [] });
    expect([metrics.precisionAt1, metrics.NMI, evaluated]).toEqual([NaN, 1, 0]);
  });

  test("lists classes by ascending label, numbers as numbers", () => {
    const calculator = new AccuracyCalculator({ include: ["precisionAt1"], returnPerClass: true });
    const { perClass } = calculator.getAccuracy({ query: normalMatrix(6, 2), queryLabels: [10, 9, 10, 9, 100, 9] });
    expect(perClass?.labels).toEqual([9, 10]);
    expect([...(perClass?.queries ?? [])]).toEqual([3, 2]);
  });

  test("has intervals that hold the value, narrower for a lower level, the same for the same seed", () => {
    const input = { query: normalMatrix(200, 3), queryLabels: Array.from({ length: 200 }, (_, i) => i % 2) };
    const run = (level: number) =>
      new AccuracyCalculator({ include: ["rPrecision"], bootstrap: { level, resamples: 400 }, seed: 5 }).getAccuracy(
        input,
      );
    const { metrics, intervals } = run(0.95);
    const wide = intervals?.rPrecision as { low: number; high: number };
    const narrow = run(0.5).intervals?.rPrecision as { low: number; high: number };
    expect(wide.low).toBeLessThan(metrics.rPrecision);
    expect(wide.high).toBeGreaterThan(metrics.rPrecision);
    expect(narrow.high - narrow.low).toBeLessThan(wide.high - wide.low);
    expect(run(0.95).intervals).toEqual(intervals);
  });

  test("has the recall of an index, and the metrics of what the index finds", () => {
    const lossy = new AccuracyCalculator({
      include: ["precisionAt1"],
      knnFunc: (reference) => ({
        size: reference.rows,
        search: (q, k) => {
          const found = nearestNeighbours(q, reference, k);
          return { ...found, indices: found.indices.map((id) => (id + 1) % reference.rows) };
        },
      }),
    }).getAccuracy({ query, queryLabels: labels });
    const exact = new AccuracyCalculator({
      include: ["precisionAt1"],
      knnFunc: (reference) => ({ size: reference.rows, search: (q, k) => nearestNeighbours(q, reference, k) }),
    }).getAccuracy({ query, queryLabels: labels });
    expect(exact.indexRecall).toBe(1);
    expect(lossy.indexRecall).toBeLessThan(0.5);
    expect(exact.metrics).toEqual(
      new AccuracyCalculator({ include: ["precisionAt1"] }).getAccuracy({ query, queryLabels: labels }).metrics,
    );
    expect(lossy.metrics).not.toEqual(exact.metrics);
  });

  test.each([
    ["a few neighbours", "precisionAt1"],
    ["whole rankings", "meanAveragePrecision"],
  ] as const)("is told of while %s are looked for", (_, name) => {
    const told: number[] = [];
    const n = 600;
    const rows = { query: normalMatrix(n, 2), queryLabels: Array.from({ length: n }, (_, i) => i % 3) };
    const onProgress = (done: number, total: number): void => {
      told.push(done);
      expect(total).toBe(n);
    };
    const watched = new AccuracyCalculator({ include: [name], onProgress }).getAccuracy(rows);
    expect(watched).toEqual(new AccuracyCalculator({ include: [name] }).getAccuracy(rows));
    expect(told.length).toBeGreaterThan(2);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(n);
  });

  test("computes the reciprocal rank alone, and keeps apart labels that float32 would merge", () => {
    const { metrics, excluded } = new AccuracyCalculator({
      include: ["mean_reciprocal_rank"],
      distance: rawEuclidean,
    }).getAccuracy({
      query: [[0], [1], [2], [3]],
      queryLabels: [16777216, 16777216, 16777217, 16777217],
    });
    expect(metrics.meanReciprocalRank).toBe((1 + 1 + 1 / 2 + 1) / 4);
    expect(excluded).toBe(0);
  });

  test("accepts labels of several classes with a comparison of its own", () => {
    const calculator = new AccuracyCalculator({
      include: ["precisionAt1", "rPrecision"],
      distance: rawEuclidean,
      labelComparisonFn: (a: string[], b: string[]) => a.some((label) => b.includes(label)),
    });
    const result = calculator.getAccuracy({
      query: [[0], [1], [5]],
      queryLabels: [["red", "round"], ["round"], ["blue"]],
    });
    expect(result).toMatchObject({ metrics: { precisionAt1: 1, rPrecision: 1 }, excluded: 1 });
  });
});

describe("AccuracyCalculator refuses", () => {
  const run = (input: object) => () =>
    new AccuracyCalculator().getAccuracy({ query: [[0], [1]], queryLabels: [1, 1], ...input });

  test.each([
    ["labels of another number", { queryLabels: [1] }, /queryLabels has 1 entries for 2 embeddings/],
    ["NaN embeddings, naming the row", { query: [[0], [NaN]] }, /NaN at row 1, column 0/],
    [
      "a reference of other width",
      { reference: [[1, 2]], referenceLabels: [1] },
      /reference has 2 columns and query 1/,
    ],
    ["a reference without labels", { reference: [[1]] }, /referenceLabels is undefined/],
    ["labels of a reference that is not there", { referenceLabels: [1] }, /without a reference/],
    [
      "a reference that does not begin with the queries",
      { reference: [[5], [1]], referenceLabels: [1, 1], refIncludesQuery: true },
      /row 0 of reference is not that of query/,
    ],
    ["clusters of another number", { clusterLabels: [1] }, /clusterLabels has 1 entries for 2 queries/],
  ])("%s", (_, input, message) => expect(run(input)).toThrow(message));

  test.each([
    ["an unknown metric", { include: ["recall"] }, /unknown metric "recall"/],
    ["averages over classes together with each class", { avgOfAvgs: true, returnPerClass: true }, /both true/],
    ["k = 0", { k: 0 }, /k .* is 0/],
    ["an unknown option", { averageOfAverages: true }, /no option/],
    ["clustering with a comparison", { include: ["NMI"], labelComparisonFn: () => true }, /NMI need classes/],
  ])("%s", (_, options, message) => expect(() => new AccuracyCalculator(options as object)).toThrow(message));

  test("a comparison that gives a negative number", () => {
    const calculator = new AccuracyCalculator({ labelComparisonFn: () => -1 });
    expect(() => calculator.getAccuracy({ query: [[0], [1]], queryLabels: [1, 1] })).toThrow(
      /labelComparisonFn gave -1/,
    );
  });
});
