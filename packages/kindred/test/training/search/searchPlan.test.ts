import { describe, expect, test } from "vitest";
import { firstStepsFor, mayBegin, roundsFor } from "../../../src/training/search/searchPlan.ts";

describe("mayBegin", () => {
  test("lets candidates begin until their share of the budget is spent", () => {
    expect(mayBegin("closedForms", 5, 14, 60)).toBe(true);
    expect(mayBegin("closedForms", 5, 15, 60)).toBe(false);
    expect(mayBegin("contestants", 5, 29, 60)).toBe(true);
    expect(mayBegin("contestants", 5, 30, 60)).toBe(false);
  });

  test("lets two begin however slow they are", () => {
    expect(mayBegin("contestants", 1, 1e6, 1)).toBe(true);
    expect(mayBegin("contestants", 2, 1e6, 1)).toBe(false);
  });
});

describe("firstStepsFor", () => {
  test("is 60, or what two heads and the best one twice again have time for, a look at least", () => {
    expect(firstStepsFor(24, 0.1)).toBe(60);
    expect(firstStepsFor(23, 0.1)).toBe(40);
    expect(firstStepsFor(-1, 0.1)).toBe(20);
  });
});

describe("roundsFor", () => {
  test("shares the same steps among half as many in each round", () => {
    // 0.65 x 60 s at 0.1 s a step: 390 steps, 130 a round
    expect(roundsFor(8, 60, 0.1)).toEqual([20, 60, 120]);
  });

  test("leaves early rounds out when there is not a look for each, and stays within the steps there are", () => {
    const survivors = [5, 3, 2, 1];
    for (const seconds of [0, 3, 5, 8, 13, 21, 60, 600]) {
      const rounds = roundsFor(10, seconds, 0.1);
      const total = rounds.reduce((sum, steps, r) => sum + steps * survivors[r], 0);
      expect(total).toBeLessThanOrEqual((0.65 * seconds) / 0.1);
      expect(rounds.every((steps) => steps % 20 === 0)).toBe(true);
    }
    expect(roundsFor(10, 8, 0.1)).toEqual([0, 0, 0, 40]);
  });

  test("has no round when one begins alone, and none of any length when the time is over", () => {
    expect(roundsFor(1, 60, 0.1)).toEqual([]);
    expect(roundsFor(4, -3, 0.1)).toEqual([0, 0]);
  });
});
