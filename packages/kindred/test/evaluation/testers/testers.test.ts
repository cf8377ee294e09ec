import { describe, expect, test, vi } from "vitest";
import { AccuracyCalculator } from "../../../src/evaluation/accuracy/accuracyCalculator.ts";
import { toUnitRows } from "../../../src/evaluation/inference/embedder.ts";
import type { Picture } from "../../../src/evaluation/testers/baseTester.ts";
import { GlobalEmbeddingSpaceTester } from "../../../src/evaluation/testers/globalEmbeddingSpaceTester.ts";
import { GlobalTwoStreamEmbeddingSpaceTester } from "../../../src/evaluation/testers/globalTwoStreamEmbeddingSpaceTester.ts";
import { WithSameParentLabelTester } from "../../../src/evaluation/testers/withSameParentLabelTester.ts";
import { type Matrix, takeRows } from "../../../src/matrix/matrix.ts";
import { normalMatrix, rawEuclidean } from "../fixtures.ts";

const accuracyCalculator = new AccuracyCalculator({ include: ["precisionAt1", "rPrecision"] });
const fine = (rows: number) => Array.from({ length: rows }, (_, i) => i % 4);
const coarse = (rows: number) => fine(rows).map((label) => (label < 2 ? "low" : "high"));
const train = { inputs: normalMatrix(40, 3, 1), labels: fine(40) };
const val = { inputs: normalMatrix(24, 3, 2), labels: fine(24) };

function below(a: Matrix, b: Matrix): Matrix {
  return { data: Float32Array.from([...a.data, ...b.data]), rows: a.rows + b.rows, cols: a.cols };
}

describe("GlobalEmbeddingSpaceTester", () => {
  test("evaluates each split among itself, on unit embeddings", () => {
    const results = new GlobalEmbeddingSpaceTester({ accuracyCalculator }).test({ splits: { train, val } });
    for (const [name, split] of Object.entries({ train, val })) {
      const direct = accuracyCalculator.getAccuracy({ query: toUnitRows(split.inputs), queryLabels: split.labels });
      expect(results[name].levels[0].metrics).toEqual(direct.metrics);
      expect(results[name].average).toEqual(direct.metrics);
    }
  });

  test("evaluates any query among any references, itself counted once and first", () => {
    const tester = new GlobalEmbeddingSpaceTester({ accuracyCalculator, normalizeEmbeddings: false });
    const results = tester.test({
      splits: { train, val },
      splitsToEvaluate: [
        ["val", ["train", "val"]],
        ["train", ["val"]],
      ],
    });
    const both = { reference: below(val.inputs, train.inputs), referenceLabels: [...val.labels, ...train.labels] };
    const expected = accuracyCalculator.getAccuracy({
      query: val.inputs,
      queryLabels: val.labels,
      ...both,
      refIncludesQuery: true,
    });
    expect(results.val.average).toEqual(expected.metrics);
    const across = accuracyCalculator.getAccuracy({
      query: train.inputs,
      queryLabels: train.labels,
      reference: val.inputs,
      referenceLabels: val.labels,
    });
    expect(results.train.average).toEqual(across.metrics);
  });

  test("embeds in batches, each split once, and averages over levels", () => {
    const embed = vi.fn((x: Matrix) => ({ ...x, data: x.data.map((v) => -2 * v) }));
    const tester = new GlobalEmbeddingSpaceTester({ accuracyCalculator, labelHierarchyLevel: "all", batchSize: 16 });
    const splits = { train: { inputs: train.inputs, labels: [fine(40), coarse(40)] } };
    const { levels, average } = tester.test({ splits, model: { embed } }).train;
    expect(embed.mock.calls.map(([x]) => x.rows)).toEqual([16, 16, 8]);
    expect(levels.map(({ level }) => level)).toEqual([0, 1]);
    const [a, b] = levels.map(({ metrics }) => metrics.rPrecision!);
    expect(a).not.toBe(b);
    expect(average.rPrecision).toBeCloseTo((a + b) / 2, 12);
  });

  test("finds classes along the direction of largest variance with one principal component", () => {
    const noise = normalMatrix(60, 4, 5);
    const inputs = { ...noise, data: noise.data.map((v, k) => 0.01 * v + (k % 4 < 3 ? Math.floor(k / 4) % 3 : 0)) };
    const labels = Array.from({ length: 60 }, (_, i) => i % 3);
    const alongIt = new AccuracyCalculator({ include: ["precisionAt1"], distance: rawEuclidean });
    const tester = new GlobalEmbeddingSpaceTester({
      accuracyCalculator: alongIt,
      pca: 1,
      normalizeEmbeddings: false,
    });
    expect(tester.test({ splits: { all: { inputs, labels } } }).all.average.precisionAt1).toBe(1);
  });

  test("draws each split and calls the hook at the end", () => {
    const visualizerHook = vi.fn();
    const endOfTestingHook = vi.fn();
    const visualizer = (x: Matrix) =>
      takeRows(
        x,
        Array.from({ length: x.rows }, (_, i) => i),
      );
    const tester = new GlobalEmbeddingSpaceTester({ accuracyCalculator, visualizer, visualizerHook, endOfTestingHook });
    const results = tester.test({ splits: { train, val } });
    expect(
      (visualizerHook.mock.calls as [Picture][]).map(([p]) => [p.split, p.level, p.points.rows, p.labels.length]),
    ).toEqual([
      ["train", 0, 40, 40],
      ["val", 0, 24, 24],
    ]);
    expect(endOfTestingHook).toHaveBeenCalledExactlyOnceWith(results);
  });

  test("refuses unknown splits, a query named twice, labels of other number and levels that are not there", () => {
    const tester = new GlobalEmbeddingSpaceTester({ accuracyCalculator });
    const run = (splitsToEvaluate: [string, string[]][]) => () =>
      tester.test({ splits: { train, val }, splitsToEvaluate });
    expect(run([["train", ["vall"]]])).toThrow(/no split "vall"; did you mean "val"/);
    expect(run([["train", ["val"]], ["train", ["train"]]])).toThrow(/"train" twice/); // prettier-ignore
    expect(run([["train", []]])).toThrow(/no reference/);
    expect(() => tester.test({ splits: { a: { inputs: [[1]], labels: [1, 2] } } })).toThrow(/2 entries for 1 inputs/);
    const third = new GlobalEmbeddingSpaceTester({ labelHierarchyLevel: 2 });
    expect(() => third.test({ splits: { train } })).toThrow(/labelHierarchyLevel is 2/);
  });
});

