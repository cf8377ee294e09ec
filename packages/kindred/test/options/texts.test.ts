// @module-tag long
import { describe, expect, it } from "vitest";
import { optionTexts } from "../../../../scripts/option-texts.mjs";
import * as kindred from "../../src/index.ts";
import type { OptionRecord } from "../../src/index.ts";
import { describedClasses } from "../../src/options/described.ts";
import { boundsOf, boundsTold, defaultTold, isDefault } from "../support/told.ts";

// The comment above an option tells its default and its bounds, which stand in the record too.

const texts = optionTexts();
const described = (["loss", "miner", "sampler"] as const).flatMap((kind) => describedClasses(kindred, kind));

it("there are texts of every described class, with one of each of its options", () => {
  expect(described.length).toBeGreaterThan(40);
  for (const { description } of described)
    expect(Object.keys(texts[description.name]).sort()).toEqual(Object.keys(description.options).sort());
});

const withOptions = described
  .map(({ description }) => description)
  .filter(({ options }) => Object.keys(options).length > 0);

describe.each(withOptions)("the texts of the options of $name", (description) => {
  it.each(Object.entries(description.options as OptionRecord))(
    "tell the default and the bounds of %s",
    (name, option) => {
      const text = texts[description.name][name];
      expect(text).toMatch(/^\S.*\.$/);
      expect(isDefault(defaultTold(text), option), `${text} The default is ${JSON.stringify(option.default)}`).toBe(
        true,
      );
      expect(boundsTold(text), text).toEqual(boundsOf(option));
      for (const value of option.values ?? [])
        if (typeof value === "string" && !text.includes("{@link")) expect(text).toContain(JSON.stringify(value));
    },
  );
});
