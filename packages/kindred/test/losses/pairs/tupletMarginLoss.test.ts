import { describe, expect, it } from "vitest";
import {
  DotProductSimilarity,
  SumReducer,
  TupletMarginLoss,
  CosineSimilarity,
  type TupletMarginLossOptions,
} from "../../../src/index.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract } from "../../support/lossContract.ts";
import { itemsOfPairs } from "../../support/plain.ts";

const margin = (8 * Math.PI) / 180;
/** A sample with itself is at 1, whatever rounding says: acos would make 1e-8 of 1e-16. */
const round = (cosine: number): number => (Math.abs(cosine) > 1 - 1e-12 ? Math.sign(cosine) : cosine);

describeLossContract("TupletMarginLoss", {
  make: (options) => new TupletMarginLoss({ margin: 8, scale: 4, ...(options as TupletMarginLossOptions) }),
  distances: [new CosineSimilarity()],
  twin: ({ distances, positives, negatives }) => {
    const sums = distances.map(() => 0);
    for (const [a, n] of negatives) sums[a] += Math.exp(4 * distances[a][n]);
    return {
      loss: {
        kind: "pos_pair",
        items: itemsOfPairs(positives, (a, p) => {
          const target = Math.cos(Math.acos(round(distances[a][p])) - margin);
          return Math.log(1 + sums[a] * Math.exp(-4 * target));
        }),
      },
    };
  },
});

describeHostileInputs("TupletMarginLoss", (options) => new TupletMarginLoss(options as TupletMarginLossOptions));

describe("TupletMarginLoss", () => {
  const loss = new TupletMarginLoss({ reducer: new SumReducer(), scale: 10, margin: 30 });

  it("has a bounded slope where positives are equal or opposite", () => {
    for (const sign of [1, -1]) {
      const rows = [
        [1, 2, 3],
        [sign, 2 * sign, 3 * sign],
        [3, -1, 0.5],
      ];
      const { value, gradients } = loss.evaluate(rows, [0, 0, 1]);
      const similarity = (3 - 2 + 1.5) / Math.sqrt(14 * 10.25);
      // the angle of 0 (pi) minus the margin
      const target = sign * Math.cos(Math.PI / 6);
      const item = (s: number): number => Math.log1p(Math.exp(10 * (s - target)));
      expect(value).toBeCloseTo(item(similarity) + item(sign * similarity), 2);
      for (const slope of gradients.embeddings.data) expect(Math.abs(slope)).toBeLessThan(20);
    }
  });

  it("takes its margin in degrees", () => {
    const rows = [
      [1, 0],
      [0, 1],
      [-1, 0],
    ];
    const { value } = loss.evaluate(rows, [0, 0, 1]);
    // the positive at 90 degrees counts as one at 60; the negatives stand at 180 and 90
    expect(value).toBeCloseTo(Math.log1p(Math.exp(10 * (-1 - 0.5))) + Math.log1p(Math.exp(10 * (0 - 0.5))), 5);
  });

  it("refuses other distances", () => {
    expect(() => new TupletMarginLoss({ distance: new DotProductSimilarity() })).toThrow(
      /works on CosineSimilarity alone, given DotProductSimilarity/,
    );
  });
});
