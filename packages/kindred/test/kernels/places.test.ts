import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/index.ts";
import { Places } from "../../src/kernels/places.ts";
import { borrow } from "../../src/kernels/runtime.ts";
import { put } from "../support/kernelMemory.ts";

/** A row and the places in it: start <= holeStart <= holeEnd <= end. */
const shapes = fc
  .record({
    cuts: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 4, maxLength: 4 }),
    after: fc.integer({ min: 0, max: 5 }),
    seed: fc.nat(1e6),
  })
  .map(({ cuts, after, seed }) => {
    const [start, holeStart, holeEnd, end] = [...cuts].sort((a, b) => a - b);
    return { start, holeStart, holeEnd, end, length: end + after, seed };
  });

/** Runs `work` on the places of a row of normal numbers and compares the row with what it should have become. */
function onPlaces(work: (places: Places, entries: number[], indices: readonly number[]) => void): void {
  fc.assert(
    fc.property(shapes, ({ start, holeStart, holeEnd, end, length, seed }) => {
      const random = new Random(seed);
      const row = Float32Array.from({ length }, () => random.normal());
      const indices = Array.from(row.keys()).filter((k) => k >= start && k < end && (k < holeStart || k >= holeEnd));
      const entries = indices.map((k) => row[k]);
      borrow((workspace) => {
        const { pointer, values } = put(workspace, row);
        const places = new Places();
        places.set({ pointer }, start, end, holeStart, holeEnd);
        work(places, entries, indices);
        const expected = row.slice();
        indices.forEach((k, i) => (expected[k] = entries[i]));
        expect(values()).toEqual(expected);
      });
    }),
    { numRuns: 100, seed: 5 },
  );
}

describe("Places, a run of a row with a hole in it", () => {
  it("counts its entries and knows where in the row each stands", () =>
    onPlaces((places, entries, indices) => {
      expect(places.count).toBe(entries.length);
      expect(indices.map((_, k) => places.place(k))).toEqual(indices);
    }));

  it("finds maximum, minimum and sum without the hole", () =>
    onPlaces((places, entries) => {
      expect(places.max()).toBe(Math.max(...entries));
      expect(places.min()).toBe(Math.min(...entries));
      expect(places.sum()).toBeCloseTo(
        entries.reduce((sum, x) => sum + x, 0),
        4,
      );
    }));

  it("reads its entries side by side and writes them back where they were", () =>
    onPlaces((places, entries) => {
      for (const out of [new Float32Array(64), new Float64Array(64)]) {
        expect(places.read(out)).toBe(entries.length);
        expect(Array.from(out.subarray(0, entries.length))).toEqual(entries);
      }
      entries.forEach((_, k) => (entries[k] = k + 0.5));
      places.write(Float64Array.from(entries));
    }));

  it("fills and scales its entries and nothing else", () => {
    onPlaces((places, entries) => {
      places.affine(2, -0.5);
      entries.forEach((x, k) => (entries[k] = Math.fround(2 * x - 0.5)));
    });
    onPlaces((places, entries) => {
      places.fill(3);
      entries.fill(3);
    });
  });

  it("counts what is above a threshold, and keeps what is beyond a margin or marks it", () => {
    onPlaces((places, entries) => {
      expect(places.countAbove(0.5)).toBe(entries.filter((x) => x > 0.5).length);
      places.hinge(-1, 0.5);
      entries.forEach((x, k) => (entries[k] = Math.max(0, Math.fround(0.5 - x))));
    });
    onPlaces((places, entries) => {
      places.step(0.5, -2);
      entries.forEach((x, k) => (entries[k] = x > 0.5 ? -2 : 0));
    });
  });

  it("takes e^(scale x - shift) of its entries and returns their sum", () =>
    onPlaces((places, entries) => {
      const sum = places.expInPlace(1.5, 0.25);
      const exact = entries.map((x) => Math.exp(1.5 * x - 0.25));
      const total = exact.reduce((all, x) => all + x, 0);
      expect(Math.abs(sum - total)).toBeLessThanOrEqual(1e-5 * total);
      const out = new Float32Array(64);
      places.read(out);
      exact.forEach((x, k) => expect(out[k] / x).toBeCloseTo(1, 5));
      entries.splice(0, entries.length, ...out.subarray(0, entries.length));
    }));

  it("has no hole unless told, and can be set again", () =>
    borrow((workspace) => {
      const { pointer } = put(workspace, [1, 2, 3, 4, 5]);
      const places = new Places();
      expect(places.count).toBe(0);
      places.set({ pointer }, 1, 4);
      expect([places.count, places.sum()]).toEqual([3, 9]);
      places.set({ pointer }, 0, 5, 1, 4);
      expect([places.count, places.sum(), places.place(1)]).toEqual([2, 6, 4]);
    }));
});
