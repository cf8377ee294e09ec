import { expect, it } from "vitest";
import { InputError } from "../../src/door/inputError.ts";
import { checkEntries } from "../../src/door/mostEntries.ts";

it("checkEntries refuses what is larger than half a gigabyte, with its size and what to do", () => {
  const sized = { what: "the memory", remedy: "give less" };
  expect(() => checkEntries(2 ** 20, 128, sized)).not.toThrow();
  expect(() => checkEntries(2 ** 20, 129, sized)).toThrow(InputError);
  expect(() => checkEntries(1e10, 64, sized)).toThrow(
    "the memory would be 10,000,000,000 x 64 numbers, 2,560 GB, and 0.5 GB is the most; give less",
  );
  expect(() => checkEntries(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, sized)).toThrow(InputError);
});
