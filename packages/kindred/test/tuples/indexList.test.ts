import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IndexList, PairList, TripletList } from "../../src/tuples/indexList.ts";

describe("IndexList", () => {
  it("holds what was pushed, one by one, many times or as a run, over all of its pieces", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("one" as const), size: fc.constant(1) }),
      fc.record({ kind: fc.constant("times" as const), size: fc.nat(900) }),
      fc.record({ kind: fc.constant("run" as const), size: fc.nat(900) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.integer({ min: 0, max: 300 }), (steps, capacity) => {
        const list = new IndexList(capacity);
        const expected: number[] = [];
        for (const { kind, size } of steps) {
          const run = Int32Array.from({ length: size + 2 }, (_, k) => expected.length + k);
          if (kind === "one") list.push(run[0]);
          else if (kind === "times") list.pushTimes(run[0], size);
          else list.pushRun(run, 1, 1 + size);
          expected.push(...Array.from({ length: size }, (_, k) => (kind === "run" ? run[k + 1] : run[0])));
        }
        expect(list.length).toBe(expected.length);
        expect(Array.from(list.toArray())).toEqual(expected);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it("grows to millions of entries", () => {
    const list = new IndexList();
    for (let k = 0; k < 300; k++) list.pushTimes(k, 4001);
    const entries = list.toArray();
    expect(entries.length).toBe(300 * 4001);
    expect([entries[0], entries[4001], entries[entries.length - 1]]).toEqual([0, 1, 299]);
  });

  it("takes the pieces of finished lists again, and leaves what those handed over alone", () => {
    const fill = (index: number): Int32Array => {
      const list = new IndexList();
      list.pushTimes(index, 200_000);
      return list.toArray();
    };
    const first = fill(7);
    const second = fill(8);
    expect(first.every((index) => index === 7)).toBe(true);
    expect(second.every((index) => index === 8)).toBe(true);
  });

  it("hands over the memory of a list that is just full", () => {
    const list = new IndexList(3);
    list.pushRun(Int32Array.of(4, 5, 6), 0, 3);
    expect(list.toArray()).toBe(list.toArray());
  });
});

describe("PairList and TripletList", () => {
  it("keep their lists side by side", () => {
    const pairs = new PairList();
    pairs.addPositive(0, 1);
    pairs.addPositives(2, Int32Array.of(3, 4, 5), 2);
    pairs.addNegative(6, 7);
    pairs.addNegatives(8, Int32Array.of(9), 1);
    expect(pairs.toPairs()).toEqual({
      anchors1: Int32Array.of(0, 2, 2),
      positives: Int32Array.of(1, 3, 4),
      anchors2: Int32Array.of(6, 8),
      negatives: Int32Array.of(7, 9),
    });
    const triplets = new TripletList();
    triplets.add(0, 1, 2);
    triplets.addRun(3, 4, Int32Array.of(5, 6, 7, 8), 1, 3);
    expect(triplets.toTriplets()).toEqual({
      anchors: Int32Array.of(0, 3, 3),
      positives: Int32Array.of(1, 4, 4),
      negatives: Int32Array.of(2, 6, 7),
    });
  });
});
