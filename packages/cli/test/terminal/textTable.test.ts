import { expect, it } from "vitest";
import { textTable } from "../../src/terminal/textTable.ts";

it("words and figures line up in tables", () => {
  expect(
    textTable(
      ["", "a"],
      [
        ["row", "12"],
        ["x", "3"],
      ],
    ),
  ).toBe("        a\n  row  12\n  x     3");
});
