import { Random } from "kindred";
import { describe, expect, it } from "vitest";
import { beforeAndAfter, plane, stepCurve } from "../../src/report/figures.ts";
import { code, figure, table, toHtml } from "../../src/report/page.ts";
import { onPlane } from "../../src/report/plane.ts";

describe("a report", () => {
  it("is one file that shows text as text", () => {
    const html = toHtml({
      title: "<b>&",
      verdict: 'a "verdict"',
      sections: [{ heading: "h", text: "t", content: [table(["a"], [["<i>"]]), code("x < y")] }],
    });
    expect(html).toContain("<title>&lt;b&gt;&amp;</title>");
    expect(html).toContain("<td>&lt;i&gt;</td>");
    expect(html).toContain("x &lt; y");
    expect(html).not.toContain("<script");
  });

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

describe("the plane", () => {
  const random = new Random(1);
  const rows = 90;
  const cols = 8;
  const data = Float32Array.from(
    { length: rows * cols },
    (_, k) => 0.1 * random.normal() + (k % cols === Math.floor(k / cols) % 3 ? 2 : 0),
  );

  it("keeps three clusters apart, the same for the same seed", () => {
    const points = onPlane({ data, rows, cols }, 4);
    const away = (i: number, j: number): number => Math.hypot(points[i][0] - points[j][0], points[i][1] - points[j][1]);
    const nearestOf = (i: number): number =>
      Array.from(points.keys())
        .filter((j) => j !== i)
        .reduce((best, j) => (away(i, j) < away(i, best) ? j : best), i === 0 ? 1 : 0);
    const kept = Array.from(points.keys()).filter((i) => nearestOf(i) % 3 === i % 3).length;
    expect(kept).toBe(rows);
    expect(onPlane({ data, rows, cols }, 4)).toEqual(points);
  });

  it.each([0, 1, 2, 5])("lays out %i rows", (count) => {
    const points = onPlane({ data: data.slice(0, count * cols), rows: count, cols }, 1);
    expect(points).toHaveLength(count);
    expect(points.flat().every(Number.isFinite)).toBe(true);
  });

  it("lays out equal rows", () => {
    expect(
      onPlane({ data: new Float32Array(80), rows: 10, cols: 8 }, 1)
        .flat()
        .every(Number.isFinite),
    ).toBe(true);
  });
});
