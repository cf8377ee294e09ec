import { describe, expect, test } from "vitest";
import { applyMap } from "../../../src/evaluation/projection/linearMap.ts";
import { ClosedForms, mapTitle, type MapRecipe } from "../../../src/training/search/closedForms.ts";
import { blobs } from "../fixtures.ts";

const { inputs, labels } = blobs(6, 10, 5, 1);

describe("ClosedForms", () => {
  test("computes a map once, however many heads begin as it", () => {
    const forms = new ClosedForms(inputs, labels);
    const recipe: MapRecipe = { form: "discriminants", size: 3, shrinkage: 0.3 };
    expect(forms.map({ ...recipe })).toBe(forms.map(recipe));
    expect(forms.map({ ...recipe, size: 2 })).not.toBe(forms.map(recipe));
  });

  test("brings columns to mean 0 and variance 1 with form standard", () => {
    const y = applyMap(new ClosedForms(inputs, labels).map({ form: "standard" }), inputs);
    for (let j = 0; j < 5; j++) {
      const column = Array.from({ length: y.rows }, (_, i) => y.data[i * 5 + j]);
      expect(column.reduce((sum, v) => sum + v, 0) / y.rows).toBeCloseTo(0, 5);
      expect(column.reduce((sum, v) => sum + v * v, 0) / y.rows).toBeCloseTo(1, 4);
    }
  });

  test("gives fewer principal components out of more, the same ones", () => {
    const forms = new ClosedForms(inputs, labels);
    const [four, two] = [4, 2].map((size) => forms.map({ form: "principal", size }).weights);
    for (let j = 0; j < 5; j++) for (let c = 0; c < 2; c++) expect(two.data[2 * j + c]).toBe(four.data[4 * j + c]);
  });

  test("are called by what they do", () => {
    expect(mapTitle({ form: "whitening", power: 0.25, shrinkage: 0.3 })).toBe("whitening (power 0.25, shrinkage 0.3)");
  });
});
