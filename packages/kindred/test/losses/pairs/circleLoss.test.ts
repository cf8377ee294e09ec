import { describe, expect, it } from "vitest";
import { CircleLoss, CosineSimilarity, LpDistance, SumReducer, type CircleLossOptions } from "../../../src/index.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract, scene } from "../../support/lossContract.ts";
import { fromRows, itemsOfAnchors, numericSlope, plainDistances, type Rows, type Valued } from "../../support/plain.ts";

const m = 0.3;
const gamma = 6;
const distance = new CosineSimilarity();

const pull = (s: number): number => Math.max(0, 1 + m - s);
const push = (s: number): number => Math.max(0, s + m);

/** log(1 + sum_p e^(-gamma a_p (s_p - 1 + m)) sum_n e^(gamma b_n (s_n - m))) with given weights a and b. */
function circle(
  mine: readonly Valued[],
  others: readonly Valued[],
  a: (k: number) => number,
  b: (k: number) => number,
): number {
  if (mine.length === 0 || others.length === 0) return 0;
  const positive = mine.reduce((sum, { value }, k) => sum + Math.exp(-gamma * a(k) * (value - 1 + m)), 0);
  const negative = others.reduce((sum, { value }, k) => sum + Math.exp(gamma * b(k) * (value - m)), 0);
  return Math.log(1 + positive * negative);
}

/** The largest difference as a share of the largest slope. */
function worstShare(actual: Float32Array, expected: Rows): number {
  const flat = expected.flat();
  const worst = flat.reduce((max, slope, k) => Math.max(max, Math.abs(slope - actual[k])), 0);
  return worst / Math.max(...flat.map(Math.abs));
}

describeLossContract("CircleLoss", {
  make: (options) => new CircleLoss({ m, gamma, ...(options as CircleLossOptions) }),
  distances: [distance, new CosineSimilarity({ power: 3 })],
  hasTrueSlope: false,
  twin: ({ distances, positives, negatives }) => ({
    loss: {
      kind: "element",
      items: itemsOfAnchors(distances, positives, negatives, (mine, others) =>
        circle(
          mine,
          others,
          (k) => pull(mine[k].value),
          (k) => push(others[k].value),
        ),
      ),
    },
  }),
});

describeHostileInputs("CircleLoss", (options) => new CircleLoss(options as CircleLossOptions));

describe("CircleLoss", () => {
  it("takes its weights as constants in the slope, with and without a reference", () => {
    for (const m of [null, 9]) {
      const { rows, labels, reference, referenceLabels } = scene({ n: 8, d: 4, seed: 21, m });
      const others = referenceLabels ?? labels;
      const split = (matrix: Rows, a: number, isMine: boolean): Valued[] =>
        others
          .map((_, other) => ({ other, value: matrix[a][other] }))
          .filter(({ other }) => (others[other] === labels[a]) === isMine && (reference !== null || other !== a));
      const frozen = plainDistances(distance, rows, reference ?? rows);
      const value = (query: Rows, reference: Rows): number =>
        plainDistances(distance, query, reference).reduce((sum, _, a, matrix) => {
          const [mine, theirs] = [split(matrix, a, true), split(matrix, a, false)];
          const a_ = split(frozen, a, true).map(({ value }) => pull(value));
          const b_ = split(frozen, a, false).map(({ value }) => push(value));
          const item = circle(
            mine,
            theirs,
            (k) => a_[k],
            (k) => b_[k],
          );
          return sum + item;
        }, 0);
      const loss = new CircleLoss({ m: 0.3, gamma, reducer: new SumReducer() });
      const { gradients } = loss.evaluate(fromRows(rows), labels, {
        ...(reference && { reference: fromRows(reference), referenceLabels: referenceLabels! }),
      });
      const expected = numericSlope(rows, (moved) => value(moved, reference ?? moved));
      expect(worstShare(gradients.embeddings.data, expected)).toBeLessThan(5e-4);
      if (reference === null) continue;
      const expectedReference = numericSlope(reference, (moved) => value(rows, moved));
      expect(worstShare(gradients.reference!.data, expectedReference)).toBeLessThan(5e-4);
    }
  });

  it("leaves pairs beyond their optimum without a slope", () => {
    // the negative at similarity -1 is below -m, the positives at 1 are not above 1 + m
    const loss = new CircleLoss({ m: 0.25, gamma: 1, reducer: new SumReducer() });
    const { value } = loss.evaluate(
      [
        [1, 0],
        [1, 0],
        [-1, 0],
      ],
      [0, 0, 1],
    );
    // two anchors: positive exponent -1.25 x 0.25 at the weight |1.25 - 1| = 0.25, negative exponent 0
    expect(value).toBeCloseTo(2 * Math.log1p(Math.exp(-0.25 * 0.25)), 5);
  });

  it("refuses other distances and a gamma of 0", () => {
    expect(() => new CircleLoss({ distance: new LpDistance() as never })).toThrow(
      new TypeError("CircleLoss works on CosineSimilarity alone, given LpDistance; leave the distance out"),
    );
    expect(() => new CircleLoss({ gamma: 0 })).toThrow(RangeError);
  });
});
