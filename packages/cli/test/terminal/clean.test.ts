import { expect, it } from "vitest";
import { clean, inLine } from "../../src/terminal/clean.ts";

it("clean writes out what a terminal would obey, and leaves lines, tabs and all letters", () => {
  expect(clean("\x1b[2J\x07\r\x7f\u009b\u2028\u202e\u2066")).toBe(
    "\\u001b[2J\\u0007\\u000d\\u007f\\u009b\\u2028\\u202e\\u2066",
  );
  const text = "a\tb\nŽluťoučký 日本語 👩‍👩‍👧 עברית";
  expect(clean(text)).toBe(text);
});

it("clean leaves JSON the same JSON", () => {
  const value = { label: "\x1b[2J\u009b\u202e\x7f" };
  expect(JSON.parse(clean(JSON.stringify(value, null, 2)))).toEqual(value);
});

it("inLine writes out ends of lines and tabs, too", () => {
  expect(inLine("a\tb\nc")).toBe("a\\u0009b\\u000ac");
});
