import { expect, it } from "vitest";
import { nearest } from "../../src/door/nearest.ts";

const losses = ["ArcFaceLoss", "NTXentLoss", "SubCenterArcFaceLoss", "SupConLoss", "TripletMarginLoss"];

it("a near name is hinted at, and nothing where none is near", () => {
  expect(nearest("SupConLos", ["NTXentLoss", "SupConLoss"])).toBe('; did you mean "SupConLoss"?');
  expect(nearest("zzz", ["SupConLoss"])).toBe("");
  expect(nearest("c", ["a"])).toBe("");
});

it.each([
  ["SupCon", "SupConLoss"],
  ["SupCom", "SupConLoss"],
  ["triplet", "TripletMarginLoss"],
  ["triplet-margin", "TripletMarginLoss"],
  ["nt_xent", "NTXentLoss"],
  ["Arc", "ArcFaceLoss"],
  ["arcface", "ArcFaceLoss"],
])("%s is taken for %s: the common ending and signs between words may be left away", (name, meant) => {
  expect(nearest(name, losses)).toBe(`; did you mean "${meant}"?`);
});

it.each(["", "S", "Su", "Loss", "toString", "__proto__"])("%j is taken for nothing", (name) => {
  expect(nearest(name, losses)).toBe("");
});
