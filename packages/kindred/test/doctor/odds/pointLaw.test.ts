import { describe, expect, it } from "vitest";
import { binomialLaw, poissonLaw, stirlingError, type PointLaw } from "../../../src/doctor/odds/pointLaw.ts";

const chanceOf = ({ first, probabilities }: PointLaw, k: number): number => probabilities[k - first] ?? 0;

describe("binomialLaw", () => {
  it.each([
    [1, 0.3],
    [7, 0.001],
    [12, 0.5],
    [30, 0.97],
  ])("of %d trials with chance %d is that of the formula", (trials, p) => {
    const law = binomialLaw(trials, p);
    let choices = 1;
    for (let k = 0; k <= trials; k++) {
      const expected = choices * p ** k * (1 - p) ** (trials - k);
      expect(chanceOf(law, k)).toSatisfy((x: number) => Math.abs(x - expected) <= 1e-12 * expected + 1e-25);
      choices = (choices * (trials - k)) / (k + 1);
    }
  });

  it("is sure where the chance is 0 or 1", () => {
    expect(binomialLaw(9, 0)).toEqual({ first: 0, probabilities: Float64Array.of(1) });
    expect(binomialLaw(9, 1)).toEqual({ first: 9, probabilities: Float64Array.of(1) });
  });

  it("has sum 1 and its mean and variance, in ten million trials too", () => {
    for (const p of [1e-7, 0.01, 0.5, 0.999]) {
      const { first, probabilities } = binomialLaw(1e7, p);
      let [total, mean, square] = [0, 0, 0];
      probabilities.forEach((chance, k) => {
        total += chance;
        mean += chance * (first + k);
        square += chance * (first + k - 1e7 * p) ** 2;
      });
      expect(total).toBeCloseTo(1, 12);
      expect(mean / (1e7 * p)).toBeCloseTo(1, 10);
      expect(square / (1e7 * p * (1 - p))).toBeCloseTo(1, 8);
    }
  });
});

describe("poissonLaw", () => {
  it("is mean^k e^-mean / k!", () => {
    for (const mean of [1e-6, 0.7, 4, 40]) {
      const law = poissonLaw(mean);
      let expected = Math.exp(-mean);
      for (let k = 0; k < 80; k++) {
        expect(chanceOf(law, k)).toSatisfy((x: number) => Math.abs(x - expected) <= 1e-12 * expected + 1e-25);
        expected *= mean / (k + 1);
      }
    }
    expect(poissonLaw(0)).toEqual({ first: 0, probabilities: Float64Array.of(1) });
  });
});

describe("stirlingError", () => {
  it("is what Stirling's formula lacks of log n!", () => {
    let logFactorial = 0;
    for (let n = 1; n <= 170; n++) {
      logFactorial += Math.log(n);
      const stirling = 0.5 * Math.log(2 * Math.PI * n) + n * Math.log(n) - n;
      expect(stirlingError(n)).toBeCloseTo(logFactorial - stirling, 11);
    }
    expect(stirlingError(0)).toBe(0);
    // 1/(12n) - 1/(360n^3) up to 1e-15
    expect(stirlingError(1e4)).toBeCloseTo(1 / 12e4 - 1 / 360e12, 15);
  });
});
