import { describe, expect, it } from "vitest";
import { Places } from "../../../src/kernels/places.ts";
import { Run } from "../../../src/kernels/run.ts";
import { borrow } from "../../../src/kernels/runtime.ts";
import { SoftRanks, type Penalty } from "../../../src/losses/items/softRanks.ts";

/** The value for positives and negatives at some similarities, and its slope by each of them. */
function penalize(
  positives: readonly number[],
  negatives: readonly number[],
  penalty: (rank: number) => Penalty,
): [number, number[]] {
  return borrow((workspace) => {
    const row = Run.of(workspace, positives.length + negatives.length);
    row.view().set([...positives, ...negatives]);
    const [mine, others] = [new Places(), new Places()];
    mine.set(row, 0, positives.length);
    others.set(row, positives.length, row.count);
    const value = new SoftRanks(row.count, 0.25).penalize(mine, others, penalty, 3);
    return [value, [...row.view()]];
  });
}

describe("SoftRanks", () => {
  it("counts a negative far before a positive as 1, one far behind it as 0 and one beside it as a half", () => {
    const [value] = penalize([0], [40, -40, 0], (rank) => ({ loss: rank, slope: 1 }));
    expect(value).toBe(3 * 1.5);
  });

  it("pulls at positives and negatives alike, by the slope of the penalty", () => {
    const square = (rank: number): Penalty => ({ loss: rank ** 2, slope: 2 * rank });
    const [positives, negatives] = [
      [0.5, 0.25],
      [0.375, -0.5, 0.625],
    ];
    const [, slopes] = penalize(positives, negatives, square);
    const all = [...positives, ...negatives];
    const step = 2 ** -10;
    const at = (k: number, by: number): number => {
      const moved = all.map((s, i) => (i === k ? s + by : s));
      return penalize(moved.slice(0, 2), moved.slice(2), square)[0];
    };
    all.forEach((_, k) => {
      expect(slopes[k]).toBeCloseTo((at(k, step) - at(k, -step)) / (2 * step), 3);
    });
    expect(slopes.reduce((sum, slope) => sum + slope, 0)).toBeCloseTo(0, 5);
  });
});