describe("WithSameParentLabelTester", () => {
  const labels = [fine(40), coarse(40)];

  test("is the mean of the accuracies within each parent", () => {
    const tester = new WithSameParentLabelTester({ accuracyCalculator, normalizeEmbeddings: false });
    const { levels } = tester.test({ splits: { train: { inputs: train.inputs, labels } } }).train;
    const within = ["low", "high"].map((parent) => {
      const rows = Array.from({ length: 40 }, (_, i) => i).filter((i) => labels[1][i] === parent);
      const queryLabels = rows.map((i) => fine(40)[i]);
      return accuracyCalculator.getAccuracy({ query: takeRows(train.inputs, rows), queryLabels }).metrics.rPrecision;
    });
    expect(levels[0].metrics.rPrecision).toBeCloseTo((within[0] + within[1]) / 2, 12);
    expect(levels[0].results.map(({ parent }) => parent)).toEqual(["low", "high"]);
  });

  test("passes over a parent whose children are all singletons", () => {
    const tester = new WithSameParentLabelTester({ accuracyCalculator, normalizeEmbeddings: false });
    const { average } = tester.test({
      splits: { a: { inputs: [[0], [0.1], [5], [6]], labels: [[1, 1, 2, 3], [0, 0, 9, 9]] } }, // prettier-ignore
    }).a;
    expect(average.precisionAt1).toBe(1);
  });

  test("refuses labels without parents", () => {
    expect(() => new WithSameParentLabelTester().test({ splits: { train } })).toThrow(
      /no level to evaluate has a parent/,
    );
  });
});

describe("GlobalTwoStreamEmbeddingSpaceTester", () => {
  const others = normalMatrix(40, 3, 9);

  test("looks for the first stream's neighbours in the second", () => {
    const tester = new GlobalTwoStreamEmbeddingSpaceTester({ accuracyCalculator, normalizeEmbeddings: false });
    const { average } = tester.test({ splits: { train: { ...train, others } } }).train;
    const input = { query: train.inputs, queryLabels: train.labels, reference: others, referenceLabels: train.labels };
    expect(average).toEqual(accuracyCalculator.getAccuracy(input).metrics);
  });

  test("refuses other splits as references", () => {
    const tester = new GlobalTwoStreamEmbeddingSpaceTester({ accuracyCalculator });
    const splits = { a: { ...train, others }, b: { ...train, others } };
    expect(() => tester.test({ splits, splitsToEvaluate: [["a", ["b"]]] })).toThrow(/both streams are of one split/);
  });
});
