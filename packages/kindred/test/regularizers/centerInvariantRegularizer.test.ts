import { describe, expect, it } from "vitest";
import { CenterInvariantRegularizer, CosineSimilarity, LpDistance } from "../../src/index.ts";
import { plainNorm } from "../support/plain.ts";
import { describeRegularizer } from "../support/regularizerContract.ts";

describeRegularizer(
  "CenterInvariantRegularizer",
  [2, 1, 3].map((p) => ({
    title: `with p ${p}`,
    make: (options) =>
      new CenterInvariantRegularizer({ distance: new LpDistance({ p, normalizeEmbeddings: false }), ...options }),
    twin: (x) => {
      const squares = x.map((row) => plainNorm(row, p) ** 2);
      const mean = squares.reduce((sum, v) => sum + v, 0) / x.length;
      return squares.map((square) => (square - mean) ** 2 / 4);
    },
  })),
);

describe("CenterInvariantRegularizer", () => {
  it("is 0 for rows of one length", () => {
    const { value, gradient } = new CenterInvariantRegularizer().evaluate([
      [3, 4],
      [-5, 0],
      [0, 5],
    ]);
    expect(value).toBe(0);
    expect(gradient.data.every((slope) => slope === 0)).toBe(true);
  });

  it("refuses a distance that normalizes, has a power, or is another", () => {
    const make = (distance: unknown): unknown => new CenterInvariantRegularizer({ distance: distance as LpDistance });
    expect(() => make(new LpDistance())).toThrow(/normalizeEmbeddings/);
    expect(() => make(new LpDistance({ normalizeEmbeddings: false, power: 2 }))).toThrow(/power/);
    expect(() => make(new CosineSimilarity())).toThrow(TypeError);
  });
});
