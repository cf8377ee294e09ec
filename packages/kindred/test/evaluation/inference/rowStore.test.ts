import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { appendRows, decodeRows, encodeRows, rowBytes, storages } from "../../../src/evaluation/inference/rowStore.ts";
import { type Matrix, zeros } from "../../../src/matrix/matrix.ts";

const matrices = fc
  .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 19 }))
  .chain(([rows, cols]) =>
    fc
      .array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: rows * cols, maxLength: rows * cols })
      .map((data): Matrix => ({ data: Float32Array.from(data), rows, cols })),
  );

describe("encodeRows", () => {
  test(
    "keeps float32 as it is, int8 within half a step of the row's largest, and bits' signs and lengths",
    { tags: ["long"] },
    () => {
      fc.assert(
        fc.property(matrices, (x) => {
          const back = storages.map((storage) => decodeRows(encodeRows(x, storage), 0, x.rows));
          expect(back[0]).toEqual(x);
          for (let i = 0; i < x.rows; i++) {
            const row = (m: Matrix) => [...m.data.subarray(i * x.cols, (i + 1) * x.cols)];
            const largest = Math.max(...row(x).map(Math.abs));
            // a step below the smallest float32 cannot be told
            const half = Math.max((largest / 254) * (1 + 1e-6), 2 ** -149 * 127);
            row(back[1]).forEach((value, j) => expect(Math.abs(value - row(x)[j])).toBeLessThanOrEqual(half));
            const mean = Math.fround(Math.hypot(...row(x)) / Math.sqrt(x.cols));
            row(back[2]).forEach((value, j) => {
              expect(Math.abs(Math.abs(value) - mean)).toBeLessThanOrEqual(mean * 2 ** -22 + 2 ** -149);
              if (mean > 0) expect(value > 0).toBe(row(x)[j] > 0);
            });
          }
        }),
      );
    },
  );

  test.each(storages)("takes the bytes that rowBytes says, as %s", (storage) => {
    for (const cols of [1, 7, 8, 9, 64])
      expect(encodeRows(zeros(3, cols), storage).codes.length).toBe(3 * rowBytes(storage, cols));
  });

  test.each(storages)("gives the same for parts put together and for any rows of them, as %s", (storage) => {
    fc.assert(
      fc.property(matrices, fc.nat(9), fc.nat(9), (x, a, b) => {
        const [cut, from] = [Math.min(a, x.rows), Math.min(b, x.rows)];
        const part = (start: number, end: number): Matrix => ({
          data: x.data.subarray(start * x.cols, end * x.cols),
          rows: end - start,
          cols: x.cols,
        });
        const whole = encodeRows(x, storage);
        const joined = appendRows(encodeRows(part(0, cut), storage), encodeRows(part(cut, x.rows), storage));
        expect(joined).toEqual(whole);
        expect(decodeRows(whole, from, x.rows)).toEqual(
          decodeRows(encodeRows(part(from, x.rows), storage), 0, x.rows - from),
        );
      }),
    );
  });
});
