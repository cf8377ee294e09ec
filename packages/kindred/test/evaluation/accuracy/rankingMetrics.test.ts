import { describe, expect, test } from "vitest";
import type { Hits } from "../../../src/evaluation/accuracy/hits.ts";
import type { MetricName } from "../../../src/evaluation/accuracy/metricNames.ts";
import { neededDepth, queryMetric } from "../../../src/evaluation/accuracy/rankingMetrics.ts";

/** A query with R relevant references, of which those at the ranks are among the k nearest. */
function hits(ranks: number[], relevant: number, k: number): Hits {
  return {
    count: ranks.length,
    ranks: Int32Array.from(ranks),
    gains: new Float64Array(ranks.length).fill(1),
    relevant,
    idealGains: undefined,
    k,
    nearest: -1,
  };
}

describe("queryMetric", () => {
  // 4 relevant references, at ranks 1, 3, 4 and 8 of 10: each figure by hand from its equation
  const ten = hits([1, 3, 4, 8], 4, 10);
  test.each<[MetricName, number]>([
    ["precisionAt1", 1],
    ["precisionAt5", 3 / 5],
    ["precisionAt20", 4 / 20],
    ["recallAt3", 2 / 4],
    ["hitRateAt2", 1],
    ["rPrecision", 3 / 4],
    ["meanAveragePrecision", (1 + 2 / 3 + 3 / 4 + 4 / 8) / 4],
    ["meanAveragePrecisionAtR", (1 + 2 / 3 + 3 / 4) / 4],
    ["meanReciprocalRank", 1],
    ["ndcgAt3", (1 + 1 / 2) / (1 + 1 / Math.log2(3) + 1 / 2)],
    ["ndcg", (1 + 1 / 2 + 1 / Math.log2(5) + 1 / Math.log2(9)) / (1 + 1 / Math.log2(3) + 1 / 2 + 1 / Math.log2(5))],
  ])("%s of a worked example", (name, expected) => {
    expect(queryMetric(name)(ten)).toBeCloseTo(expected, 12);
  });

  test("the same precision@1 and R-precision may hide an order that MAP@R tells", () => {
    // "A Metric Learning Reality Check", section 4: with R = 10 the order of the hits matters to MAP@R alone
    const early = hits([1, 2, 3, 4, 5], 10, 10);
    const late = hits([1, 7, 8, 9, 10], 10, 10);
    for (const name of ["precisionAt1", "rPrecision"] as const)
      expect(queryMetric(name)(early)).toBe(queryMetric(name)(late));
    expect(queryMetric("meanAveragePrecisionAtR")(early)).toBeCloseTo(0.5, 12);
    expect(queryMetric("meanAveragePrecisionAtR")(late)).toBeCloseTo((1 + 2 / 7 + 3 / 8 + 4 / 9 + 5 / 10) / 10, 12);
  });

  test("a query without a hit among those looked at has 0 of everything", () => {
    const none = hits([], 3, 2);
    const names: MetricName[] = ["precisionAt2", "recallAt2", "hitRateAt2", "rPrecision", "meanAveragePrecision"];
    for (const name of [...names, "meanAveragePrecisionAtR", "meanReciprocalRank", "ndcg", "ndcgAt2"] as const)
      expect(queryMetric(name)(none), name).toBe(0);
  });

  test("graded gains are divided by the best order of all that is relevant", () => {
    const graded = { ...hits([1, 2], 3, 2), gains: Float64Array.of(1, 3), idealGains: Float64Array.of(3, 2, 1) };
    expect(queryMetric("ndcg")(graded)).toBeCloseTo((1 + 3 / Math.log2(3)) / (3 + 2 / Math.log2(3)), 12);
    expect(queryMetric("ndcgAt1")(graded)).toBeCloseTo(1 / 3, 12);
  });
});

test.each<[MetricName, number]>([
  ["precisionAt7", 7],
  ["recallAt7", 7],
  ["rPrecision", 12],
  ["meanAveragePrecisionAtR", 12],
  ["meanAveragePrecision", 40],
  ["meanReciprocalRank", 40],
  ["ndcg", 40],
])("%s needs %i of 40 neighbours where a query has at most 12 relevant ones", (name, depth) => {
  expect(neededDepth(name, 12, 40)).toBe(depth);
});
