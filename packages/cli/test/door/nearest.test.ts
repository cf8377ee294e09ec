import { expect, it } from "vitest";
import { nearest } from "../../src/door/nearest.ts";

it("nearest hints at the nearest known name, and only at a near one", () => {
  expect(nearest("SupConLos", ["NTXentLoss", "SupConLoss"])).toBe('; did you mean "SupConLoss"?');
  expect(nearest("zzz", ["SupConLoss"])).toBe("");
  expect(nearest("c", ["a"])).toBe("");
});
