import { describe, expect, it } from "vitest";
import { Random } from "../../../src/index.ts";
import { WeightedDraw } from "../../../src/samplers/drawing/weightedDraw.ts";
import { expectDraws } from "../../support/chiSquared.ts";

describe("WeightedDraw", () => {
  it("draws each number as often as its weight says, and none without weight", () => {
    for (const weights of [[1], [1, 1, 1], [0, 3, 0, 1, 0], [1e-3, 2, 0.5, 7, 7], [0, 0, 5]]) {
      const draw = new WeightedDraw(weights);
      const random = new Random(weights.length);
      const counts = weights.map(() => 0);
      for (let k = 0; k < 20_000; k++) counts[draw.next(random)]++;
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      expectDraws(
        counts,
        weights.map((weight) => weight / total),
      );
    }
  });

  it("stays among the numbers that have weight at both ends of the random numbers", () => {
    const at = (uniform: number): number =>
      new WeightedDraw([0, 2, 1, 0]).next({ uniform: () => uniform } as unknown as Random);
    expect([at(0), at(1 - 2 ** -53), at(1)]).toEqual([1, 2, 2]);
  });
});
