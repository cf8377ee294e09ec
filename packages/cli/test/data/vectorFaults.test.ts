import { describe, expect, it } from "vitest";
import { vectorFaults } from "../../src/data/vectorFaults.ts";

const vectors = (...rows: number[][]) => ({ data: Float32Array.from(rows.flat()), rows: rows.length, cols: 2 });

describe("vectorFaults", () => {
  it("finds none in sound vectors, and none in a single one", () => {
    expect(vectorFaults("x", vectors([1, 0], [0, 1], [0, 1]), true)).toEqual([]);
    expect(vectorFaults("x", vectors([1, 2]), true)).toEqual([]);
  });

  it("tells vectors that are all the same", () => {
    expect(vectorFaults("x.npy", vectors([1, 2], [1, 2], [1, 2]), false)).toEqual([
      "All 3 vectors of x.npy are the same, so that the order of the rows decides who is near.",
    ]);
  });

  it("counts zero vectors where directions are compared", () => {
    const one = vectors([0, 0], [1, 2], [3, 4]);
    expect(vectorFaults("x.npy", one, true)).toEqual([
      "1 vector of x.npy is zero and has no direction, so that its neighbours mean nothing.",
    ]);
    expect(vectorFaults("x.npy", vectors([0, 0], [0, 0], [3, 4]), true)).toEqual([
      "2 vectors of x.npy are zero and have no direction, so that their neighbours mean nothing.",
    ]);
    expect(vectorFaults("x.npy", one, false)).toEqual([]);
  });
});
