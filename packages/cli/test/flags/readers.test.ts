import { describe, expect, it } from "vitest";
import { integer, integers, numberFrom, numberOrNull, positive, seedNumber } from "../../src/flags/readers.ts";

describe("readers of flags", () => {
  it("take numbers within their bounds", () => {
    expect(integer(1)("128")).toBe(128);
    expect(integers(1)("256, 128")).toEqual([256, 128]);
    expect(positive()("1e-3")).toBe(0.001);
    expect(numberFrom(-1, 1)("-1")).toBe(-1);
    expect(numberOrNull("null")).toBeNull();
    expect(seedNumber("9007199254740991")).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each(["", " ", "x", "1.5", "0", "-1", "NaN", "Infinity", "1,2", "5GB"])(
    "refuse %j as a whole number from 1 on",
    (text) => expect(() => integer(1)(text)).toThrow(/^Give a whole number from 1 /),
  );

  it("name the upper bound to who is above it", () => {
    expect(() => integer(1)("1e10")).toThrow("Give a whole number from 1 to 2147483647.");
    expect(() => integer(1, 10)("11")).toThrow("Give a whole number from 1 to 10.");
    expect(() => seedNumber("9007199254740993")).toThrow("Give a whole number from 0 ");
    expect(() => seedNumber("1.5")).toThrow("Give a whole number from 0 on.");
  });

  it.each(["16,,", ",16", "1,,2", "", ","])("refuse the list %j with something empty", (text) =>
    expect(() => integers(1)(text)).toThrow("with nothing empty in between"),
  );

  it("refuse numbers that are not finite or beyond a limit", () => {
    expect(() => positive()("1e400")).toThrow("Give a finite number above 0.");
    expect(() => positive()("0")).toThrow("Give a finite number above 0.");
    expect(() => positive(1)("1")).toThrow("Give a number above 0 and below 1.");
    expect(() => numberFrom(-1, 1)("")).toThrow("Give a number from -1 to 1.");
  });
});
