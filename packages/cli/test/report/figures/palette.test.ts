import { describe, expect, it } from "vitest";
import { classMark, darkColours, lightColours } from "../../../src/report/figures/palette.ts";

/** The relative luminance of #rrggbb (WCAG 2). */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe.each([
  ["light", lightColours],
  ["dark", darkColours],
])("the %s colours", (_, declared) => {
  const colours = new Map([...declared.matchAll(/--(\w+): (#\w{6});/g)].map(([, name, value]) => [name, value]));
  const of = (name: string): string => colours.get(name)!;

  it("of texts and classes reach 4.5 : 1 on paper, texts on the ground, too", () => {
    const names = ["ink", "soft", ...Array.from({ length: 10 }, (_, c) => `c${c + 1}`)];
    for (const name of names) expect(contrast(of(name), of("paper")), name).toBeGreaterThanOrEqual(4.5);
    for (const name of ["ink", "soft"]) expect(contrast(of(name), of("ground")), name).toBeGreaterThanOrEqual(4.5);
  });

  it("of marks behind others reach 3 : 1", () => {
    expect(contrast(of("quiet"), of("paper"))).toBeGreaterThanOrEqual(3);
  });
});

it("ten classes have ten colours and five shapes, and no two the same of both", () => {
  const marks = Array.from({ length: 10 }, (_, c) => classMark(c));
  expect(new Set(marks.map(({ colour }) => colour)).size).toBe(10);
  expect(new Set(marks.map(({ symbol }) => symbol)).size).toBe(5);
});
