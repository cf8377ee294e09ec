import { expect, test } from "vitest";
import { powerOfTwo } from "../../src/matrix/float.ts";

test("powerOfTwo is the largest that is not above a number, and 1 for 0", () => {
  expect([0, 1, 1.9, 2, 1e-3, 3e38].map(powerOfTwo)).toEqual([1, 1, 1, 2, 2 ** -10, 2 ** 127]);
});
