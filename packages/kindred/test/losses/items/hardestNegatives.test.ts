import { describe, expect, it } from "vitest";
import { pullGradients } from "../../../src/distances/distance.ts";
import { LpDistance } from "../../../src/index.ts";
import { borrow } from "../../../src/kernels/runtime.ts";
import { HardestNegatives } from "../../../src/losses/items/hardestNegatives.ts";
import { pairedDifferences } from "../../support/dynamicSoftMargin.ts";
import { fromRows, type Rows } from "../../support/plain.ts";
import { normalRows } from "../../support/twin.ts";

interface Orders {
  readonly queryOrder: Int32Array | null;
  readonly referenceOrder: Int32Array | null;
}

/** The differences, and the slopes of the sum of their squares. */
function measure(own: Rows, other: Rows, orders: Orders): { differences: number[]; slopes: number[] } {
  const [x, y] = [fromRows(own), fromRows(other)];
  return borrow((workspace) => {
    const sides = new LpDistance().compare(workspace, x, { reference: y, ...orders });
    const hardest = new HardestNegatives(sides);
    const differences: number[] = [];
    hardest.forEach((some) => differences.push(...some));
    hardest.pullBack((some) => {
      some.forEach((difference, k) => (some[k] = 2 * difference));
    });
    const { embeddings, reference } = pullGradients(hardest.sides, x, y, 1);
    return { differences, slopes: [...embeddings.data, ...reference!.data] };
  });
}

const asGiven: Orders = { queryOrder: null, referenceOrder: null };

describe("HardestNegatives", () => {
  it("gives each pair's distance less that to the nearest other on either side", () => {
    for (const [n, m] of [
      [6, 6],
      [5, 8],
      [8, 5],
      [1, 2],
    ]) {
      const [own, other] = [normalRows(n, 3, 80 + n), normalRows(m, 3, 90 + m)];
      const { differences } = measure(own, other, asGiven);
      pairedDifferences(own, other).forEach((difference, i) => {
        expect(differences[i]).toBeCloseTo(difference, 5);
      });
      expect(differences.length).toBe(Math.min(n, m));
    }
  });

  it("finds pairs by their rows, in whatever order the sides stand", () => {
    const [own, other] = [normalRows(5, 3, 71), normalRows(7, 3, 72)];
    const expected = measure(own, other, asGiven);
    const orders = {
      queryOrder: Int32Array.of(3, 0, 4, 2, 1),
      referenceOrder: Int32Array.of(6, 2, 0, 5, 1, 4, 3),
    };
    const { differences, slopes } = measure(own, other, orders);
    expected.differences.forEach((difference, i) => {
      expect(differences[i]).toBeCloseTo(difference, 6);
    });
    expected.slopes.forEach((slope, k) => {
      expect(slopes[k]).toBeCloseTo(slope, 5);
    });
    expect(expected.slopes.some((slope) => Math.abs(slope) > 0.1)).toBe(true);
  });
});
