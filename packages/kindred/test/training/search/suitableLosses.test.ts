import { describe, expect, test } from "vitest";
import { usualLosses } from "../../../src/training/search/candidates.ts";
import { suitableLosses } from "../../../src/training/search/suitableLosses.ts";
import { randomMatrix } from "../fixtures.ts";

function labelsOf(...sizes: readonly number[]): string[] {
  return sizes.flatMap((size, c) => new Array<string>(size).fill(`c${c}`));
}

describe("suitableLosses", () => {
  test("compares pairs where most rows have another of their class", () => {
    const { losses, m, reason } = suitableLosses(labelsOf(1, 1, 9, 12, 20));
    expect(losses).toBe(usualLosses);
    expect(m).toBe(4);
    expect(reason).toContain("3 of 5 classes have two rows or more, in the middle 12");
  });

  test("takes fewer rows of a class where classes have fewer", () => {
    expect(suitableLosses(labelsOf(2, 3, 3, 5)).m).toBe(3);
    expect(suitableLosses(labelsOf(2, 2, 2, 5)).m).toBe(2);
    expect(suitableLosses(labelsOf(1, 1)).m).toBe(2);
  });

  test("begins with a loss that needs no pairs where those are rare, made for labels of any kind", () => {
    const labels = labelsOf(1, 1, 1, 1, 1, 2);
    const { losses, reason } = suitableLosses(labels);
    expect(reason).toContain("1 of 6 classes have two rows or more, 2 of 7 rows");
    expect(losses.slice(1)).toEqual(usualLosses);
    const loss = losses[0].make([...new Set(labels)], 4);
    const embeddings = randomMatrix(3, 4, 1);
    expect(loss.evaluate(embeddings, ["c0", "c1", "c5"]).value).toBeGreaterThan(0);
  });
});
