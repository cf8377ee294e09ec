import { expect, test } from "vitest";
import { copiesUnder, prefixed, savedMatrix, savedNumber, withoutPrefix } from "../../src/training/stateDict.ts";
import { randomMatrix } from "./fixtures.ts";

test("a prefix can be put before the names and taken away again, on copies", () => {
  const W = randomMatrix(2, 3, 1);
  const inner = { W, steps: 4 };
  const outer = { ...prefixed(inner, "optimizer."), W: randomMatrix(1, 1, 2) };
  expect(withoutPrefix(outer, "optimizer.")).toEqual(inner);
  expect(copiesUnder(outer, "optimizer.")).toEqual({ W });
  W.data.fill(0);
  expect(withoutPrefix(outer, "optimizer.")).not.toEqual(inner);
});

test("what a state lacks, or has in another shape, is named", () => {
  const state = { W: randomMatrix(2, 3, 1), steps: 4 };
  expect(savedMatrix(state, "W", 2, 3, "Adam")).toBe(state.W);
  expect(savedNumber(state, "steps", "Adam")).toBe(4);
  expect(() => savedMatrix(state, "V", 2, 3, "Adam")).toThrow("the state for Adam has no matrix V");
  expect(() => savedMatrix(state, "W", 3, 2, "Adam")).toThrow("the state for Adam has W of 2 x 3, 3 x 2 is needed");
  expect(() => savedNumber(state, "W", "Adam")).toThrow("the state for Adam has W = an object of type Object");
});
