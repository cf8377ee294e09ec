import { describe, expect, it } from "vitest";
import { Random } from "../../../src/index.ts";
import { AnchorSample } from "../../../src/miners/search/anchorSample.ts";
import { expectDraws } from "../../support/chiSquared.ts";
import { tupleNames } from "../../support/minerContract.ts";

const runs = [
  { anchor: 0, positive: 1, negatives: [5, 6, 7] },
  { anchor: 0, positive: 2, negatives: [5, 8] },
  { anchor: 3, positive: 4, negatives: [9] },
];

function sample(most: number | null, random: Random): string[] {
  const collected = new AnchorSample(most, random);
  for (const { anchor, positive, negatives } of runs)
    collected.add(anchor, positive, Int32Array.from(negatives), negatives.length);
  return tupleNames(collected.toTriplets());
}

describe("AnchorSample", () => {
  it("keeps all triplets without a bound", () => {
    expect(sample(null, new Random())).toEqual(["0 1 5", "0 1 6", "0 1 7", "0 2 5", "0 2 8", "3 4 9"]);
  });

  it("keeps of each anchor as many as are allowed, every set equally likely", () => {
    const random = new Random(4);
    const counts = new Map<string, number>();
    for (let round = 0; round < 4000; round++) {
      const names = sample(2, random);
      expect(names.filter((name) => name.startsWith("3 "))).toEqual(["3 4 9"]);
      const set = names
        .filter((name) => name.startsWith("0 "))
        .sort()
        .join(", ");
      counts.set(set, (counts.get(set) ?? 0) + 1);
    }
    expect(counts.size).toBe(10);
    expectDraws([...counts.values()], Array<number>(10).fill(0.1));
  });
});
