import { expect, test } from "vitest";
import { embedAll, toUnitRows } from "../../../src/evaluation/inference/embedder.ts";
import { normalMatrix } from "../fixtures.ts";

test("embedAll gives what embedding all at once gives", () => {
  const inputs = normalMatrix(7, 2);
  const model = { embed: (x: typeof inputs) => ({ data: x.data.map((v) => v * 3), rows: x.rows, cols: x.cols }) };
  expect(embedAll(model, inputs, 3)).toEqual(model.embed(inputs));
  expect(embedAll(undefined, inputs, 3)).toBe(inputs);
});

test("embedAll refuses a model that gives another number of rows", () => {
  expect(() => embedAll({ embed: () => normalMatrix(1, 2) }, normalMatrix(4, 2), 4)).toThrow(
    /gave 1 rows for 4 inputs/,
  );
});

test("toUnitRows gives rows of length 1 and leaves zero rows zero", () => {
  const { data } = toUnitRows({ data: Float32Array.of(3, 4, 0, 0), rows: 2, cols: 2 });
  expect([...data]).toEqual([Math.fround(0.6), Math.fround(0.8), 0, 0]);
});
