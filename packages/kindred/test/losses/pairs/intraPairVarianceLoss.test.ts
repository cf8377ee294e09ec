import { describe, expect, it } from "vitest";
import { AvgNonZeroReducer, IntraPairVarianceLoss, MultipleReducers, SumReducer } from "../../../src/index.ts";
import { threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { allReducers, describeLossContract } from "../../support/lossContract.ts";
import { itemsOfPairs, type Pair, type Rows } from "../../support/plain.ts";
import { expectTrueAcrossTiles } from "../../support/tiles.ts";

const mean = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const meanOf = (distances: Rows, pairs: readonly Pair[]): number => mean(pairs.map(([a, j]) => distances[a][j]));

describeLossContract("IntraPairVarianceLoss", {
  make: (options) => new IntraPairVarianceLoss({ posEps: 0.2, negEps: 0.1, ...options }),
  reducers: [
    ...allReducers,
    new MultipleReducers({ reducers: { posLoss: new SumReducer(), negLoss: new AvgNonZeroReducer() } }),
  ],
  twin: ({ distances, isInverted, positives, negatives }) => {
    const positive = meanOf(distances, positives);
    const negative = meanOf(distances, negatives);
    const far = (x: number): number => (isInverted ? 0.8 * positive - x : x - 1.2 * positive);
    const near = (x: number): number => (isInverted ? x - 1.1 * negative : 0.9 * negative - x);
    return {
      posLoss: { kind: "pos_pair", items: itemsOfPairs(positives, (a, p) => Math.max(0, far(distances[a][p])) ** 2) },
      negLoss: { kind: "neg_pair", items: itemsOfPairs(negatives, (a, n) => Math.max(0, near(distances[a][n])) ** 2) },
    };
  },
});

describeHostileInputs("IntraPairVarianceLoss", (options) => new IntraPairVarianceLoss(options));

describe("IntraPairVarianceLoss", () => {
  it("is 0 when all pairs of a kind are equally close", () => {
    const loss = new IntraPairVarianceLoss({ whenSilent: "ignore" });
    const { value, report } = loss.evaluate(
      [
        [1, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 0],
      ],
      [0, 0, 1, 1],
    );
    expect([value, report.status]).toEqual([0, "all-satisfied"]);
  });

  it("is true to its equation when the batch takes several tiles", { tags: ["long"] }, () => {
    // for positives and negatives: how many, their sum, and the sum of what reduces to the loss
    expectTrueAcrossTiles(new IntraPairVarianceLoss({ posEps: 0.3, negEps: 0.1 }), (similarity, labels) => {
      const [counts, totals, losses] = [
        [0, 0],
        [0, 0],
        [0, 0],
      ];
      const forEachPair = (visit: (kind: number, s: number) => void): void => {
        for (let i = 0; i < labels.length; i++)
          for (let j = 0; j < labels.length; j++) if (i !== j) visit(labels[i] === labels[j] ? 0 : 1, similarity(i, j));
      };
      forEachPair((kind, s) => {
        counts[kind]++;
        totals[kind] += s;
      });
      const bounds = [(0.7 * totals[0]) / counts[0], (1.1 * totals[1]) / counts[1]];
      forEachPair((kind, s) => {
        losses[kind] += Math.max(0, kind === 0 ? bounds[0] - s : s - bounds[1]) ** 2;
      });
      return losses[0] / counts[0] + losses[1] / counts[1];
    });
  });
});

it("IntraPairVarianceLoss of unit vectors can be checked by hand", () => {
  const reference = [threeRows[1], threeRows[0]];
  const given = { reference, referenceLabels: [0, 0] };
  const { value } = new IntraPairVarianceLoss({ posEps: 0 }).evaluate([threeRows[0]], [0], given);
  // positives at 0.6 and 1, their mean 0.8
  expect(value).toBeCloseTo(((0.8 - 0.6) ** 2 + 0) / 2, 5);
});
