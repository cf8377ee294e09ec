import { describe, expect, test } from "vitest";
import { classSpectrum, whitening } from "../../../src/evaluation/projection/classSpectrum.ts";
import { applyMap } from "../../../src/evaluation/projection/linearMap.ts";
import { spreadClasses, withinCovariance } from "./spread.ts";

const scales = [4, 2, 1, 0.5, 0.25];

describe("classSpectrum", () => {
  test("holds the eigenvectors of the covariance within classes, as its plain twin gives it", () => {
    const { x, labels } = spreadClasses(20, 15, scales);
    const { variances, vectors } = classSpectrum(x, labels);
    const twin = withinCovariance(x, labels);
    for (let c = 0; c < 5; c++) {
      const vector = vectors.subarray(c * 5, c * 5 + 5);
      twin.forEach((row, a) => {
        const image = row.reduce((sum, entry, b) => sum + entry * vector[b], 0);
        expect(image).toBeCloseTo(variances[c] * vector[a], 4);
      });
    }
    expect([...variances]).toEqual([...variances].sort((a, b) => b - a));
  });

  test("is that of many rows, whose products are summed in pieces", () => {
    const { x, labels } = spreadClasses(7, 300, [1, 1, 1]);
    const { variances } = classSpectrum(x, labels);
    const trace = withinCovariance(x, labels).reduce((sum, row, j) => sum + row[j], 0);
    expect(variances.reduce((sum, v) => sum + v, 0)).toBeCloseTo(trace, 4);
  });

  test("refuses labels that are not one a row, and classes of one row each", () => {
    const { x } = spreadClasses(2, 3, scales);
    expect(() => classSpectrum(x, ["a"])).toThrow("labels has 1 entries for 6 rows");
    expect(() => classSpectrum(x, [1, 2, 3, 4, 5, 6])).toThrow("a class of its own");
  });
});

describe("whitening", () => {
  test("makes the covariance within classes the identity, up to one factor", () => {
    const { x, labels } = spreadClasses(20, 15, scales);
    const y = applyMap(whitening(classSpectrum(x, labels), { shrinkage: 0 }), x);
    const covariance = withinCovariance(y, labels);
    const size = covariance[0][0];
    covariance.forEach((row, a) => row.forEach((v, b) => expect(v / size).toBeCloseTo(a === b ? 1 : 0, 4)));
  });

  test("goes half-way with power 1/4: standard deviations become their roots", () => {
    const { x, labels } = spreadClasses(40, 30, scales);
    const spectrum = classSpectrum(x, labels);
    const after = classSpectrum(applyMap(whitening(spectrum, { shrinkage: 0, power: 0.25 }), x), labels);
    const ratio = Math.sqrt(spectrum.variances[0] / spectrum.variances[4]);
    expect(after.variances[0] / after.variances[4]).toBeCloseTo(ratio, 3);
  });

  test.each([{ power: 0 }, { shrinkage: 1e9 }])("leaves all directions alike with %o", (options) => {
    const { x, labels } = spreadClasses(10, 5, scales);
    const { weights } = whitening(classSpectrum(x, labels), options);
    weights.data.forEach((entry, k) => expect(entry).toBeCloseTo(k % 6 === 0 ? 1 : 0, 5));
  });

  test("stays finite where a column does not vary, and where a class repeats one row", () => {
    const x = { data: Float32Array.from([1, 5, 1, 5, 2, 5, 2, 5]), rows: 4, cols: 2 };
    for (const shrinkage of [0, 0.3]) {
      const { weights } = whitening(classSpectrum(x, [0, 0, 1, 1]), { shrinkage });
      expect(weights.data.every(Number.isFinite)).toBe(true);
    }
  });

  test.each([1e-30, 1e30])("is the same map whatever the rows are measured in: %f", (size) => {
    const { x, labels } = spreadClasses(10, 8, scales);
    const { weights } = whitening(classSpectrum(x, labels));
    const scaled = whitening(classSpectrum({ ...x, data: x.data.map((v) => v * size) }, labels));
    scaled.weights.data.forEach((v, k) => expect(v).toBeCloseTo(weights.data[k], 4));
  });

  test("refuses options out of bounds", () => {
    const { x, labels } = spreadClasses(3, 4, scales);
    const spectrum = classSpectrum(x, labels);
    expect(() => whitening(spectrum, { shrinkage: -1 })).toThrow("shrinkage is -1");
    expect(() => whitening(spectrum, { power: 2 })).toThrow("power is 2");
  });
});
