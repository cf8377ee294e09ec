import { describe, expect, it } from "vitest";
import { AnglELoss } from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { describeGradedLoss } from "../../support/graded.ts";
import { normalRows } from "../../support/twin.ts";

interface Complex {
  readonly re: number;
  readonly im: number;
}

function complex(row: readonly number[]): Complex[] {
  const half = row.length / 2;
  return row.slice(0, half).map((re, k) => ({ re, im: row[half + k] }));
}

/** The paper's equations 5 to 7: z / w divided by the ratio of the lengths, real and imaginary parts summed. */
function plainAngle(x: readonly number[], y: readonly number[]): number {
  const [z, w] = [complex(x), complex(y)];
  const squared = w.reduce((sum, { re, im }) => sum + re * re + im * im, 0);
  const ratio = Math.hypot(...x) / Math.hypot(...y);
  const parts = z.flatMap(({ re: a, im: b }, k) => {
    const { re: c, im: d } = w[k];
    return [(a * c + b * d) / squared / ratio, (b * c - a * d) / squared / ratio];
  });
  return Math.abs(parts.reduce((sum, part) => sum + part, 0));
}

describeGradedLoss("AnglELoss", { make: (options) => new AnglELoss(options), similarity: plainAngle });

describe("AnglELoss", () => {
  it("has a slope where rows are equal and a cosine has none", () => {
    const rows = normalRows(3, 4, 1);
    const { gradients } = new AnglELoss({ scale: 1 }).evaluate(rows, [1, 2, 3], { reference: rows });
    expect(Math.max(...gradients.embeddings.data.map(Math.abs))).toBeGreaterThan(0.05);
  });

  it("refuses an odd width", () => {
    const rows = normalRows(3, 5, 2);
    expect(() => new AnglELoss().evaluate(rows, [1, 2, 3], { reference: rows })).toThrow(
      "embeddings has 5 columns; real and imaginary parts need an even width",
    );
  });
});

it("AnglELoss of unit vectors can be checked by hand", () => {
  const [x, y] = threeRows;
  const { value } = new AnglELoss({ scale: 1 }).evaluate([x, x], [1, 0], { reference: [y, x] });
  // 1 over 0.6 + 0.8 i is 0.6 - 0.8 i, whose parts add to -0.2; 1 over 1 is 1
  expect(value).toBeCloseTo(softplus(1 - 0.2), 5);
});
