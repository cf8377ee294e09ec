import { describe, expect, it } from "vitest";
import { columnLines, listed, placeLines, type UsedColumns } from "../../../src/tables/columns/usedColumns.ts";

const used: UsedColumns = {
  file: "x.csv",
  names: ["v0", "v1", "v2", "age"],
  count: 4,
  label: "class",
  group: null,
  id: "id",
  leftOut: [
    { name: "text", why: "text" },
    { name: "key", why: "identifiers" },
    { name: "note", why: "text" },
  ],
  rowsLeftOut: 0,
  filled: 0,
};

describe("what is said of columns", () => {
  it("is a line that names what is used and what is left out, and why", () => {
    expect(columnLines(used)).toEqual([
      "Columns of x.csv: 4, v0 .. v2, age; labels: class; ids: id; left out: text, note (text), key (identifiers).",
    ]);
  });

  it("tells of rows that are left out and of values that are filled", () => {
    expect(columnLines({ ...used, rowsLeftOut: 1 })[1]).toBe("1 row of x.csv with missing values is left out.");
    expect(columnLines({ ...used, filled: 1200 })[1]).toBe(
      "The mean of its column stands for 1,200 missing values of x.csv.",
    );
  });

  it("is nothing for vectors alone, and that places count where one of two has no names", () => {
    const bare = { ...used, names: null, label: null, id: null, leftOut: [] };
    expect(columnLines(bare)).toEqual([]);
    expect(placeLines(bare, { names: ["a"], of: "the head" })).toEqual([
      "Columns of x.csv are taken by their place: x.csv has no names for them.",
    ]);
    expect(placeLines(used, { names: null, of: "y.npy" })[0]).toMatch(/y\.npy has no names/);
    expect([placeLines(used, { names: ["a"], of: "y.csv" }), placeLines(used, null)]).toEqual([[], []]);
  });

  it("stays short for many names and for long ones", () => {
    const words = Array.from({ length: 40 }, (_, i) => String.fromCharCode(97 + (i % 26)).repeat(i + 1));
    expect(listed(words)).toBe(`${words.slice(0, 6).join(", ")} ... ${words[39]}`);
    expect(listed(["x".repeat(1e6)])).toHaveLength(60);
    expect(listed(["v09", "v10", "v11"])).toBe("v09 .. v11");
  });
});
