import type { SearchSnapshot } from "kindred";
import { describe, expect, it } from "vitest";
import { SearchTurns } from "../../../../src/commands/train/runs/searchTurns.ts";
import { saved, snapshot } from "../../../support/searchSnapshots.ts";

describe("the turns of a search", () => {
  const raw = saved("raw", 0, 0.5, null);

  it("are what a snapshot tells that the one before did not, with the figures that candidates are compared by", () => {
    const turns = new SearchTurns();
    expect(turns.take(snapshot({ closedForms: 1 }, raw))).toEqual([
      {
        place: 0,
        candidate: "raw",
        isTrained: false,
        round: 0,
        steps: 0,
        bestStep: -5,
        precisionAt1: 0.75,
        meanAveragePrecisionAtR: 0.25,
        score: (0.75 + 0.25) / 2,
        isBroken: false,
      },
    ]);
    expect(turns.take(snapshot({ closedForms: 1 }, raw, saved("a", 20, 0.7)))).toMatchObject([
      { place: 1, candidate: "a", isTrained: true, steps: 20, bestStep: 15 },
    ]);
    expect(turns.take(snapshot({}, raw, saved("a", 20, 0.7)))).toEqual([]);
    expect(turns.take(snapshot({}, raw, saved("a", 60, 0.8), saved("b", 60, 0.1)))).toHaveLength(2);
    expect(turns.all.map(({ candidate, steps }) => [candidate, steps])).toEqual([["raw", 0], ["a", 20], ["a", 60], ["b", 60]]); // prettier-ignore
  });

  it("stand in the round of the halving that their steps belong to", () => {
    const round = (steps: number, plan: SearchSnapshot["plan"]): number =>
      new SearchTurns().take(snapshot(plan, saved("a", steps, 0.5)))[0].round;
    const plan = { firstSteps: 40, rounds: [0, 20, 60] };
    expect([20, 40, 60, 61, 120, 999].map((steps) => round(steps, plan))).toEqual([0, 0, 2, 3, 3, 3]);
    // plans of before say nothing of the first steps, and rounds that are not settled have not begun
    expect([60, 80].map((steps) => round(steps, { rounds: [20] }))).toEqual([0, 1]);
    expect(round(80, {})).toBe(0);
  });

  it("call what diverged at its first step a training, and go on behind those of an earlier run", () => {
    const broken = { ...saved("x", 0, 0, null), isBroken: true };
    const [first] = new SearchTurns().take(snapshot({}, broken));
    expect(first).toMatchObject({ isTrained: true, isBroken: true });
    const turns = new SearchTurns([first]);
    expect(turns.take(snapshot({}, broken))).toEqual([]);
    expect(turns.all).toEqual([first]);
  });
});
