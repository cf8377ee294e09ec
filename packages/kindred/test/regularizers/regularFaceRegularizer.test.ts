import { describe, expect, it } from "vitest";
import { CosineSimilarity, DotProductSimilarity, LpDistance, RegularFaceRegularizer } from "../../src/index.ts";
import { expectSlopes, normalMatrix } from "../support/classificationContract.ts";
import { numericSlope, plainDistances, toRows, type Rows } from "../support/plain.ts";
import { describeRegularizer } from "../support/regularizerContract.ts";

const distances = [
  new CosineSimilarity(),
  new DotProductSimilarity({ normalizeEmbeddings: false }),
  new CosineSimilarity({ power: 3 }),
  new DotProductSimilarity({ p: 3, power: 2 }),
];

function nearest(distance: DotProductSimilarity, x: Rows): number[] {
  if (x.length < 2) return [];
  return plainDistances(distance, x, x).map((row, i) => Math.max(...row.filter((_, j) => j !== i)));
}

describeRegularizer(
  "RegularFaceRegularizer",
  distances.map((distance) => ({
    title: `with ${distance.name} p ${distance.p} power ${distance.power}`,
    make: (options) => new RegularFaceRegularizer({ distance, ...options }),
    twin: (x) => nearest(distance, x),
  })),
);

describe("RegularFaceRegularizer", () => {
  it("pulls apart the two rows most alike", () => {
    const x = toRows(normalMatrix(5, 3, 2));
    const { gradient } = new RegularFaceRegularizer().evaluate(x);
    expectSlopes(
      gradient,
      numericSlope(x, (moved) => nearest(new CosineSimilarity(), moved).reduce((sum, v) => sum + v / 5, 0)),
    );
  });

  it("is the same over several tiles as over one", { tags: ["long"] }, () => {
    // 2,100 rows are more than one tile takes
    const x = normalMatrix(2100, 3, 5);
    const { value, gradient } = new RegularFaceRegularizer().evaluate(x);
    const lengths = toRows(x).map((row) => Math.hypot(...row));
    const rows = toRows(x).map((row, i) => row.map((v) => v / lengths[i]));
    const slopes = rows.map(() => [0, 0, 0]);
    let total = 0;
    rows.forEach((row, i) => {
      let [best, at] = [-Infinity, -1];
      rows.forEach((other, j) => {
        const cosine = row[0] * other[0] + row[1] * other[1] + row[2] * other[2];
        if (j !== i && cosine > best) [best, at] = [cosine, j];
      });
      total += best;
      for (let k = 0; k < 3; k++) {
        slopes[i][k] += rows[at][k];
        slopes[at][k] += row[k];
      }
    });
    expect(value).toBeCloseTo(total / 2100, 5);
    const through = slopes.flatMap((slope, i) => {
      const along = slope.reduce((sum, v, k) => sum + v * rows[i][k], 0);
      return slope.map((v, k) => (v - along * rows[i][k]) / lengths[i] / 2100);
    });
    const difference = gradient.data.reduce((sum, v, k) => sum + (v - through[k]) ** 2, 0);
    const size = through.reduce((sum, v) => sum + v * v, 0);
    // a few rows have two neighbours that float32 cannot tell apart
    expect(Math.sqrt(difference / size)).toBeLessThan(0.05);
  });

  it("refuses a distance that is no similarity", () => {
    const distance = new LpDistance() as unknown as CosineSimilarity;
    expect(() => new RegularFaceRegularizer({ distance })).toThrow(TypeError);
  });
});
