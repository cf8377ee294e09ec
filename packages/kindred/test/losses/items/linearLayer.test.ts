import { describe, expect, it } from "vitest";
import { Random } from "../../../src/index.ts";
import { LinearLayer } from "../../../src/losses/items/linearLayer.ts";
import { fromRows, numericSlope, toRows, type Rows } from "../../support/plain.ts";
import { normalRows } from "../../support/twin.ts";

describe("LinearLayer", () => {
  const layer = new LinearLayer(3, 2, new Random(1));
  const rows = normalRows(4, 3, 2);
  const [weight, bias] = [toRows(layer.weight), toRows(layer.bias)];
  const plain = (x: Rows, w: Rows, b: Rows): Rows =>
    x.map((row) => w.map((out, j) => row.reduce((sum, entry, k) => sum + entry * out[k], b[0][j])));

  it("multiplies rows by its weight and adds its bias", () => {
    const expected = plain(rows, weight, bias);
    toRows(layer.apply(fromRows(rows))).forEach((row, i) =>
      row.forEach((entry, j) => expect(entry).toBeCloseTo(expected[i][j], 5)),
    );
  });

  it("pulls slopes back to rows, weight and bias", () => {
    const cotangent = normalRows(4, 2, 3);
    const sum = (x: Rows, w: Rows, b: Rows): number =>
      plain(x, w, b)
        .flatMap((row, i) => row.map((entry, j) => entry * cotangent[i][j]))
        .reduce((a, c) => a + c, 0);
    const slopes = layer.pull(fromRows(rows), fromRows(cotangent));
    const expected = {
      rows: numericSlope(rows, (moved) => sum(moved, weight, bias)),
      weight: numericSlope(weight, (moved) => sum(rows, moved, bias)),
      bias: numericSlope(bias, (moved) => sum(rows, weight, moved)),
    };
    for (const name of ["rows", "weight", "bias"] as const)
      toRows(slopes[name]).forEach((row, i) =>
        row.forEach((slope, k) => expect(slope).toBeCloseTo(expected[name][i][k], 4)),
      );
  });

  it("is drawn within one over the root of its inputs, the same from the same seed", () => {
    const wide = new LinearLayer(100, 30, new Random(4));
    const sizes = Array.from(wide.weight.data, Math.abs);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(0.1);
    expect(Math.max(...sizes)).toBeGreaterThan(0.099);
    expect(new LinearLayer(100, 30, new Random(4)).weight).toEqual(wide.weight);
    expect(new LinearLayer(100, 30, new Random(5)).weight).not.toEqual(wide.weight);
  });

  it("makes nothing of no rows", () => {
    expect(layer.apply(fromRows([], 3))).toMatchObject({ rows: 0, cols: 2 });
    expect(Array.from(layer.pull(fromRows([], 3), fromRows([], 2)).bias.data)).toEqual([0, 0]);
  });
});
