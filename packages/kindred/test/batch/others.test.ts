import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Others, type Found } from "../../src/batch/others.ts";
import { Run } from "../../src/kernels/run.ts";
import { borrow } from "../../src/kernels/runtime.ts";

/** A row of distances with bounds of a run and its hole, and which reference stands at each place. */
const rows = fc
  .record({
    distances: fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 30 }),
    cuts: fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30), fc.nat(30)),
    shift: fc.nat(5),
  })
  .map(({ distances, cuts, shift }) => {
    const [start, holeStart, holeEnd, end] = cuts.map((cut) => Math.min(cut, distances.length)).sort((x, y) => x - y);
    const list = Int32Array.from({ length: distances.length + shift }, (_, k) => 100 + ((k * 7) % 31));
    return { distances, bounds: [start, end, holeStart, holeEnd] as const, list, shift };
  });

type Row = typeof rows extends fc.Arbitrary<infer R> ? R : never;

/** Runs `work` with others in the kernels' memory, and with the same as plain lists. */
function withOthers(
  { distances, bounds, list, shift }: Row,
  work: (others: Others, plain: { distance: number; reference: number; place: number }[]) => void,
): void {
  const [start, end, holeStart, holeEnd] = bounds;
  borrow((workspace) => {
    const run = Run.of(workspace, distances.length);
    run.view().set(distances);
    const others = new Others();
    others.name(run, list, shift).set(run, start, end, holeStart, holeEnd);
    const places = distances.map((_, j) => j).filter((j) => j >= start && j < end && (j < holeStart || j >= holeEnd));
    work(
      others,
      places.map((place) => ({ distance: distances[place], reference: list[place + shift], place })),
    );
  });
}

describe("Others", () => {
  it("are a run of a row with a hole, each with its reference", () => {
    fc.assert(
      fc.property(rows, (row) => {
        withOthers(row, (others, plain) => {
          const distances = plain.map(({ distance }) => distance);
          expect(others.count).toBe(plain.length);
          expect(others.min()).toBe(Math.min(...distances));
          expect(others.max()).toBe(Math.max(...distances));
          expect(others.sum()).toBe(distances.reduce((sum, x) => sum + x, 0));
          const values = new Float64Array(30);
          const references = new Int32Array(30);
          expect(others.readWith(values, references)).toBe(plain.length);
          expect([...values.subarray(0, plain.length)]).toEqual(distances);
          expect([...references.subarray(0, plain.length)]).toEqual(plain.map(({ reference }) => reference));
          plain.forEach(({ reference, place, distance }, k) => {
            expect([others.reference(k), others.list[place + others.shift]]).toEqual([reference, reference]);
            expect(others.row()[place]).toBe(distance);
            expect(others.rank(k)).toBe(0);
          });
        });
      }),
    );
  });

  it("are chosen beyond a bound, in the order of the row", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: -5, max: 5 }), fc.constantFrom(1, -1), (row, bound, sign) => {
        withOthers(row, (others, plain) => {
          const out = new Int32Array(31);
          const count = others.select(sign, bound, out);
          const beyond = plain.filter(({ distance }) => sign * distance > sign * bound);
          expect([...out.subarray(0, count)]).toEqual(beyond.map(({ reference }) => reference));
        });
      }),
    );
  });

  it("are found by what is wanted: the first of the largest below a limit and within a range", () => {
    const end = fc.integer({ min: -5, max: 5 });
    const wanted = fc.record({
      sign: fc.constantFrom(1, -1),
      limit: fc.option(end),
      range: fc.option(fc.tuple(end, end).map(([x, y]) => [Math.min(x, y), Math.max(x, y)] as const)),
    });
    fc.assert(
      fc.property(rows, wanted, (row, { sign, limit, range }) => {
        withOthers(row, (others, plain) => {
          const found: Found = { place: -1, index: -1, value: 0 };
          const allowed = plain.filter(
            ({ distance }) =>
              (limit === null || sign * distance < sign * limit) &&
              (range === null || (distance >= range[0] && distance <= range[1])),
          );
          const best = Math.max(...allowed.map(({ distance }) => sign * distance));
          const first = allowed.find(({ distance }) => sign * distance === best);
          expect(others.find({ sign, limit, range }, found)).toBe(first !== undefined);
          expect(found.place).toBe(first?.place ?? -1);
          if (first !== undefined) expect([found.index, found.value]).toEqual([first.reference, first.distance]);
        });
      }),
    );
  });

  it("know where they stood in tuples, when they are listed", () => {
    borrow((workspace) => {
      const run = Run.of(workspace, 3);
      const others = new Others();
      others.name(run, Int32Array.of(5, 6, 7), 0, Int32Array.of(20, 10, 30)).set(run, 0, 3);
      expect([0, 1, 2].map((k) => others.rank(k))).toEqual([20, 10, 30]);
      others.name(run, Int32Array.of(5, 6, 7, 8), 1, null).set(run, 0, 3);
      expect([0, 1, 2].map((k) => [others.reference(k), others.rank(k)])).toEqual([
        [6, 1],
        [7, 2],
        [8, 3],
      ]);
    });
  });
});
