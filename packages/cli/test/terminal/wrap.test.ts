import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { shorten, wrap } from "../../src/terminal/wrap.ts";

describe("wrap", () => {
  it("breaks lines between words and leaves those that fit", () => {
    expect(wrap("one two three\nfour", 8)).toEqual(["one two", "three", "four"]);
    expect(wrap("about 100 % (58 %) of", 9)).toEqual(["about", "100 %", "(58 %) of"]);
    expect(wrap("train --lr 0.1 --auto --m 2", 11)).toEqual(["train", "--lr 0.1", "--auto", "--m 2"]);
    expect(wrap("", 8)).toEqual([""]);
    expect(wrap("no end", Infinity)).toEqual(["no end"]);
  });

  it("goes on below the first word of an indented line or an item", () => {
    expect(wrap("  one two three", 10)).toEqual(["  one two", "  three"]);
    expect(wrap("  1. one two three", 13)).toEqual(["  1. one two", "     three"]);
  });

  it("breaks a word that is wider than a line, and counts the cells of wide letters", () => {
    expect(wrap("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
    expect(wrap("日本語日本語", 5)).toEqual(["日本", "語日", "本語"]);
    expect(wrap("👩‍👩‍👧👩‍👩‍👧", 3)).toEqual(["👩‍👩‍👧", "👩‍👩‍👧"]);
  });

  it("gives no line wider than asked for, and every word in order", () => {
    const text = "  12. Doctor: a sentence, with /a/very/long/path/of/a/file.csv and 日本語 \tin it.";
    for (let width = 1; width < 60; width++) {
      const lines = wrap(text, width);
      if (width > 1) expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(width);
      expect(lines.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
    }
  });
});

it("shorten ends what is too wide with an ellipsis", () => {
  expect(shorten("abcdef", 6)).toBe("abcdef");
  expect(shorten("abcdef", 5)).toBe("abcd…");
  expect(shorten("日本語日本語", 6)).toBe("日本…");
});
