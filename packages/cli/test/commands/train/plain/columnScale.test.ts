import { MlpModel } from "kindred";
import { describe, expect, it } from "vitest";
import { applyScale, columnScale, foldScale } from "../../../../src/commands/train/plain/columnScale.ts";

const uneven = { data: Float32Array.of(1, 1000, 5, 2, 3000, 5, 3, 2000, 5), rows: 3, cols: 3 };

describe("the scale of columns", () => {
  it("is left alone when columns are alike or the user says so", () => {
    expect(columnScale({ data: Float32Array.of(1, 2, 3, 5), rows: 2, cols: 2 }, "auto")).toBeNull();
    expect(columnScale(uneven, "none")).toBeNull();
  });

  it("brings each column to mean 0 and variance 1, and leaves a constant one finite", () => {
    const { data } = applyScale(uneven, columnScale(uneven, "standard")!);
    for (const column of [0, 1]) {
      const values = [data[column], data[3 + column], data[6 + column]];
      expect(values.reduce((a, b) => a + b)).toBeCloseTo(0, 5);
      expect(values.reduce((a, b) => a + b * b, 0) / 3).toBeCloseTo(1, 5);
    }
    expect([data[2], data[5], data[8]]).toEqual([0, 0, 0]);
  });

  it("folds into a head, which then takes columns as they are", () => {
    const model = new MlpModel({ inputSize: 3, outputSize: 2, seed: 1 });
    const scale = columnScale(uneven, "standard")!;
    const expected = model.embed(applyScale(uneven, scale)).data.slice();
    foldScale(model, scale);
    model.embed(uneven).data.forEach((value, k) => expect(value).toBeCloseTo(expected[k], 4));
  });
});
