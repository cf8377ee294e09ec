import { describe, expect, it } from "vitest";
import { LpDistance } from "../../src/index.ts";
import { describeDistance } from "../support/distanceContract.ts";
import { fromRows, plainNorm } from "../support/plain.ts";
import { normalRows } from "../support/twin.ts";

const raw = { normalizeEmbeddings: false } as const;

describeDistance("LpDistance", {
  variants: {
    "by default": new LpDistance(),
    "of raw embeddings": new LpDistance(raw),
    squared: new LpDistance({ power: 2 }),
    "of raw embeddings, squared": new LpDistance({ ...raw, power: 2 }),
    "to the power 3": new LpDistance({ power: 3 }),
    "to the power 0.5": new LpDistance({ power: 0.5 }),
    "p 1": new LpDistance({ p: 1 }),
    "p 1 of raw embeddings, squared": new LpDistance({ ...raw, p: 1, power: 2 }),
    "p 1.5": new LpDistance({ p: 1.5 }),
    "p 3 of raw embeddings": new LpDistance({ ...raw, p: 3 }),
    "p 3, squared": new LpDistance({ p: 3, power: 2 }),
    "p 12": new LpDistance({ p: 12 }),
    "p Infinity": new LpDistance({ p: Infinity }),
    "p Infinity of raw embeddings": new LpDistance({ ...raw, p: Infinity }),
  },
  rawNorms: ({ power }) => (power === 1 ? [1e19, 1e-30] : [1e18, 1e-16]),
});

describe("LpDistance", () => {
  it("takes p below 1", () => {
    const distance = new LpDistance({ ...raw, p: 0.5 });
    expect(distance.matrix([[1, 4]], [[2, 0]]).data[0]).toBeCloseTo((1 + 2) ** 2, 5);
    const { embeddings } = distance.matrixGradients([[1]], [[1, 4]], [[2, 0]]);
    // d/dx (sum |x|^(1/2))^2 = sum |x|^(1/2) |x|^(-1/2) sign(x)
    expect(Array.from(embeddings.data)).toEqual([-3, 1.5].map((slope): unknown => expect.closeTo(slope, 5)));
  });

  it("has no slope between equal embeddings, though its formula has a pole there", () => {
    for (const p of [1, 2, 3, Infinity]) {
      const { embeddings } = new LpDistance({ ...raw, p }).matrixGradients([[1]], [[1, 2]], [[1, 2]]);
      expect(Array.from(embeddings.data)).toEqual([0, 0]);
    }
  });

  it("gives the slope of the maximum norm to the largest coordinates", () => {
    const { embeddings } = new LpDistance({ ...raw, p: Infinity }).matrixGradients([[1]], [[5, 1, 0]], [[1, 2, 4]]);
    expect(Array.from(embeddings.data)).toEqual([1, 0, -1]);
  });

  it("compares rows one with one as they are, with 1e-6 added to every difference", () => {
    const [x, y] = [normalRows(6, 5, 1), normalRows(6, 5, 2)];
    for (const p of [1, 2, 3.5, Infinity]) {
      const values = new LpDistance({ p, power: 2 }).pairwise(fromRows(x), fromRows(y));
      const differences = x.map((row, i) => row.map((v, k) => v - y[i][k] + 1e-6));
      differences.forEach((difference, i) => expect(values[i]).toBeCloseTo(plainNorm(difference, p), 10));
    }
  });

  it("normalizes by its own p", () => {
    const rows = normalRows(5, 4, 3);
    for (const p of [1, 2, 3, Infinity]) {
      const unit = new LpDistance({ p }).normalize(fromRows(rows));
      for (let i = 0; i < 5; i++) expect(plainNorm([...unit.data.subarray(4 * i, 4 * i + 4)], p)).toBeCloseTo(1, 6);
    }
    const matrix = fromRows(rows);
    expect(new LpDistance(raw).normalize(matrix)).toBe(matrix);
  });

  it("refuses settings that have no meaning", () => {
    expect(() => new LpDistance({ p: 0 })).toThrow(new RangeError("p is 0; give a number > 0"));
    expect(() => new LpDistance({ p: NaN })).toThrow(TypeError);
    expect(() => new LpDistance({ power: Infinity })).toThrow(RangeError);
    expect(() => new LpDistance({ normalizeEmbeddings: 1 as never })).toThrow(
      "normalizeEmbeddings is 1; give true or false",
    );
    expect(() => new LpDistance({ normalise: true } as object)).toThrow(/no option "normalise"/);
  });
});
