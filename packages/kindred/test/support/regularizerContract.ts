import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AvgNonZeroReducer,
  ClassWeightedReducer,
  DivisorReducer,
  MeanReducer,
  PerAnchorReducer,
  SumReducer,
  ThresholdReducer,
  type Label,
  type Reducer,
  type Regularizer,
} from "../../src/index.ts";
import { expectSlopes, normalMatrix } from "./classificationContract.ts";
import { fromRows, numericSlope, plainReduce, toRows, type Rows } from "./plain.ts";
import { runs } from "./runs.ts";

/** A regularizer under test with what it is made of. */
interface RegularizerVariant {
  readonly title: string;
  readonly make: (options: { readonly reducer?: Reducer }) => Regularizer & { readonly reducer: Reducer };
  /** The items, written from the equation. */
  readonly twin: (x: Rows) => number[];
  /** What a DivisorReducer divides by; null: there is nothing. */
  readonly divisor?: (x: Rows) => number;
  /** Rows that it takes. Default any number. */
  readonly rows?: number;
}

const reducers: readonly Reducer[] = [
  new MeanReducer(),
  new SumReducer(),
  new AvgNonZeroReducer(),
  new ThresholdReducer({ low: 0.5, high: 20 }),
  new ClassWeightedReducer({ weights: Array.from({ length: 64 }, (_, k) => 0.5 + (k % 3)) }),
  new PerAnchorReducer(),
];

/** Tests a regularizer against its twin in value and slope, with every reducer, and on hostile rows. */
export function describeRegularizer(name: string, variants: readonly RegularizerVariant[]): void {
  for (const { title, make, twin, divisor, rows } of variants) {
    const value = (x: Rows, reducer: Reducer): number => {
      const losses = twin(x);
      if (reducer instanceof DivisorReducer) return losses.reduce((sum, v) => sum + v, 0) / divisor!(x);
      const given = reducer instanceof ClassWeightedReducer ? asMap(reducer) : reducer;
      const items = losses.map((loss, anchor) => ({ anchor, loss }));
      const labels: Label[] = losses.map((_, item) => item);
      return plainReduce(given, items, "element", losses.length, labels);
    };
    const compareOn = (x: Rows, reducer?: Reducer): void => {
      const regularizer = make(reducer === undefined ? {} : { reducer });
      const { value: actual, gradient } = regularizer.evaluate(fromRows(x));
      const expected = value(x, regularizer.reducer);
      expect(Math.abs(actual - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
      expectSlopes(
        gradient,
        numericSlope(x, (moved) => value(moved, regularizer.reducer)),
      );
    };

    describe(`${name} ${title}`, () => {
      it("equals its brute-force twin in value and slope", () => compareOn(toRows(normalMatrix(rows ?? 7, 5, 1))));
      for (const reducer of divisor ? [...reducers, new DivisorReducer()] : reducers)
        it(`reduced by ${reducer.name}`, () => compareOn(toRows(normalMatrix(rows ?? 6, 4, 2)), reducer));
      if (!divisor)
        it("refuses a DivisorReducer, for which it has no divisor", () => {
          const regularizer = make({ reducer: new DivisorReducer() });
          expect(() => regularizer.evaluate(normalMatrix(rows ?? 4, 3, 1))).toThrow(/divisor/);
        });

      it("on matrices of any shape", { tags: ["long", "drawn"] }, () => {
        const shape = fc.record({
          n: fc.integer({ min: 1, max: 8 }),
          d: fc.integer({ min: 2, max: 6 }),
          seed: fc.integer({ min: 0, max: 1e6 }),
          reducer: fc.constantFrom(...reducers),
        });
        fc.assert(
          fc.property(shape, ({ n, d, seed, reducer }) => compareOn(toRows(normalMatrix(rows ?? n, d, seed)), reducer)),
          { numRuns: runs(40), seed: 3 },
        );
      });

      const hostile: Readonly<Record<string, (i: number) => number[]>> = {
        "equal rows": () => [0.6, -0.8, 0],
        "opposite rows": (i) => [i % 2 === 0 ? 1 : -1, 0, 0],
        "zero rows": () => [0, 0, 0],
        "a zero row among others": (i) => (i === 0 ? [0, 0, 0] : [i, 1, -1]),
        "rows of length 1e-18": (i) => [1e-18, i * 1e-18, 0],
        "rows of length 1e18": (i) => [1e18, i * 1e18, 0],
      };
      for (const [what, row] of Object.entries(hostile))
        it(`stays finite on ${what}`, () => {
          for (const count of rows ? [rows] : [1, 2, 6]) {
            const { value: actual, gradient } = make({}).evaluate(Array.from({ length: count }, (_, i) => row(i)));
            expect(actual).toSatisfy(Number.isFinite);
            expect(gradient.data.every(Number.isFinite)).toBe(true);
          }
        });

      it("leaves its matrix as it is, and refuses NaN", () => {
        const x = normalMatrix(rows ?? 5, 3, 4);
        const before = x.data.slice();
        make({}).evaluate(x);
        expect(x.data).toEqual(before);
        x.data[4] = NaN;
        expect(() => make({}).evaluate(x)).toThrow(/row 1, column 1/);
      });

      if (rows === undefined)
        it("is 0 on no rows", () => {
          const { value: actual, gradient } = make({}).evaluate({ data: new Float32Array(0), rows: 0, cols: 3 });
          expect(actual).toBe(0);
          expect(gradient).toEqual({ data: new Float32Array(0), rows: 0, cols: 3 });
        });

      it("refuses a reducer that is none", () => {
        expect(() => make({ reducer: 3 as unknown as Reducer })).toThrow(TypeError);
      });
    });
  }
}

function asMap({ weights }: ClassWeightedReducer): ClassWeightedReducer {
  return new ClassWeightedReducer({
    weights: new Map(Array.from(weights as number[], (weight, label) => [label, weight])),
  });
}
