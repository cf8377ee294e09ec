import { describe, expect, it } from "vitest";
import { EmbeddingsAlreadyPackagedAsTriplets, zeros } from "../../src/index.ts";

describe("EmbeddingsAlreadyPackagedAsTriplets", () => {
  it("takes rows three by three: anchor, positive, negative", () => {
    const miner = new EmbeddingsAlreadyPackagedAsTriplets();
    const { anchors, positives, negatives } = miner.mine(zeros(6, 2), ["a", "a", "b", "b", "b", "a"]);
    expect([...anchors]).toEqual([0, 3]);
    expect([...positives]).toEqual([1, 4]);
    expect([...negatives]).toEqual([2, 5]);
    expect(miner.statistics).toEqual({ numPosPairs: 0, numNegPairs: 0, numTriplets: 2 });
  });

  it("takes no rows at all, and needs no labels", () => {
    const { anchors } = new EmbeddingsAlreadyPackagedAsTriplets().mine(zeros(0, 2), null);
    expect(anchors.length).toBe(0);
  });

  it("refuses rows that are no multiple of three, and a reference", () => {
    const miner = new EmbeddingsAlreadyPackagedAsTriplets();
    expect(() => miner.mine(zeros(4, 2), [0, 0, 1, 1])).toThrow(/there are 4 embeddings.*3 say/);
    expect(() => miner.mine(zeros(3, 2), [0, 0, 1], { reference: zeros(3, 2) })).toThrow(/leave the reference out/);
    expect(() => miner.mine([[NaN], [1], [2]], null)).toThrow(/row 0, column 0/);
  });
});
