import { describe, expect, it } from "vitest";
import { Random } from "../../../src/index.ts";
import { chooseSorted } from "../../../src/miners/search/chooseSorted.ts";
import { expectDraws } from "../../support/chiSquared.ts";

describe("chooseSorted", () => {
  it("draws every set equally often, in ascending order", () => {
    const random = new Random(3);
    const counts = new Map<string, number>();
    for (let a = 0; a < 5; a++) for (let b = a + 1; b < 5; b++) counts.set(`${a} ${b}`, 0);
    for (let round = 0; round < 5000; round++) {
      const set = chooseSorted(2, 5, random).join(" ");
      counts.set(set, counts.get(set)! + 1);
    }
    expect(counts.size).toBe(10);
    expectDraws([...counts.values()], Array<number>(10).fill(0.1));
  });

  it("gives none, or all, or a few of very many", () => {
    const random = new Random(1);
    expect([...chooseSorted(0, 4, random)]).toEqual([]);
    expect([...chooseSorted(4, 4, random)]).toEqual([0, 1, 2, 3]);
    const few = chooseSorted(3, 2 ** 40, random);
    expect(few.length).toBe(3);
    expect(few[0] < few[1] && few[1] < few[2] && few[2] < 2 ** 40).toBe(true);
  });
});
