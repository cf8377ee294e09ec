import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { addFlags, choice, fallbacks, flag, flagValues, toggle, without } from "../../src/flags/flag.ts";
import { integer, list, text } from "../../src/flags/readers.ts";

const flags = {
  rows: flag("--batch-size <rows>", "samples in a batch", integer(1), 100),
  label: flag("--label <column>", "the column", text),
  ignore: flag("--ignore <columns>", "columns not read", list, []),
  how: choice("--how <word>", "which way (default: up)", ["up", "down"], "up"),
  json: toggle("--json", "as JSON", ["label"]),
  some: without(flag("--some <count>", "how many", integer(1)), ["how"]),
};

function parsed(...words: string[]): Command {
  const command = addFlags(new Command("test"), flags)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(words, { from: "user" });
}

describe("a record of flags", () => {
  it("gives the values that were typed, and the fallbacks of the others", () => {
    expect(flagValues(parsed("--batch-size", "7", "--ignore", "a, b", "--how", "down"), flags)).toEqual({
      rows: 7,
      label: null,
      ignore: ["a", "b"],
      how: "down",
      json: false,
      some: null,
    });
    expect(flagValues(parsed(), flags)).toEqual(fallbacks(flags));
  });

  it("lets what suits go before the fallbacks and behind what was typed", () => {
    const suited = { rows: 5, how: "down" } as const;
    expect(flagValues(parsed("--batch-size", "7"), flags, suited)).toMatchObject({ rows: 7, how: "down" });
    // the default, typed, is typed
    expect(flagValues(parsed("--batch-size", "100"), flags, suited)).toMatchObject({ rows: 100 });
  });

  it("tells each default once in the help, and none where there is nothing to tell", () => {
    const help = parsed().helpInformation().replace(/\s+/g, " ");
    expect(help).toContain("--batch-size <rows> samples in a batch (default: 100) --label");
    expect(help).toContain("--label <column> the column --ignore <columns> columns not read --how");
    expect(help).toContain('--how <word> which way (default: up) (choices: "up", "down") --json as JSON --some');
  });

  it("refuses what a flag cannot be, and flags that exclude each other", () => {
    expect(() => parsed("--batch-size", "0")).toThrow("Give a whole number from 1 on.");
    expect(() => parsed("--how", "left")).toThrow("Allowed choices are up, down.");
    expect(() => parsed("--how", "Down")).toThrow('Allowed choices are up, down; did you mean "down"?');
    expect(() => parsed("--json", "--label", "x")).toThrow("cannot be used with");
    expect(() => parsed("--some", "1", "--how", "down")).toThrow("cannot be used with");
    expect(parsed("--some", "1").opts()).toMatchObject({ some: 1 });
  });
});
