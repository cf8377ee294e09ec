import { describe, expect, it } from "vitest";
import { planeFigure } from "../../../src/report/figures/planeFigure.ts";

describe("a plane", () => {
  it("names each point for the mouse", () => {
    const svg = planeFigure(
      "The vectors",
      [
        [0, 0],
        [1, 1],
      ],
      ["a", "b"],
      ["first <point>", "second"],
    );
    expect(svg.match(/<title>/g)).toHaveLength(2);
    expect(svg).toContain("first &lt;point&gt;");
    expect(svg).toContain('aria-label="The vectors, laid out on a plane: 2 points of 2 classes."');
  });

  it("cuts names that are too long", () => {
    const long = "x".repeat(1e5);
    expect(planeFigure("The vectors", [[0, 0]], [long], [long]).length).toBeLessThan(5000);
  });
});
