import { describe, expect, it } from "vitest";
import { beforeAndAfter, plane, stepCurve } from "../../src/report/figures.ts";
import { figure } from "../../src/report/page.ts";

describe("a figure", () => {
  it("draws every step of a short curve and every metric as bars", () => {
    expect(figure(stepCurve([3, 2, 1], "loss"), "c").html).toMatch(/<figure><svg[^]*<\/svg><figcaption>c/);
    const bars = beforeAndAfter([{ name: "precision@1", before: 0.2, after: 0.75 }]);
    expect(bars).toContain("0.200");
    expect(bars).toContain("0.750");
  });

  it("names each point of the plane for the mouse", () => {
    const svg = plane(
      [
        [0, 0],
        [1, 1],
      ],
      ["a", "b"],
      ["first <point>", "second"],
    );
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(svg).toContain("first &lt;point&gt;");
  });
});
