import { describe, expect, it } from "vitest";
import { classCounts, effectiveNumberWeights } from "../../../src/index.ts";

const counts = classCounts(["a", "b", "b", "c", "c", "c", "c"]);

describe("effectiveNumberWeights", () => {
  it("is 1 over the effective number, scaled to mean 1", () => {
    // the effective number is 1 + beta + beta^2 + ... of n terms
    const numbers = [1, 2, 4].map((n) => Array.from({ length: n }, (_, k) => 0.9 ** k).reduce((a, b) => a + b));
    const mean = numbers.reduce((sum, e) => sum + 1 / e, 0) / 3;
    const weights = effectiveNumberWeights(counts, 0.9);
    ["a", "b", "c"].forEach((label, c) => expect(weights.get(label)).toBeCloseTo(1 / numbers[c] / mean, 12));
  });

  it("weighs all alike with beta 0, and by inverse size as beta comes to 1", () => {
    expect([...effectiveNumberWeights(counts, 0).values()]).toEqual([1, 1, 1]);
    const weights = effectiveNumberWeights(counts, 1 - 1e-9);
    expect(weights.get("a")! / weights.get("c")!).toBeCloseTo(4, 6);
  });

  it.each([1, -0.1, NaN, Infinity])("refuses beta %d", (beta) => {
    expect(() => effectiveNumberWeights(counts, beta)).toThrow(/beta is/);
  });
});
