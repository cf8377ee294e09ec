import { describe, expect, it } from "vitest";
import { AnglELoss, DoNothingReducer } from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { columnsOf, placedColumns, type PlacedColumns } from "../../support/byPlace.ts";
import { describeGradedLoss } from "../../support/graded.ts";
import { toRows, type Rows } from "../../support/plain.ts";
import { expectTwin, normalRows } from "../../support/twin.ts";

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

  it("takes an odd width as if a 0 stood at its end", () => {
    const [x, y] = [normalRows(4, 5, 2), normalRows(4, 5, 3)];
    const wider = (rows: Rows): Rows => rows.map((row) => [...row, 0]);
    const odd = new AnglELoss().evaluate(x, [1, 2, 3, 4], { reference: y });
    const even = new AnglELoss().evaluate(wider(x), [1, 2, 3, 4], { reference: wider(y) });
    expect(odd.value).toBe(even.value);
    toRows(odd.gradients.reference!).forEach((row, i) =>
      expect(row).toEqual(toRows(even.gradients.reference!)[i].slice(0, 5)),
    );
  });

  it("needs two columns at least, and scores where there is no other", () => {
    const rows = normalRows(3, 4, 2);
    expect(() => new AnglELoss().evaluate(rows, null, { reference: rows })).toThrow(
      "AnglELoss needs scores; it was given null, give one number a row",
    );
    expect(() => new AnglELoss().evaluate(rows, null, { negatives: [rows] } as never)).toThrow(/needs a reference/);
  });
});

describe("AnglELoss of columns of negatives", () => {
  const columns = placedColumns(4, 5, 6, 21);
  const scores = [1, 0.5, 0, 0.25, 0.75];
  const equation = ({ embeddings, reference, negatives0, negatives1 }: PlacedColumns, positives: number[]): number => {
    const pairs = [reference!, negatives0!, negatives1!].flatMap((column, k) =>
      column.map((row, i) => ({
        angle: 20 * plainAngle(embeddings[i], row),
        score: k === 0 ? positives[i] : 1 - positives[i],
      })),
    );
    let sum = 0;
    for (const high of pairs)
      for (const low of pairs) if (high.score > low.score) sum += Math.exp(low.angle - high.angle);
    return Math.log1p(sum);
  };

  it.each([
    ["without scores has the reference's above all others", null, scores.map(() => 1)],
    ["with scores has 1 minus those for the negatives", scores, scores],
  ])("%s", (_, given, positives) => {
    const evaluation = new AnglELoss().evaluate(columns.embeddings, given, columnsOf(columns));
    expectTwin(evaluation, columns, (moved) => equation(moved, positives));
    expect(evaluation.report.status).toBe("learning");
  });

  it("learns nothing from scores of a half, which are all equal then", () => {
    const loss = new AnglELoss({ whenSilent: "ignore" });
    const { value, gradients, report } = loss.evaluate(
      columns.embeddings,
      [0.5, 0.5, 0.5, 0.5, 0.5],
      columnsOf(columns),
    );
    expect([value, report.status]).toEqual([0, "no-ordered-scores"]);
    expect(gradients.negatives!.every(({ data }) => data.every((slope) => slope === 0))).toBe(true);
  });

  it("hands its value out for a DoNothingReducer, with slopes of 0 by every column", () => {
    const loss = new AnglELoss({ reducer: new DoNothingReducer() });
    const { gradients, subLosses } = loss.evaluate(columns.embeddings, null, columnsOf(columns));
    expect(subLosses!.loss.losses[0]).toBeGreaterThan(0);
    expect(gradients.negatives!.every(({ data }) => data.every((slope) => slope === 0))).toBe(true);
  });
});

it("AnglELoss of unit vectors can be checked by hand", () => {
  const [x, y] = threeRows;
  const { value } = new AnglELoss({ scale: 1 }).evaluate([x, x], [1, 0], { reference: [y, x] });
  // 1 over 0.6 + 0.8 i is 0.6 - 0.8 i, whose parts add to -0.2; 1 over 1 is 1
  expect(value).toBeCloseTo(softplus(1 - 0.2), 5);
});
