import { describe, expect, it } from "vitest";
import { contestFigure, type ContestCurve } from "../../../src/report/figures/contestFigure.ts";

const curves: ContestCurve[] = [
  {
    name: "best",
    turns: [
      { steps: 60, bestStep: 40, score: 0.6 },
      { steps: 120, bestStep: 120, score: 0.7 },
      { steps: 240, bestStep: 120, score: 0.7 },
    ],
  },
  { name: "left behind", turns: [{ steps: 60, bestStep: 0, score: 0.5 }] },
];
const levels = [
  { name: "the vectors as they are", score: 0.4 },
  { name: "the best closed form", score: 0.55 },
];

/** The points of each line of a picture, in its own units. */
const linesOf = (svg: string): number[][][] =>
  [...svg.matchAll(/<path d="(M[\d.,ML-]+)"/g)].map(([, path]) => path.slice(1).split("L").map((point) => point.split(",").map(Number))); // prettier-ignore

describe("the picture of a contest", () => {
  it("has a line a head, the best on top, which rises at the steps where it was best, and a level line for what is not trained", () => {
    const svg = contestFigure(curves, levels);
    const [behind, best] = linesOf(svg).filter((line) => line.length > 1 && line[0][0] >= 46);
    expect(behind).toHaveLength(2);
    expect(behind[0][1]).toBe(behind[1][1]);
    // steps 40, 60, 120, 240: level from 40 to 60, up to 120, level from there
    expect(best).toHaveLength(4);
    const [x, y] = [0, 1].map((k) => best.map((point) => point[k]));
    expect(x.map((at) => Math.round(((at - x[0]) / (x[3] - x[0])) * 200 + 40))).toEqual([40, 60, 120, 240]);
    expect([y[0] === y[1], y[2] < y[1], y[2] === y[3]]).toEqual([true, true, true]);
    expect(svg.match(/stroke-dasharray="5 5"/g)).toHaveLength(1);
    expect(svg).toContain(">step<");
  });

  it("says what it shows to those who don't see it", () => {
    expect(contestFigure(curves, levels)).toContain(
      'aria-label="The best score so far of 2 heads over steps: the best reaches 0.700 at step 120, the vectors as they are 0.400, the best closed form 0.550."',
    );
  });

  it("is drawn for one head that never had a step, and without levels", () => {
    const svg = contestFigure([{ name: "a", turns: [{ steps: 0, bestStep: 0, score: 0.2 }] }], []);
    expect(svg).toMatch(/^<svg[^]*<\/svg>$/);
    expect(svg).not.toContain("NaN");
    expect(svg).toContain("1 head over steps");
  });
});
