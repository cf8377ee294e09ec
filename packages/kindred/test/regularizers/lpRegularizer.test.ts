import { describe, expect, it } from "vitest";
import { LpRegularizer } from "../../src/index.ts";
import { plainNorm } from "../support/plain.ts";
import { describeRegularizer } from "../support/regularizerContract.ts";

const settings = [{}, { p: 1 }, { p: 3, power: 2 }, { p: Infinity }, { power: 0.5 }, { power: 2 }];

describeRegularizer(
  "LpRegularizer",
  settings.map((given: { p?: number; power?: number }) => ({
    title: `with p ${given.p ?? 2} and power ${given.power ?? 1}`,
    make: (options) => new LpRegularizer({ ...given, ...options }),
    twin: (x) => x.map((row) => plainNorm(row, given.p ?? 2) ** (given.power ?? 1)),
  })),
);

describe("LpRegularizer", () => {
  it("refuses p and powers that are not above 0, and options it does not have", () => {
    expect(() => new LpRegularizer({ p: 0 })).toThrow(RangeError);
    expect(() => new LpRegularizer({ power: -1 })).toThrow(RangeError);
    expect(() => new LpRegularizer({ pow: 2 } as object)).toThrow(/no option "pow"/);
  });

  it("shares the slope among the largest entries of the maximum norm", () => {
    const { gradient } = new LpRegularizer({ p: Infinity }).evaluate([[2, -2, 1, 0]]);
    expect(gradient.data).toEqual(Float32Array.of(0.5, -0.5, 0, 0));
  });
});
