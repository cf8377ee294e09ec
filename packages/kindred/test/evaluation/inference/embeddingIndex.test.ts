import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CosineSimilarity } from "../../../src/distances/cosineSimilarity.ts";
import { LpDistance } from "../../../src/distances/lpDistance.ts";
import { EmbeddingIndex } from "../../../src/evaluation/inference/embeddingIndex.ts";
import { InferenceModel } from "../../../src/evaluation/inference/inferenceModel.ts";
import { nearestNeighbours } from "../../../src/evaluation/neighbours/nearestNeighbours.ts";
import { takeRows } from "../../../src/matrix/matrix.ts";
import { gridMatrix, normalMatrix } from "../fixtures.ts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);

describe("EmbeddingIndex", () => {
  test("finds what nearestNeighbours finds, whatever the parts it was built from", () => {
    fc.assert(
      fc.property(gridMatrix(40, 2), fc.double({ min: 0, max: 1, noNaN: true }), (x, share) => {
        const cut = Math.floor(share * x.rows);
        const index = new EmbeddingIndex();
        index.add(takeRows(x, range(0, cut)));
        index.add(takeRows(x, range(cut, x.rows)));
        expect(index.search(x, 2)).toEqual(nearestNeighbours(x, x, 2, { refIncludesQuery: false }));
      }),
    );
  });

  test("searches more rows than it decodes at a time", () => {
    const x = normalMatrix(17000, 8);
    const index = new EmbeddingIndex();
    index.add(x);
    const query = takeRows(x, [3, 16383, 16384, 16999]);
    expect(index.search(query, 5)).toEqual(nearestNeighbours(query, x, 5));
  });

  test("keeps int8 within half a step and bits within a thirtieth of the bytes", () => {
    const x = normalMatrix(50, 64);
    const bytes = new EmbeddingIndex({ storage: "int8" });
    const bits = new EmbeddingIndex({ storage: "bits" });
    bytes.add(x);
    bits.add(x);
    const decoded = bytes.rows();
    for (let i = 0; i < 50; i++) {
      const row = x.data.subarray(i * 64, i * 64 + 64);
      const step = Math.max(...row.map(Math.abs)) / 127;
      row.forEach((v, j) => expect(Math.abs(v - decoded.data[i * 64 + j])).toBeLessThanOrEqual(step * 0.5001));
    }
    expect([bytes.bytes, bits.bytes]).toEqual([50 * 68, 50 * 12]);
    bits.rows().data.forEach((v, k) => expect(v > 0).toBe(x.data[k] > 0));
  });

  test("measures the recall that smaller storage costs", () => {
    const index = new EmbeddingIndex({ distance: new CosineSimilarity() });
    index.add(normalMatrix(800, 32));
    const same = index.quantized("float32");
    const bytes = index.quantized("int8");
    const bits = index.quantized("bits");
    expect(same.recall).toBe(1);
    expect(bytes.recall).toBeGreaterThan(0.95);
    expect(bytes.recall).toBeLessThan(1);
    expect(bits.recall).toBeLessThan(bytes.recall);
    expect(bits.recall).toBeGreaterThan(0.2);
    expect(bits.index.storage).toBe("bits");
  });

  test.each(["float32", "int8", "bits"] as const)("is the same after saving and loading, kept as %s", (storage) => {
    const index = new EmbeddingIndex({ storage });
    index.add(normalMatrix(20, 9));
    const loaded = EmbeddingIndex.load(index.save({ note: "ä" }));
    expect(loaded.extra).toEqual({ note: "ä" });
    expect(loaded.index.storage).toBe(storage);
    expect(loaded.index.rows()).toEqual(index.rows());
    loaded.index.add(normalMatrix(1, 9));
    expect(loaded.index.size).toBe(21);
  });

  test("can be saved and loaded empty", () => {
    expect(EmbeddingIndex.load(new EmbeddingIndex().save()).index.size).toBe(0);
  });

  test("refuses a file that is damaged anywhere, cut off, of another version or none of its own", () => {
    const index = new EmbeddingIndex();
    index.add(normalMatrix(3, 2));
    const bytes = index.save();
    for (let k = 0; k < bytes.length; k++) {
      const damaged = bytes.slice();
      damaged[k] ^= 0x10;
      expect(() => EmbeddingIndex.load(damaged)).toThrow(RangeError);
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(() => EmbeddingIndex.load(bytes.subarray(0, length))).toThrow(RangeError);
    }
    expect(() => EmbeddingIndex.load(new Uint8Array(100))).toThrow(/no index of kindred/);
    expect(() => EmbeddingIndex.load(bytes.with(4, 9))).toThrow(/version 9/);
    expect(() => EmbeddingIndex.load(bytes.with(30, 7))).toThrow(/damaged/);
    expect(() => EmbeddingIndex.load("KNDX" as unknown as Uint8Array)).toThrow(TypeError);
  });

  test("refuses to be loaded for another distance", () => {
    const bytes = new EmbeddingIndex().save();
    expect(() => EmbeddingIndex.load(bytes, new LpDistance())).toThrow(/built for the distance .*CosineSimilarity/);
  });

  test("gives as many neighbours as there are where more are asked for", () => {
    const index = new EmbeddingIndex();
    expect(index.search([[1, 1]], 3)).toEqual({ indices: new Int32Array(0), distances: new Float32Array(0), k: 0 });
    index.add([
      [1, 2],
      [1, 1],
    ]);
    const found = index.search(
      [
        [1, 1],
        [1, 3],
      ],
      5,
    );
    expect(found.k).toBe(2);
    expect(Array.from(found.indices)).toEqual([1, 0, 0, 1]);
    const inference = new InferenceModel();
    inference.trainKnn([[1, 0]], ["a"]);
    expect(inference.getNearestNeighbors([[0, 1]], 9).labels).toEqual(["a"]);
  });

  test("refuses other widths and NaN, and keeps what it had", () => {
    const index = new EmbeddingIndex();
    index.add([[1, 2]]);
    expect(() => index.add([[1]])).toThrow(/1 columns, the index 2/);
    expect(() => index.add([[1, NaN]])).toThrow(/NaN at row 0, column 1/);
    expect(() => index.search([[1]], 1)).toThrow(/query has 1 columns/);
    expect(() => index.search([[1, 1]], 0)).toThrow(/k is 0/);
    expect(index.size).toBe(1);
  });
});
