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

it("a table too wide becomes several, each with the first column", () => {
  const rows = [
    ["first", "1", "22", "333"],
    ["second", "4444", "5", "6"],
  ];
  expect(textTable(["", "a", "b", "c"], rows, 18)).toBe(
    [
      "             a   b",
      "  first      1  22",
      "  second  4444   5",
      "",
      "            c",
      "  first   333",
      "  second    6",
    ].join("\n"),
  );
});

it("a table has cells of wide letters in line, commands written out, and a first column that is cut when nothing else helps", () => {
  expect(
    textTable(
      ["", "a"],
      [
        ["日本", "1"],
        ["x", "22"],
      ],
    ),
  ).toBe("         a\n  日本   1\n  x     22");
  expect(textTable(["", "a"], [["x\n\x1b", "1"]])).toBe("                 a\n  x\\u000a\\u001b  1");
  expect(textTable(["", "a"], [["a long label", "1"]], 10)).toBe("         a\n  a lo…  1");
});
