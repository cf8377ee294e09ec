import { expect, test } from "vitest";
import { batchTaker } from "../../src/training/trainingData.ts";

const inputs = [
  [1, 2],
  [3, 4],
  [5, 6],
];

test("takes rows and their labels in the order asked for, as they are", () => {
  const take = batchTaker({ inputs, labels: ["cat", 7, "dog"] });
  const batch = take(Int32Array.of(2, 0, 2));
  expect(Array.from(batch.inputs.data)).toEqual([5, 6, 1, 2, 5, 6]);
  expect(batch.labels).toEqual(["dog", "cat", "dog"]);
});

test("labels may be a typed array", () => {
  expect(batchTaker({ inputs, labels: BigInt64Array.of(1n, 2n, 3n) })(Int32Array.of(1)).labels).toEqual([2n]);
});

test("refuses labels that are none or too few, and rows that are not there", () => {
  expect(() => batchTaker({ inputs, labels: null as never })).toThrow("data.labels is null");
  expect(() => batchTaker({ inputs, labels: [1, 2] })).toThrow("data.labels has 2 entries for 3 inputs");
  const take = batchTaker({ inputs, labels: [1, 2, 3] });
  expect(() => take(Int32Array.of(3))).toThrow("the sampler asked for sample 3 of 3");
  expect(() => take(Int32Array.of(-1))).toThrow("the sampler asked for sample -1 of 3");
});
