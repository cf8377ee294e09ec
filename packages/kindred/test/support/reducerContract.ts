import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random, type ItemKind, type Label, type Reducer } from "../../src/index.ts";
import { plainReduce, type Item } from "./plain.ts";
import { runs } from "./runs.ts";

/** What the shared tests need to know of a reducer. */
interface ReducerContract {
  readonly make: () => Reducer;
  /** What it makes of items. Default: {@link plainReduce}. */
  readonly twin?: (items: readonly Item[], kind: ItemKind, anchors: number, labels: readonly Label[]) => number;
  /** Kinds of items that it refuses. Default none. */
  readonly refuses?: readonly ItemKind[];
  /** What the loss gives a DivisorReducer. */
  readonly divisor?: number;
}

interface Given {
  readonly losses: readonly (readonly number[])[];
  readonly labels: readonly Label[];
}

/** Item losses of some anchors, some without any: zeros, negatives and losses exactly at 0.5 and 2 among them. */
const given = fc
  .record({ anchors: fc.integer({ min: 0, max: 7 }), most: fc.integer({ min: 0, max: 6 }), seed: fc.nat(1e6) })
  .map(({ anchors, most, seed }): Given => {
    const random = new Random(seed);
    const loss = (): number =>
      [0, 0.5, 2, Math.abs(random.normal()), random.normal(), 3 * random.uniform()][random.integer(6)];
    return {
      losses: Array.from({ length: anchors }, () => Array.from({ length: random.integer(most + 1) }, loss)),
      labels: Array.from({ length: anchors }, () => "abcd"[random.integer(4)]),
    };
  });

/** Tests that a reducer's value is its twin's, and that weight x scale is the value's derivative by each item's loss. */
export function describeReducer(name: string, contract: ReducerContract): void {
  const { make, refuses = [], divisor } = contract;
  const kinds = (["element", "pos_pair", "neg_pair", "triplet"] as const).filter((kind) => !refuses.includes(kind));

  describe(`${name} equals its brute-force twin`, () => {
    for (const kind of kinds) {
      it(`on items of kind ${kind}, in value and in the weight of each item`, { tags: ["drawn"] }, () => {
        fc.assert(
          fc.property(given, (all) => compareOn(kind === "element" ? oneEach(all) : all, kind)),
          { numRuns: runs(80), seed: 12 },
        );
      });
    }

    it("is 0 of no items", () => {
      for (const kind of kinds) {
        const reduction = make().begin({ kind, labels: [] });
        expect(reduction.result(divisor).value).toBe(0);
        expect([reduction.items, reduction.activeItems]).toEqual([0, 0]);
      }
    });

    it("starts anew for each batch", () => {
      const reducer = make();
      const reduce = (loss: number): number => {
        const reduction = reducer.begin({ kind: "element", labels: ["a", "b"] });
        reduction.weighOne(0, loss);
        reduction.weighOne(1, 0.75);
        return reduction.result(divisor).value;
      };
      const first = reduce(1);
      reduce(40);
      expect(reduce(1)).toBe(first);
    });

    for (const kind of refuses)
      it(`refuses items of kind ${kind}`, () => {
        expect(() => make().begin({ kind, labels: [] })).toThrow(TypeError);
      });
  });

  function compareOn({ losses, labels }: Given, kind: ItemKind): void {
    const reduction = make().begin({ kind, labels });
    const weights = losses.map((list, anchor) => {
      // room beyond the count, which must be left alone
      const [given, out] = [Float64Array.from([...list, 99]), new Float64Array(list.length + 1).fill(-7)];
      reduction.weigh(anchor, given, list.length, out);
      expect(out[list.length]).toBe(-7);
      return Array.from(out.subarray(0, list.length));
    });
    const { value, scale } = reduction.result(divisor);
    expect(value).toBeCloseTo(twin(losses, labels, kind), 9);
    let active = 0;
    losses.forEach((list, anchor) =>
      list.forEach((loss, k) => {
        const moved = (by: number): number =>
          twin(
            losses.map((other, a) => other.map((x, l) => (a === anchor && l === k ? x + by : x))),
            labels,
            kind,
          );
        // at a bound the value jumps: the slope is that of the side on which the item itself is
        const isAtBound = loss === 0 || loss === 0.5 || loss === 2;
        if (!isAtBound) expect(weights[anchor][k] * scale).toBeCloseTo((moved(1e-6) - moved(-1e-6)) / 2e-6, 6);
        if (loss !== 0 && weights[anchor][k] !== 0) active++;
      }),
    );
    expect([reduction.items, reduction.activeItems]).toEqual([losses.flat().length, active]);
  }

  function twin(losses: readonly (readonly number[])[], labels: readonly Label[], kind: ItemKind): number {
    const items = losses.flatMap((list, anchor) => list.map((loss): Item => ({ anchor, loss })));
    return (
      contract.twin?.(items, kind, losses.length, labels) ?? plainReduce(make(), items, kind, losses.length, labels)
    );
  }
}

/** One item an anchor. */
function oneEach({ losses, labels }: Given): Given {
  return { losses: losses.map((list) => [list[0] ?? 0.25]), labels };
}
