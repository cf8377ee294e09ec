import { describe, expect, it } from "vitest";
import { CosineSimilarity, DotProductSimilarity, SoftTripleLoss, SparseCentersRegularizer } from "../../src/index.ts";
import { plainDistances, type Rows } from "../support/plain.ts";
import { describeRegularizer } from "../support/regularizerContract.ts";

const distances = [new CosineSimilarity(), new CosineSimilarity({ power: 3 }), new CosineSimilarity({ power: 2 })];

function pairs(distance: CosineSimilarity, x: Rows, numClasses: number, perClass: number): number[] {
  const cosines = plainDistances(distance, x, x);
  const losses: number[] = [];
  for (let c = 0; c < numClasses; c++)
    for (let j = c * perClass; j < (c + 1) * perClass; j++)
      for (let k = j + 1; k < (c + 1) * perClass; k++) losses.push(Math.sqrt(2 - Math.min(2, 2 * cosines[j][k])));
  return losses;
}

describeRegularizer(
  "SparseCentersRegularizer",
  distances.map((distance) => ({
    title: `with power ${distance.power}`,
    rows: 6,
    make: (options) => new SparseCentersRegularizer({ numClasses: 2, centersPerClass: 3, distance, ...options }),
    twin: (x) => pairs(distance, x, 2, 3),
    divisor: () => 12,
  })),
);

describe("SparseCentersRegularizer", () => {
  it("has no slope between equal centers", () => {
    const regularizer = new SparseCentersRegularizer({ numClasses: 1, centersPerClass: 2 });
    const { value, gradient } = regularizer.evaluate([
      [0.3, 0.7, -2],
      [0.6, 1.4, -4],
    ]);
    expect(value).toBeLessThan(1e-6);
    expect(gradient.data.every((slope) => Math.abs(slope) < 1)).toBe(true);
  });

  it("draws the centers of SoftTripleLoss together", () => {
    const weightRegularizer = new SparseCentersRegularizer({ numClasses: 3, centersPerClass: 4 });
    const size = { numClasses: 3, embeddingSize: 5, centersPerClass: 4, seed: 1 };
    const loss = new SoftTripleLoss({ ...size, weightRegularizer, weightRegWeight: 100 });
    const before = weightRegularizer.evaluate(columns(loss)).value;
    for (let step = 0; step < 20; step++) {
      const slopes = loss.evaluate([[1, 0, 0, 0, 0]], [1]).gradients.parameters.fc.data;
      for (let k = 0; k < slopes.length; k++) loss.fc.data[k] -= 0.002 * slopes[k];
    }
    expect(weightRegularizer.evaluate(columns(loss)).value).toBeLessThan(0.8 * before);
  });

  it("refuses rows that are not all centers, fewer than two centers a class, and another distance", () => {
    const size = { numClasses: 2, centersPerClass: 3 };
    expect(() => new SparseCentersRegularizer(size).evaluate([[1, 2]])).toThrow(/6 rows/);
    expect(() => new SparseCentersRegularizer({ ...size, centersPerClass: 1 })).toThrow(RangeError);
    const distance = new DotProductSimilarity();
    expect(() => new SparseCentersRegularizer({ ...size, distance })).toThrow(TypeError);
  });
});

function columns({ fc }: SoftTripleLoss): number[][] {
  return Array.from({ length: fc.cols }, (_, c) => Array.from({ length: fc.rows }, (_, k) => fc.data[k * fc.cols + c]));
}
