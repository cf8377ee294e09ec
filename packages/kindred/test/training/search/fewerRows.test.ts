import { describe, expect, test } from "vitest";
import { fewerRows, withinProducts } from "../../../src/training/search/fewerRows.ts";
import { randomMatrix } from "../fixtures.ts";

/** Classes of 2, 3, ... rows. */
function rowsOf(classes: number, cols = 3) {
  const labels = Array.from({ length: classes }, (_, c) => new Array<string>(c + 2).fill(`c${c}`)).flat();
  return { inputs: randomMatrix(labels.length, cols, 1), labels };
}

function counts(labels: readonly unknown[]): number[] {
  const all = new Map<unknown, number>();
  for (const label of labels) all.set(label, (all.get(label) ?? 0) + 1);
  return [...all.values()].sort((a, b) => a - b);
}

describe("fewerRows", () => {
  test("takes as many of each class as fit", () => {
    // 2 + 3 + ... + 9 = 44 rows; five of each are 2 + 3 + 4 + 5 x 5 = 34
    expect(counts(fewerRows(rowsOf(8), 36, 0).labels)).toEqual([2, 3, 4, 5, 5, 5, 5, 5]);
  });

  test("takes two rows of some classes where there is not room for two of all", () => {
    expect(counts(fewerRows(rowsOf(8), 7, 0).labels)).toEqual([2, 2, 2]);
  });

  test("keeps rows beside their labels, in their order", () => {
    const rows = rowsOf(8);
    const { inputs, labels } = fewerRows(rows, 20, 3);
    const placeOf = (i: number): number =>
      rows.labels.findIndex((_, k) => rows.inputs.data[3 * k] === inputs.data[3 * i]);
    const places = labels.map((_, i) => placeOf(i));
    expect(places.map((k) => rows.labels[k])).toEqual(labels);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test("leaves alone what fits", () => {
    const rows = rowsOf(4);
    expect(fewerRows(rows, 14, 0)).toBe(rows);
  });
});

describe("withinProducts", () => {
  test("bounds queries x references x columns", () => {
    const [queries, references] = [rowsOf(20), rowsOf(30)];
    const [some, others] = withinProducts(queries, references, 3 * 40 * 120, 0);
    expect(some.inputs.rows * others!.inputs.rows).toBeLessThanOrEqual(40 * 120);
    expect(some.inputs.rows).toBeGreaterThan(30);
    expect(others!.inputs.rows).toBeGreaterThan(90);
    const [alone, none] = withinProducts(queries, null, 3 * 50 * 50, 0);
    expect(alone.inputs.rows).toBeLessThanOrEqual(50);
    expect(none).toBe(null);
  });

  test("leaves alone what is within", () => {
    const [queries, references] = [rowsOf(5), rowsOf(6)];
    expect(withinProducts(queries, references, 1e6, 0)).toEqual([queries, references]);
  });
});
