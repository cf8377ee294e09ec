import { expect, test } from "vitest";
import { evaluateMse } from "../../../src/index.ts";

test("gives -100 times the mean of all squared differences, of the first coordinates if told to", () => {
  const given = { teacher: [[1, 2, 3], [0, 0, 0]], student: [[1, 0, 3], [1, 0, 5]] }; // prettier-ignore
  expect(evaluateMse(given).metrics.negativeMse).toBeCloseTo((-100 * (4 + 1 + 25)) / 6, 12);
  expect(evaluateMse(given, { truncateDim: 2 }).metrics.negativeMse).toBeCloseTo((-100 * 5) / 4, 12);
});

test("is NaN of nothing, refuses rows that differ in number, and knows no similarity", () => {
  expect(evaluateMse({ teacher: [], student: [] }).metrics.negativeMse).toBeNaN();
  expect(() => evaluateMse({ teacher: [[1]], student: [] })).toThrow("student has 0 rows, teacher has 1");
  expect(() => evaluateMse({ teacher: [[1]], student: [[1]] }, { similarity: "dot" } as object)).toThrow(
    /no option "similarity"/,
  );
});
