import { describe, expect, test } from "vitest";
import { chooseMetrics, parseAtK } from "../../../src/evaluation/accuracy/metricNames.ts";

describe("chooseMetrics", () => {
  test("knows metrics in camelCase and as PML writes them", () => {
    const names = [
      "precision_at_1",
      "meanAveragePrecisionAtR",
      "mean_average_precision_at_r",
      "recall_at_10",
      "hitRateAt2",
      "AMI",
    ];
    expect(chooseMetrics(names, [])).toEqual([
      "precisionAt1",
      "meanAveragePrecisionAtR",
      "recallAt10",
      "hitRateAt2",
      "AMI",
    ]);
  });

  test("gives PML's seven when none is asked for, without those excluded", () => {
    expect(chooseMetrics([], [])).toHaveLength(7);
    expect(chooseMetrics([], ["NMI", "AMI", "r_precision"])).toEqual([
      "meanAveragePrecision",
      "meanAveragePrecisionAtR",
      "meanReciprocalRank",
      "precisionAt1",
    ]);
  });

  test.each(["recall", "precisionAt0", "precision_at_", "precisionAt1.5", "nmi", "constructor"])(
    "refuses %s",
    (name) => {
      expect(() => chooseMetrics([name], [])).toThrow(/unknown metric/);
      expect(() => chooseMetrics([], [name])).toThrow(/exclude names/);
    },
  );

  test("refuses what is no list of names", () => {
    expect(() => chooseMetrics("NMI" as unknown as string[], [])).toThrow(TypeError);
    expect(() => chooseMetrics([1 as unknown as string], [])).toThrow(TypeError);
  });
});

describe("parseAtK", () => {
  test("takes kind and number apart", () => {
    expect(parseAtK("ndcgAt100")).toEqual({ kind: "ndcgAt", k: 100 });
    expect(parseAtK("meanAveragePrecisionAtR")).toBeUndefined();
  });
});
