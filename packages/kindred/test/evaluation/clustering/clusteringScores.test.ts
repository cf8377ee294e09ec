import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  adjustedMutualInformation,
  normalizedMutualInformation,
} from "../../../src/evaluation/clustering/clusteringScores.ts";
import { goldenCases } from "../fixtures.ts";

interface GoldenCase {
  id: string;
  labelsTrue: number[];
  labelsPred: number[];
  expected: { NMI: number; AMI: number };
}

describe("NMI and AMI are scikit-learn's", () => {
  test.each(goldenCases<GoldenCase>("evaluation/clustering").map((c) => [c.id, c] as const))("%s", (_, c) => {
    expect(normalizedMutualInformation(c.labelsTrue, c.labelsPred)).toBeCloseTo(c.expected.NMI, 8);
    expect(adjustedMutualInformation(c.labelsTrue, c.labelsPred)).toBeCloseTo(c.expected.AMI, 7);
  });
});

const partitions = fc.integer({ min: 1, max: 6 }).chain((n) => {
  const partition = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: n, maxLength: n });
  return fc.tuple(partition, partition);
});

function information(a: number[], b: number[]): number {
  let sum = 0;
  const n = a.length;
  for (const x of new Set(a)) {
    for (const y of new Set(b)) {
      const both = a.filter((_, i) => a[i] === x && b[i] === y).length;
      const ratio = (both * n) / (a.filter((v) => v === x).length * b.filter((v) => v === y).length);
      if (both > 0) sum += (both / n) * Math.log(ratio);
    }
  }
  return sum;
}

function permutations(items: number[]): number[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

describe("mutual information", () => {
  test("NMI is the information over the mean entropy", () => {
    fc.assert(
      fc.property(partitions, ([a, b]) => {
        const entropy = (information(a, a) + information(b, b)) / 2;
        const expected = entropy === 0 ? 1 : information(a, b) / entropy;
        expect(normalizedMutualInformation(a, b)).toBeCloseTo(expected, 10);
      }),
    );
  });

  test("AMI takes off the mean information over all permutations", () => {
    fc.assert(
      fc.property(partitions, ([a, b]) => {
        const shuffled = permutations(b).map((p) => information(a, p));
        const expected = shuffled.reduce((sum, x) => sum + x, 0) / shuffled.length;
        const room = (information(a, a) + information(b, b)) / 2 - expected;
        fc.pre(Math.abs(room) > 1e-9);
        expect(adjustedMutualInformation(a, b)).toBeCloseTo((information(a, b) - expected) / room, 8);
      }),
      { numRuns: 60 },
    );
  });

  test("labels may be strings and clusters numbers", () => {
    expect(normalizedMutualInformation(["x", "x", "y"], [7, 7, 1])).toBeCloseTo(1, 12);
  });

  test("refuses partitions of different length", () => {
    expect(() => normalizedMutualInformation([1], [1, 2])).toThrow(/1 entries and clusters 2/);
    expect(() => adjustedMutualInformation([1], [1, 2])).toThrow(RangeError);
  });
});
