import { describe, expect, it } from "vitest";
import { beforeAndAfter, stepCurve } from "../../../src/report/figures/trainingFigures.ts";

describe("the pictures of a training", () => {
  it("draw every step of a short curve and every metric as bars", () => {
    expect(stepCurve([3, 2, 1], "loss")).toMatch(/^<svg[^]*<\/svg>$/);
    const bars = beforeAndAfter([{ name: "precision@1", before: 0.2, after: 0.75 }]);
    expect(bars).toContain("0.200 raw");
    expect(bars).toContain("0.750 learned");
  });

  it("say what they show to those who don't see them", () => {
    expect(stepCurve([4, 2, 1], "loss")).toContain(
      'aria-label="loss over 3 steps: 4.000 at the start, 1.000 at the end."',
    );
    expect(beforeAndAfter([{ name: "MAP@R", before: 0.5, after: 0.25 }])).toContain(
      'aria-label="Bars: MAP@R 0.500 before, 0.250 after."',
    );
  });

  it("stay small for a million steps, and are drawn for one and for none", () => {
    expect(stepCurve(new Float64Array(1e6).map(Math.sin), "loss").length).toBeLessThan(100_000);
    expect(stepCurve([1], "loss")).toContain("<circle");
    expect(stepCurve([], "loss")).toContain("no step was taken");
  });
});
