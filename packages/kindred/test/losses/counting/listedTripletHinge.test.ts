import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TileRow } from "../../../src/distances/stream/tiles.ts";
import { borrow } from "../../../src/kernels/runtime.ts";
import { ListedTripletHinge } from "../../../src/losses/counting/listedTripletHinge.ts";
import { LinearReduction, type LinearRule } from "../../../src/reducers/linearReduction.ts";
import { listTuples } from "../../../src/tuples/anchorLists.ts";

const ANCHORS = 4;
const REFERENCES = 6;

const someTriplets = fc.array(fc.tuple(fc.nat(ANCHORS - 1), fc.nat(REFERENCES - 1), fc.nat(REFERENCES - 1)), {
  maxLength: 25,
});
const someRows = fc.array(
  fc.array(
    fc.integer({ min: 0, max: 64 }).map((k) => k / 32),
    { minLength: REFERENCES, maxLength: REFERENCES },
  ),
  {
    minLength: ANCHORS,
    maxLength: ANCHORS,
  },
);
const someRule = fc.record({
  low: fc.constantFrom(-Infinity, -0.25, 0, 0.25),
  high: fc.constantFrom(0.125, 0.75, Infinity),
  anchorWeights: fc.constantFrom(null, Float64Array.of(1, 0.5, 0, 2)),
  scale: fc.constantFrom("mean" as const, "sum" as const),
});

function twin(rows: number[][], triplets: number[][], away: number, margin: number, rule: LinearRule) {
  const slopes = rows.map((row) => row.map(() => 0));
  const found = { items: 0, activeItems: 0, count: 0, total: 0 };
  for (const [a, p, n] of triplets) {
    const loss = Math.max(0, away * (rows[a][p] - rows[a][n]) + margin);
    const weight = rule.anchorWeights?.[a] ?? 1;
    found.items++;
    if (loss <= rule.low || loss >= rule.high) continue;
    found.count++;
    found.total += weight * loss;
    if (loss === 0 || weight === 0) continue;
    found.activeItems++;
    slopes[a][p] += away * weight;
    slopes[a][n] -= away * weight;
  }
  return { slopes, ...found };
}

describe("ListedTripletHinge", () => {
  it("gives what its brute-force twin gives, for triplets in any order, repeated, and under any bounds", () => {
    fc.assert(
      fc.property(
        someTriplets,
        someRows,
        someRule,
        fc.record({ isInverted: fc.boolean(), margin: fc.constantFrom(-0.25, 0, 0.5) }),
        fc.constantFrom(null, Int32Array.of(2, 0, 5, 1, 4, 3)),
        (triplets, rows, rule, { isInverted, margin }, order) => {
          const list = (k: number): number[] => triplets.map((triplet) => triplet[k]);
          const given = { anchors: list(0), positives: list(1), negatives: list(2) };
          const away = isInverted ? -1 : 1;
          const hinge = new ListedTripletHinge(listTuples(given, ANCHORS), REFERENCES, order, { margin, away });
          const reduction = new LinearReduction(rule);
          const sourceOf = (place: number): number => order?.[place] ?? place;
          const slopes = borrow((workspace) => {
            const row = new TileRow().point(workspace.floats(REFERENCES), REFERENCES);
            return rows.map((distances, anchor) => {
              row.view().set(distances.map((_, place) => distances[sourceOf(place)]));
              reduction.takeCounted(anchor, hinge.row(anchor, row, reduction.counting(anchor)));
              const left = Array.from<number>({ length: REFERENCES });
              row.view().forEach((slope, place) => (left[sourceOf(place)] = slope + 0));
              return left;
            });
          });
          const expected = twin(rows, triplets, away, margin, rule);
          expect(slopes).toEqual(expected.slopes);
          expect([reduction.items, reduction.activeItems]).toEqual([expected.items, expected.activeItems]);
          const result = reduction.result();
          expect(result.scale).toBe(rule.scale === "sum" ? 1 : expected.count === 0 ? 0 : 1 / expected.count);
          expect(result.value).toBeCloseTo(expected.total * result.scale, 12);
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });
});
