import { describe, expect, test } from "vitest";
import { Random } from "../../../src/matrix/random.ts";
import { searchAdvice } from "../../../src/training/search/searchAdvice.ts";

/** Classes around random centres; the first two classes have one centre. */
function rowsOf(classes: number, perClass: number, noise: number, seed: number) {
  const random = new Random(seed);
  const centres = Array.from({ length: classes }, () => Array.from({ length: 8 }, () => random.normal()));
  centres[1] = centres[0];
  const labels = Array.from({ length: classes * perClass }, (_, i) => `c${i % classes}`);
  const data = labels.flatMap((_, i) => centres[i % classes].map((entry) => entry + noise * random.normal()));
  return { inputs: { data: Float32Array.from(data), rows: labels.length, cols: 8 }, labels };
}

const outcome = {
  train: rowsOf(20, 10, 0.3, 1),
  choose: rowsOf(12, 6, 0.1, 2),
  references: null,
  rawScore: 0.5,
  fullScore: 0.52,
  scoreWith: () => 0.51,
  seed: 0,
};

describe("searchAdvice", () => {
  test("reads from half of the classes whether more would help", () => {
    expect(searchAdvice(outcome)[0]).toContain(
      "more classes would help: whitening gains +0.010 from 10 classes and +0.020 from 20",
    );
    expect(searchAdvice({ ...outcome, scoreWith: () => 0.519 })[0]).toContain("would hardly help");
    const seen: number[] = [];
    searchAdvice({ ...outcome, scoreWith: ({ labels }) => seen.push(new Set(labels).size, labels.length) });
    expect(seen).toEqual([10, 100]);
  });

  test("asks for rows where classes have few, and for classes where there are few", () => {
    const all = searchAdvice({ ...outcome, train: rowsOf(20, 3, 0.3, 1) });
    expect(all.some((line) => line.includes("half of the classes have 3 or fewer"))).toBe(true);
    expect(searchAdvice(outcome).some((line) => line.includes("more rows"))).toBe(false);
    expect(searchAdvice({ ...outcome, train: rowsOf(3, 10, 0.3, 1) })[0]).toContain("3 classes to learn from are few");
  });

  test("names the classes that are taken for one another most often", () => {
    const line = searchAdvice(outcome).at(-1)!;
    expect(line).toMatch(/\d+ of \d+ wrong nearest neighbours are between c[01] and c[01]/);
  });

  test("says so when little is left to gain", () => {
    const choose = rowsOf(12, 6, 0.05, 2);
    const labels = choose.labels.map((label) => (label === "c1" ? "c0" : label));
    expect(searchAdvice({ ...outcome, choose: { ...choose, labels } }).at(-1)).toContain("precision@1 of 1.000");
  });
});
