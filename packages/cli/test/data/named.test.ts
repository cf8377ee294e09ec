import { expect, it } from "vitest";
import { named } from "../../src/data/named.ts";
import { part } from "../../src/data/part.ts";

it("rows are called by label and place in the data, in every part of it too", () => {
  const vectors = { data: Float32Array.of(1, 2, 3), rows: 3, cols: 1 };
  const data = named({ name: "d", vectors, labels: ["a", "b", "a"], captions: null });
  expect(data.captions).toEqual(["a (row 1)", "b (row 2)", "a (row 3)"]);
  expect(part(data, [2, 1]).captions).toEqual(["a (row 3)", "b (row 2)"]);
  expect(named({ ...data, captions: ["x", "y", "z"] }).captions).toEqual(["x", "y", "z"]);
});
