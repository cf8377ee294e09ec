import { describe, expect, test } from "vitest";
import { classSpectrum, whitening } from "../../../src/evaluation/projection/classSpectrum.ts";
import { discriminants } from "../../../src/evaluation/projection/discriminants.ts";
import { applyMap } from "../../../src/evaluation/projection/linearMap.ts";
import { stretched, whitenedComponents } from "../../../src/evaluation/projection/whitenedComponents.ts";
import type { Matrix } from "../../../src/matrix/matrix.ts";
import { spreadClasses, withinCovariance } from "./spread.ts";

const { x, labels } = spreadClasses(12, 40, [3, 2, 1, 0.3, 0.1]);
const spectrum = classSpectrum(x, labels);

function covariance(y: Matrix): number[][] {
  return withinCovariance(
    y,
    labels.map(() => "all"),
  );
}

describe("whitenedComponents", () => {
  test.each([
    [0.5, 0],
    [0.5, 0.3],
    [0.25, 0.1],
  ])(
    "finds uncorrelated directions with power %d and shrinkage %d, and the variance along each",
    (power, shrinkage) => {
      const { mean, directions, variances } = whitenedComponents(spectrum, 5, { power, shrinkage });
      covariance(applyMap({ mean, weights: directions }, x)).forEach((row, a) =>
        row.forEach((v, b) => expect(v / variances[0]).toBeCloseTo(a === b ? variances[a] / variances[0] : 0, 4)),
      );
      expect([...variances]).toEqual([...variances].sort((a, b) => b - a));
    },
  );

  test("leaves a variance of 1 within classes after whitening in full", () => {
    const { mean, directions } = whitenedComponents(spectrum, 5, { power: 0.5, shrinkage: 0 });
    withinCovariance(applyMap({ mean, weights: directions }, x), labels).forEach((row, a) =>
      row.forEach((v, b) => expect(v).toBeCloseTo(a === b ? 1 : 0, 3)),
    );
  });

  test("begins with the discriminants, where rows are whitened in full", () => {
    const { directions } = whitenedComponents(spectrum, 2, { power: 0.5, shrinkage: 0 });
    const { weights } = discriminants(spectrum, 2, { power: 0.5, shrinkage: 0 });
    for (const c of [0, 1]) {
      const [a, b] = [directions, weights].map(({ data, cols }) => [0, 1, 2, 3, 4].map((j) => data[j * cols + c]));
      const dot = (u: readonly number[], v: readonly number[]): number => u.reduce((sum, e, j) => sum + e * v[j], 0);
      expect(Math.abs(dot(a, b)) / Math.sqrt(dot(a, a) * dot(b, b))).toBeCloseTo(1, 4);
    }
  });

  test("refuses more directions than columns", () => {
    expect(() => whitenedComponents(spectrum, 6)).toThrow("count is 6");
  });
});

describe("stretched", () => {
  test("turns whitened rows only, with all directions and no stretch", () => {
    const options = { power: 0.5, shrinkage: 0.3 };
    const [turned, whitened] = [stretched(whitenedComponents(spectrum, 5, options)), whitening(spectrum, options)].map(
      (map) => applyMap(map, x),
    );
    const cosine = ({ data }: Matrix, i: number, j: number): number => {
      const [a, b] = [i, j].map((row) => data.subarray(row * 5, row * 5 + 5));
      const dot = (u: Float32Array, v: Float32Array): number => u.reduce((sum, e, k) => sum + e * v[k], 0);
      return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    };
    for (const [i, j] of [[0, 1], [3, 200], [17, 401]]) expect(cosine(turned, i, j)).toBeCloseTo(cosine(whitened, i, j), 4); // prettier-ignore
  });

  test("keeps the first directions, the more stretched the larger their variance, at the size of an identity", () => {
    const components = whitenedComponents(spectrum, 5);
    const { variances } = components;
    const { weights } = stretched(components, { size: 3, stretch: 0.5 });
    expect([weights.rows, weights.cols]).toEqual([5, 3]);
    expect(weights.data.reduce((sum, w) => sum + w * w, 0)).toBeCloseTo(3, 4);
    const along = (c: number): number => weights.data[c] / components.directions.data[c];
    expect(along(0) / along(2)).toBeCloseTo(Math.sqrt(variances[0] / variances[2]), 4);
  });

  test("refuses what it cannot keep", () => {
    const components = whitenedComponents(spectrum, 3);
    expect(() => stretched(components, { size: 4 })).toThrow("size is 4");
    expect(() => stretched(components, { stretch: -1 })).toThrow("stretch is -1");
  });
});
