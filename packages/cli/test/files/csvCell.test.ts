import { expect, it } from "vitest";
import { csvCell } from "../../src/files/csvCell.ts";

it.each(["=1+1", "+cmd", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "--1", "-", "=-1", "-1+1"])(
  "%j is led by an apostrophe: a spreadsheet would compute it",
  (text) => expect(csvCell(text)).toBe(`'${text}`),
);

it.each(["", "label", "1=1", "-5", "+1.5", "-.5", "-1e-3", "a-b", "'=1", "日本"])("%j stays as it is", (text) =>
  expect(csvCell(text)).toBe(text),
);
