import { describe, expect, it } from "vitest";
import { memory } from "../../src/flags/memory.ts";

describe("memory", () => {
  it.each([
    ["8GB", 8e9],
    ["512 MB", 512e6],
    ["1.5gb", 1.5e9],
    [" 3 kB ", 3000],
    ["2TB", 2e12],
    ["7b", 7],
  ])("reads %s", (text, bytes) => expect(memory(text)).toBe(bytes));

  it.each(["", "8", "GB", "0GB", "-1GB", "1.2.3GB", "8 GiB", "lots"])("refuses %j with an example", (text) => {
    expect(() => memory(text)).toThrow(/Give an amount such as 8GB or 512MB/);
  });
});
