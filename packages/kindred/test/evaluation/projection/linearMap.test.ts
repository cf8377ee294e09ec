import { describe, expect, test } from "vitest";
import { applyMap, identityMap } from "../../../src/evaluation/projection/linearMap.ts";
import { normalMatrix } from "../fixtures.ts";

describe("applyMap", () => {
  test("is (x - mean) W, row by row", () => {
    const x = normalMatrix(4, 3);
    const weights = normalMatrix(3, 2, 5);
    const mean = Float64Array.of(1, -2, 0.5);
    const y = applyMap({ mean, weights }, x);
    for (let i = 0; i < 4; i++)
      for (let c = 0; c < 2; c++) {
        let sum = 0;
        for (let j = 0; j < 3; j++) sum += (x.data[i * 3 + j] - mean[j]) * weights.data[j * 2 + c];
        expect(y.data[i * 2 + c]).toBeCloseTo(sum, 5);
      }
  });

  test("refuses rows of other width", () => {
    expect(() => applyMap(identityMap(3), normalMatrix(2, 4))).toThrow("rows has 4 columns; the map was found for 3");
  });
});

describe("identityMap", () => {
  test("leaves rows as they are", () => {
    const x = normalMatrix(5, 4);
    expect(applyMap(identityMap(4), x)).toEqual(x);
  });

  test("refuses a size that is no whole number", () => {
    expect(() => identityMap(0)).toThrow("size is 0");
  });
});
