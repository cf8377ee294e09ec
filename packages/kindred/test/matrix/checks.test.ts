import { describe, expect, it } from "vitest";
import {
  checkNumber,
  checkOneOf,
  describe as phrase,
  nearestName,
  unknownName,
  withDefaults,
  type NumberBounds,
} from "../../src/matrix/checks.ts";

describe("a value as a phrase", () => {
  it("is short and says what it is", () => {
    const phrases: [unknown, string][] = [
      [null, "null"],
      [undefined, "undefined"],
      [-0.5, "-0.5"],
      [7n, "7"],
      ["a", '"a"'],
      ["x".repeat(60), `"${"x".repeat(40)}..."`],
      [[1, 2, 3], "an array of 3"],
      [Float32Array.of(1), "an object of type Float32Array"],
      [{}, "an object of type Object"],
      [Object.create(null), "an object of type Object"],
      [Math.max, "a function named max"],
      [
        (
          () => () =>
            0
        )(),
        "a function",
      ],
    ];
    for (const [value, expected] of phrases) expect(phrase(value)).toBe(expected);
  });
});

describe("withDefaults", () => {
  const defaults = { margin: 0.1, distance: null as string | null };

  it("puts what is given over the defaults, undefined meaning the default and null being a value", () => {
    expect(withDefaults(undefined, defaults, "Loss")).toEqual(defaults);
    expect(withDefaults({}, defaults, "Loss")).not.toBe(defaults);
    expect(withDefaults({ margin: undefined, distance: "x" }, defaults, "Loss")).toEqual({
      margin: 0.1,
      distance: "x",
    });
    const nullable: { margin: number | null } = { margin: 1 };
    expect(withDefaults({ margin: null }, nullable, "Loss").margin).toBeNull();
    expect(withDefaults({ margin: 0 }, defaults, "Loss").margin).toBe(0);
  });

  it("changes neither what is given nor the defaults", () => {
    const given = Object.freeze({ margin: 3 });
    const options = withDefaults(given, Object.freeze({ ...defaults }), "Loss");
    expect([options.margin, given, defaults.margin]).toEqual([3, { margin: 3 }, 0.1]);
  });

  it("refuses unknown names with the nearest known one, also those that every object has", () => {
    expect(() => withDefaults({ margn: 1 } as object, defaults, "Loss")).toThrow(
      new TypeError('Loss has no option "margn"; did you mean "margin"?'),
    );
    for (const name of ["toString", "constructor", "hasOwnProperty"])
      expect(() => withDefaults({ [name]: 1 }, defaults, "Loss")).toThrow(`no option "${name}"`);
  });

  it("refuses what is no object of options", () => {
    for (const given of [null, 3, "margin", [1], () => 0])
      expect(() => withDefaults(given as object, defaults, "Loss")).toThrow(
        /Loss takes its options as an object, given/,
      );
  });
});

describe("the nearest known name", () => {
  it("is that of a slip, in either case", () => {
    const known = ["temperature", "margin", "distance"];
    expect(nearestName("temprature", known)).toBe("temperature");
    expect(nearestName("MARGIN", known)).toBe("margin");
    expect(nearestName("distence", known)).toBe("distance");
    expect(nearestName("zz", known)).toBeUndefined();
    expect(nearestName("x", [])).toBeUndefined();
  });

  it("is named in the sentence, or all known names are", () => {
    expect(unknownName("no loss", "marign", ["margin"])).toBe('no loss "marign"; did you mean "margin"?');
    expect(unknownName("no loss", "q", ["a b c", "d e f"])).toBe('no loss "q"; known: a b c, d e f');
    expect(unknownName("no loss", "q", [])).toBe('no loss "q"; known: none');
  });
});

describe("checkNumber", () => {
  it("returns a number within its bounds, the bounds of at least and at most included", () => {
    const taken: [number, NumberBounds][] = [
      [0, {}],
      [-1e300, {}],
      [1, { atLeast: 1, atMost: 1 }],
      [1.0001, { above: 1 }],
      [0.9999, { below: 1 }],
      [3, { integer: true }],
      [Infinity, { infinite: true }],
      [Infinity, { above: 0, infinite: true }],
    ];
    for (const [value, bounds] of taken) expect(checkNumber(value, "x", bounds)).toBe(value);
  });

  it("refuses a number beyond them, with the bounds", () => {
    const refused: [number, NumberBounds, string][] = [
      [0.5, { atLeast: 1 }, "x is 0.5; give a finite number >= 1"],
      [2, { atMost: 1, atLeast: 0 }, "x is 2; give a finite number >= 0 and <= 1"],
      [1, { above: 1 }, "x is 1; give a finite number > 1"],
      [1, { below: 1 }, "x is 1; give a finite number < 1"],
      [1.5, { integer: true, atLeast: 1 }, "x is 1.5; give a whole number >= 1"],
      [Infinity, {}, "x is Infinity; give a finite number"],
      [-Infinity, { above: 0, infinite: true }, "x is -Infinity; give a number > 0"],
    ];
    for (const [value, bounds, sentence] of refused)
      expect(() => checkNumber(value, "x", bounds)).toThrow(new RangeError(sentence));
  });

  it("refuses what is no number", () => {
    for (const value of [NaN, "1", null, undefined, 1n, [1]])
      expect(() => checkNumber(value, "x")).toThrow(new TypeError(`x is ${phrase(value)}; give a number`));
  });
});

describe("checkOneOf", () => {
  it("returns a known value and names them all otherwise", () => {
    expect(checkOneOf("a", "x", ["a", "b"])).toBe("a");
    expect(checkOneOf(false, "x", [true, false])).toBe(false);
    expect(() => checkOneOf("c", "x", ["a", "b"])).toThrow(new RangeError('x is "c"; give one of "a", "b"'));
    expect(() => checkOneOf(0, "x", [true, false])).toThrow("x is 0; give one of true, false");
  });
});
