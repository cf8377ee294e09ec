import { expect, it } from "vitest";
import { shortened } from "../../src/terminal/shortened.ts";

it("a text is cut where it is too long, and never within a character", () => {
  expect(shortened("short", 5)).toBe("short");
  expect(shortened("longer", 5)).toBe("long…");
  expect(shortened("🐱🐶🐭🐹", 3)).toBe("🐱🐶…");
  expect(shortened("🐱🐶🐭", 3)).toBe("🐱🐶🐭");
});
