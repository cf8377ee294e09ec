import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DoNothingReducer,
  LpDistance,
  SumReducer,
  ThresholdConsistentMarginLoss,
  type ThresholdConsistentMarginLossOptions,
} from "../../../src/index.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract, scene } from "../../support/lossContract.ts";
import { fromRows } from "../../support/plain.ts";
import { expectTrueAcrossTiles } from "../../support/tiles.ts";

const given = { lambdaPlus: 0.7, lambdaMinus: 1.3, marginPlus: 0.6, marginMinus: 0.2 };
const mean = (values: number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, x) => sum + x, 0) / values.length;

describeLossContract("ThresholdConsistentMarginLoss", {
  make: (options) =>
    new ThresholdConsistentMarginLoss({ ...given, ...options } as ThresholdConsistentMarginLossOptions),
  distances: [new CosineSimilarity()],
  reducers: [new SumReducer()],
  twin: ({ distances, positives, negatives }) => {
    const low = positives.map(([a, p]) => distances[a][p]).filter((s) => s <= 0.6);
    const high = negatives.map(([a, n]) => distances[a][n]).filter((s) => s >= 0.2);
    const loss = 0.7 * mean(low.map((s) => 0.6 - s)) + 1.3 * mean(high.map((s) => s - 0.2));
    return { loss: { kind: "already_reduced", items: [{ anchor: 0, loss }] } };
  },
});

describeHostileInputs(
  "ThresholdConsistentMarginLoss",
  (options) => new ThresholdConsistentMarginLoss(options as ThresholdConsistentMarginLossOptions),
);

describe("ThresholdConsistentMarginLoss", () => {
  const rows = [
    [1, 0],
    [0.6, 0.8],
    [0.8, 0.6],
    [0, 1],
  ];

  it("counts pairs in its report, active ones beyond their margin", () => {
    const { value, report } = new ThresholdConsistentMarginLoss().evaluate(rows, [0, 0, 1, 1]);
    // positives: 0.6 twice for both classes; negatives: (0, 2) at 0.8, (0, 3) at 0, (1, 2) at 0.96, (1, 3) at 0.8, each twice
    expect(value).toBeCloseTo(0.3 + (0.3 + 0.46 + 0.3) / 3, 6);
    expect([report.items, report.activeItems]).toEqual([12, 10]);
  });

  it("counts a pair exactly at its margin for the mean, but not as active", () => {
    const loss = new ThresholdConsistentMarginLoss({ marginMinus: 0 });
    const three = [
      [1, 0],
      [0, 1],
      [0.6, 0.8],
    ];
    // negatives at 0, 0.6 and 0.8, each twice
    const { value, report } = loss.evaluate(three, [0, 1, 2]);
    expect(value).toBeCloseTo((0 + 0.6 + 0.8) / 3, 6);
    expect([report.items, report.activeItems]).toEqual([6, 4]);
  });

  it("is silent when no pair is hard", () => {
    const loss = new ThresholdConsistentMarginLoss({ marginPlus: -1, marginMinus: 1.1, whenSilent: "ignore" });
    const { value, report } = loss.evaluate(rows, [0, 0, 1, 1]);
    expect([value, report.status]).toEqual([0, "all-satisfied"]);
  });

  it("takes positives and negatives from the reference where there is one", () => {
    const loss = new ThresholdConsistentMarginLoss({ marginPlus: 1, marginMinus: 0 });
    const reference = [
      [0, 1],
      [0.6, 0.8],
    ];
    const { value } = loss.evaluate([[1, 0]], [0], { reference, referenceLabels: [0, 1] });
    expect(value).toBeCloseTo(1 - 0 + 0.6, 6);
  });

  it("hands its value out to a DoNothingReducer, and none of its slopes", () => {
    const { rows: given, labels, reference, referenceLabels } = scene({ n: 8, d: 4, m: 6, seed: 5 });
    const options = { reference: fromRows(reference!), referenceLabels: referenceLabels! };
    const expected = new ThresholdConsistentMarginLoss().evaluate(fromRows(given), labels, options).value;
    const loss = new ThresholdConsistentMarginLoss({ reducer: new DoNothingReducer() });
    const { value, gradients, subLosses } = loss.evaluate(fromRows(given), labels, options);
    expect(subLosses).toEqual({
      loss: { losses: Float64Array.of(expected), indices: null, reductionType: "already_reduced" },
    });
    expect(value).toBe(0);
    expect([...gradients.embeddings.data, ...gradients.reference!.data].every((slope) => slope === 0)).toBe(true);
  });

  it("is true to its equation when the batch takes several tiles", { tags: ["long"] }, () => {
    // margins that no pair leaves: among millions of pairs some cross a margin with every step, and the means jump
    const all = { lambdaPlus: 0.7, lambdaMinus: 1.3, marginPlus: 2, marginMinus: -2 };
    expectTrueAcrossTiles(new ThresholdConsistentMarginLoss(all), (similarity, labels) => {
      const [counts, totals] = [
        [0, 0],
        [0, 0],
      ];
      for (let i = 0; i < labels.length; i++) {
        for (let j = 0; j < labels.length; j++) {
          const kind = labels[i] === labels[j] ? 0 : 1;
          if (i === j) continue;
          counts[kind]++;
          totals[kind] += kind === 0 ? 2 - similarity(i, j) : similarity(i, j) + 2;
        }
      }
      return (0.7 * totals[0]) / counts[0] + (1.3 * totals[1]) / counts[1];
    });
  });

  it("refuses other distances", () => {
    expect(() => new ThresholdConsistentMarginLoss({ distance: new LpDistance() as never })).toThrow(
      /works on CosineSimilarity alone, given LpDistance/,
    );
  });
});
