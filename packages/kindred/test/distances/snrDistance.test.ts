import { describe, expect, it } from "vitest";
import { SNRDistance } from "../../src/index.ts";
import { describeDistance } from "../support/distanceContract.ts";
import { expectExtremeSlopes, extremeRows } from "../support/extremes.ts";
import { fromRows, plainDistances, type Rows } from "../support/plain.ts";
import { normalRows } from "../support/twin.ts";

const raw = { normalizeEmbeddings: false } as const;

describeDistance("SNRDistance", {
  variants: {
    "by default": new SNRDistance(),
    "of raw embeddings": new SNRDistance(raw),
    "of raw embeddings, squared": new SNRDistance({ ...raw, power: 2 }),
    "of embeddings divided by their 1-norm": new SNRDistance({ p: 1 }),
    "to the power 0.5": new SNRDistance({ power: 0.5 }),
  },
  leastWidth: 2,
  // below, anchors have less than the least variance of 1e-12
  rawNorms: () => [1e19, 1e-3],
});

describe("SNRDistance", () => {
  it("is not symmetric: the noise is measured by the anchor's own variance", () => {
    const distance = new SNRDistance(raw);
    expect(distance.isSymmetric).toBe(false);
    const { data } = distance.matrix([
      [1, -1],
      [3, -3],
    ]);
    // var(1, -1) = 2, var(3, -3) = 18, var of their difference (2, -2) = 8
    expect(Array.from(data)).toEqual([0, 4, 8 / 18, 0].map((value): unknown => expect.closeTo(value, 6)));
  });

  it("takes an anchor of equal coordinates to have a variance of 1e-12, in the matrix and row by row", () => {
    const distance = new SNRDistance(raw);
    expect(distance.matrix([[5, 5]], [[1, -1]]).data[0] / 2e12).toBeCloseTo(1, 5);
    expect(distance.pairwise([[5, 5]], [[1, -1]])[0] / 2e12).toBeCloseTo(1, 5);
    expect(distance.pairwise([[5, 5]], [[7, 7]])[0]).toBe(0);
  });

  it("compares rows one with one as they are", () => {
    const [x, y] = [normalRows(5, 4, 1), normalRows(5, 4, 2)];
    const values = new SNRDistance().pairwise(fromRows(x), fromRows(y));
    const expected = plainDistances(new SNRDistance(raw), x, y);
    expected.forEach((row, i) => expect(values[i]).toBeCloseTo(row[i], 10));
  });

  it("measures numbers near float32's largest, beside usual ones too", () => {
    const distance = new SNRDistance(raw);
    const rows = [...extremeRows(4, 5, 1), ...normalRows(3, 5, 2)];
    const expected = plainDistances(distance, rows, rows);
    const { data } = distance.matrix(fromRows(rows));
    const most = 3.4028234663852886e38;
    expected.flat().forEach((value, k) => {
      if (value > most) expect(data[k]).toBe(most);
      else expect(Math.abs(data[k] - value)).toBeLessThanOrEqual(1e-5 * value);
    });
  });

  it("has slopes there", () => {
    const distance = new SNRDistance(raw);
    const rows = extremeRows(5, 4, 3);
    const cotangent = normalRows(5, 5, 4);
    const weighted = (moved: Rows): number =>
      plainDistances(distance, moved, moved)
        .flat()
        .reduce((sum, value, k) => sum + value * cotangent.flat()[k], 0);
    // slopes of 1e-38 are not of full precision in float32
    const up = cotangent.map((row) => row.map((x) => x * 2 ** 60));
    const { embeddings } = distance.matrixGradients(fromRows(up), fromRows(rows));
    expectExtremeSlopes(embeddings, rows, (moved) => weighted(moved) * 2 ** 60);
  });

  it("refuses embeddings of one coordinate, which have no variance", () => {
    const sentence = /1 column.*variance/;
    const distance = new SNRDistance();
    expect(() => distance.matrix([[1], [2]])).toThrow(RangeError);
    expect(() => distance.matrix([[1], [2]])).toThrow(sentence);
    expect(() => distance.pairwise([[1]], [[2]])).toThrow(sentence);
    expect(() => distance.matrixGradients([[1]], [[1]], [[2]])).toThrow(sentence);
  });
});
