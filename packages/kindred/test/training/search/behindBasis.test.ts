import { describe, expect, it } from "vitest";
import { identityMap } from "../../../src/evaluation/projection/linearMap.ts";
import { MlpModel, ProjectionHead, Random, type Matrix } from "../../../src/index.ts";
import { multiply } from "../../../src/training/matrixProduct.ts";
import { behindBasis } from "../../../src/training/search/behindBasis.ts";
import type { HeadModel } from "../../../src/training/search/headRecipe.ts";

const random = new Random(1);
const drawn = (rows: number, cols: number): Matrix => ({
  data: Float32Array.from({ length: rows * cols }, () => random.normal()),
  rows,
  cols,
});
const basis = drawn(7, 4);
const rows = drawn(5, 7);

describe("a head behind a basis", () => {
  it.each<[string, HeadModel]>([
    ["linear", new ProjectionHead({ map: { mean: Float64Array.of(1, 2, 3, 4), weights: drawn(4, 3) } })],
    ["with a residual", new ProjectionHead({ map: identityMap(4), learns: "residual", seed: 2 })],
    ["begun at random", new MlpModel({ inputSize: 4, hidden: [6], outputSize: 3, seed: 3 })],
  ])("%s gives to rows what it gives to their coordinates", (_, head) => {
    const whole = behindBasis(basis, head);
    expect(whole.inputSize).toBe(7);
    const expected = head.embed(multiply(rows, basis));
    const found = whole.embed(rows);
    expect([found.rows, found.cols]).toEqual([expected.rows, expected.cols]);
    found.data.forEach((entry, k) => expect(entry).toBeCloseTo(expected.data[k], 4));
  });

  it("is the head itself without one", () => {
    const head = new ProjectionHead({ map: identityMap(4) });
    expect(behindBasis(null, head)).toBe(head);
  });
});
