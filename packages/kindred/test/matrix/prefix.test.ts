import { expect, it } from "vitest";
import { prefix } from "../../src/matrix/prefix.ts";

it("prefix is the last view where it is the same, and another of the same memory where it is not", () => {
  const [array, other] = [Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6)];
  const two = prefix(array, 2, new Float64Array());
  expect([...two]).toEqual([1, 2]);
  expect(two.buffer).toBe(array.buffer);
  expect(prefix(array, 2, two)).toBe(two);
  expect([...prefix(array, 3, two)]).toEqual([1, 2, 3]);
  expect([...prefix(other, 2, two)]).toEqual([4, 5]);
  expect([...prefix(array.subarray(1), 2, two)]).toEqual([2, 3]);
});
