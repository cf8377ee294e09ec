import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  asPairs,
  checkTuples,
  countOf,
  listByAnchor,
  listTuples,
  rankOf,
  withoutPairsOf,
  withoutRepeats,
  type AnchorLists,
} from "../../src/tuples/anchorLists.ts";

const pairs = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 15 });

function lists(given: readonly (readonly [number, number])[]): AnchorLists {
  return listByAnchor(
    given.map(([a]) => a),
    given.map(([, j]) => j),
    5,
  );
}

/** [anchor, other, rank] of every pair. */
function entries(given: AnchorLists): number[][] {
  return Array.from(given.starts, (_, a) => a).flatMap((a) =>
    Array.from({ length: countOf(given, a) }, (_, k) => [a, given.others[given.starts[a] + k], rankOf(given, a, k)]),
  );
}

describe("listByAnchor", () => {
  it("groups pairs by anchor in the order given, and remembers where each stood", () => {
    fc.assert(
      fc.property(pairs, (given) => {
        const expected = given.map(([a, j], rank) => [a, j, rank]).sort((x, y) => x[0] - y[0]);
        expect(entries(lists(given))).toEqual(expected);
      }),
      { seed: 1 },
    );
  });

  it("leaves pairs where they are that are grouped already, in whatever order the anchors come", () => {
    const others = Int32Array.of(9, 8, 7, 6);
    const { starts, ends, others: listed, ranks } = listByAnchor([3, 3, 0, 2], others, 5);
    expect(listed).toBe(others);
    expect(ranks).toBe(null);
    expect([0, 1, 2, 3, 4].map((a) => Array.from(others.subarray(starts[a], ends[a])))).toEqual([
      [7],
      [],
      [6],
      [9, 8],
      [],
    ]);
  });
});

describe("listTuples", () => {
  it("groups both kinds as they would be by themselves, of pairs and of triplets in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4)), { maxLength: 15 }), pairs, (triplets, others) => {
        const [anchors, positives, negatives] = [0, 1, 2].map((part) => triplets.map((triplet) => triplet[part]));
        const ofTriplets = listTuples({ anchors, positives, negatives }, 5);
        expect(entries(ofTriplets.positives)).toEqual(entries(listByAnchor(anchors, positives, 5)));
        expect(entries(ofTriplets.negatives)).toEqual(entries(listByAnchor(anchors, negatives, 5)));
        const [anchors2, far] = [others.map(([a]) => a), others.map(([, j]) => j)];
        const ofPairs = listTuples({ anchors1: anchors, positives, anchors2, negatives: far }, 5);
        expect(entries(ofPairs.positives)).toEqual(entries(ofTriplets.positives));
        expect(entries(ofPairs.negatives)).toEqual(entries(lists(others)));
      }),
      { seed: 4 },
    );
  });
});

describe("withoutRepeats", () => {
  it("keeps the first of equal pairs", () => {
    fc.assert(
      fc.property(pairs, (given) => {
        const isFirst = ([a, j, rank]: number[]): boolean => given.findIndex(([b, k]) => a === b && j === k) === rank;
        expect(entries(withoutRepeats(lists(given), 5))).toEqual(entries(lists(given)).filter(isFirst));
      }),
      { seed: 2 },
    );
  });
});

describe("withoutPairsOf", () => {
  it("leaves out repeats and the pairs of other lists", () => {
    fc.assert(
      fc.property(pairs, pairs, (given, others) => {
        const expected = entries(withoutRepeats(lists(given), 5)).filter(
          ([a, j]) => !others.some(([b, k]) => a === b && j === k),
        );
        expect(entries(withoutPairsOf(lists(given), 5, lists(others)))).toEqual(expected);
      }),
      { seed: 3 },
    );
  });
});

describe("checkTuples", () => {
  it("takes rows within the batch, in any kind of list", () => {
    checkTuples({ anchors: [0, 1], positives: Int32Array.of(4, 0), negatives: Uint8Array.of(3, 3) }, 2, 5);
    checkTuples({ anchors1: [], positives: [], anchors2: [1], negatives: [4] }, 2, 5);
  });

  it("refuses lists that are missing, unequal, or point outside, each with its name", () => {
    const triplets = { anchors: [0], positives: [1], negatives: [2] };
    expect(() => checkTuples(null as never, 3, 3)).toThrow(/tuples is null/);
    expect(() => checkTuples({ anchors: [0] } as never, 3, 3)).toThrow(/tuples.positives is undefined/);
    expect(() => checkTuples({ anchors1: [0], positives: [0] } as never, 3, 3)).toThrow(/tuples.anchors2 is undefined/);
    expect(() => checkTuples({ ...triplets, positives: [1, 2] }, 3, 3)).toThrow(
      /positives has 2 entries.*anchors has 1/,
    );
    expect(() => checkTuples({ ...triplets, anchors: [3] }, 3, 9)).toThrow(/tuples.anchors\[0\] is 3.*0 to 2/);
    expect(() => checkTuples({ ...triplets, negatives: [1.5] }, 3, 3)).toThrow(/tuples.negatives\[0\] is 1.5/);
    expect(() => checkTuples({ ...triplets, negatives: [-1] }, 3, 3)).toThrow(RangeError);
    expect(() => checkTuples({ ...triplets, negatives: Int32Array.of(-1) }, 3, 3)).toThrow(/negatives\[0\] is -1/);
    expect(() => checkTuples({ ...triplets, negatives: Int32Array.of(3) }, 3, 3)).toThrow(
      /negatives\[0\] is 3.*0 to 2/,
    );
  });
});

describe("asPairs", () => {
  it("gives triplets' pairs, and pairs as they are", () => {
    expect(asPairs({ anchors: [0], positives: [1], negatives: [2] })).toEqual({
      anchors1: [0],
      positives: [1],
      anchors2: [0],
      negatives: [2],
    });
    const given = { anchors1: [0], positives: [1], anchors2: [], negatives: [] };
    expect(asPairs(given)).toBe(given);
  });
});
