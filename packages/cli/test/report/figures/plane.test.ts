import { Random } from "kindred";
import { describe, expect, it } from "vitest";
import { onPlane } from "../../../src/report/figures/plane.ts";

describe("the plane", () => {
  const random = new Random(1);
  const rows = 90;
  const cols = 8;
  const data = Float32Array.from(
    { length: rows * cols },
    (_, k) => 0.1 * random.normal() + (k % cols === Math.floor(k / cols) % 3 ? 2 : 0),
  );

  it("keeps three clusters apart, the same for the same seed", { tags: ["long"] }, () => {
    const points = onPlane({ data, rows, cols }, 4);
    const away = (i: number, j: number): number => Math.hypot(points[i][0] - points[j][0], points[i][1] - points[j][1]);
    const nearestOf = (i: number): number =>
      Array.from(points.keys())
        .filter((j) => j !== i)
        .reduce((best, j) => (away(i, j) < away(i, best) ? j : best), i === 0 ? 1 : 0);
    const kept = Array.from(points.keys()).filter((i) => nearestOf(i) % 3 === i % 3).length;
    expect(kept).toBe(rows);
    expect(onPlane({ data, rows, cols }, 4)).toEqual(points);
  });

  it.each([0, 1, 2, 5])("lays out %i rows", (count) => {
    const points = onPlane({ data: data.slice(0, count * cols), rows: count, cols }, 1);
    expect(points).toHaveLength(count);
    expect(points.flat().every(Number.isFinite)).toBe(true);
  });

  it("lays out equal rows", () => {
    expect(
      onPlane({ data: new Float32Array(80), rows: 10, cols: 8 }, 1)
        .flat()
        .every(Number.isFinite),
    ).toBe(true);
  });
});
