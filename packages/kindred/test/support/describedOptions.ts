import { describe, expect, it } from "vitest";
import type { OptionRecord } from "../../src/index.ts";

/** What the shared tests of options need to know of a class. */
interface OptionsContract {
  readonly record: OptionRecord;
  /** Options without which none can be made. */
  readonly least: Readonly<Record<string, unknown>>;
  /** Makes one with just these options; undefined: with no options at all. */
  readonly make: (options: object | undefined) => { readonly options: object };
}

/** Tests of the options of a class against the record that its description holds. */
export function describeOptionsContract(name: string, { record, least, make }: OptionsContract): void {
  const names = Object.keys(record);
  const required = names.filter((option) => record[option].default === undefined);

  describe(`the options of ${name}`, () => {
    it("are those of its record, at their defaults unless given", () => {
      const made = make(least).options as Record<string, unknown>;
      expect(Object.keys(made).sort()).toEqual(names.toSorted());
      for (const option of names)
        if (!(option in least)) expect(made[option], option).toBe(record[option].default);
        else if (typeof least[option] !== "function") expect(made[option], option).toEqual(least[option]);
    });

    it("may all be left out where none is required; the first that is is named otherwise", () => {
      expect(Object.keys(least)).toEqual(expect.arrayContaining(required));
      if (Object.keys(least).length === 0) expect(Object.keys(make(undefined).options)).toHaveLength(names.length);
      for (const option of required)
        expect(() => make({ ...least, [option]: undefined })).toThrow(
          `${name} was given no ${option}; give ${record[option].kind}`,
        );
    });

    it("are refused under an unknown name, and the nearest known one is told", () => {
      if (names.length === 0) return;
      const longest = names.reduce((a, b) => (b.length > a.length ? b : a));
      const slip = `${longest.slice(0, -1)}_${longest.slice(-1)}`;
      expect(() => make({ ...least, [slip]: 1 })).toThrow(
        new TypeError(`${name} has no option "${slip}"; did you mean "${longest}"?`),
      );
      const strange = "?".repeat(60);
      expect(() => make({ ...least, [strange]: 1 })).toThrow(`known: ${names.join(", ")}`);
    });

    it.each(names)("refuse a %s of a wrong type, naming it", (option) => {
      for (const wrong of [Symbol("wrong"), new Date(0), "\u0000 no such value"]) {
        if (typeof wrong === "string" && !isForNumbersAndChoices(record[option])) continue;
        expect(() => make({ ...least, [option]: wrong })).toThrow(new RegExp(`\\b${option}\\b.*(give|alone)`));
      }
    });

    it.each(names.filter((option) => record[option].bounds !== undefined))("hold %s within its bounds", (option) => {
      const { atLeast, atMost, above, below, integer, infinite } = record[option].bounds!;
      const outside = [
        NaN,
        ...(infinite === true ? [] : [Infinity]),
        ...(atLeast === undefined ? [] : [atLeast - 1, atLeast - 1e-9]),
        ...(atMost === undefined ? [] : [atMost + 1]),
        ...(above === undefined ? [] : [above, above - 1]),
        ...(below === undefined ? [] : [below, below + 1]),
        ...(integer === true ? [1.5] : []),
      ];
      for (const value of outside)
        expect(() => make({ ...least, [option]: value }), String(value)).toThrow(`${option} is ${value}; give `);
    });

    it.each(names.filter((option) => record[option].values !== undefined))("take every value of %s", (option) => {
      for (const value of record[option].values!)
        // together with other options it may be none
        expect(record[option].read(value, option, name)).toBe(value);
    });
  });
}

/** A text is right for no number, and for no choice that does not list it. */
function isForNumbersAndChoices({ bounds, values }: OptionRecord[string]): boolean {
  return bounds !== undefined || values !== undefined;
}
