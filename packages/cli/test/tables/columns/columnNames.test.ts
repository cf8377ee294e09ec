import { describe, expect, it } from "vitest";
import { choosePlaces, placeOf } from "../../../src/tables/columns/columnNames.ts";

const names = ["id", "v0", "v1", "v10", "v2", "a-b", "last", "x..y"];
const chosen = (...list: string[]): string[] => choosePlaces("x.csv", names, list, "--columns").map((k) => names[k]);

describe("columns by name", () => {
  it("are names, numbers from 1, beginnings and ranges, in the order given and each once", () => {
    expect(chosen("v2", "id", "2", "v2")).toEqual(["v2", "id", "v0"]);
    expect(chosen("v1*")).toEqual(["v1", "v10"]);
    expect(chosen("a-b", "x..y")).toEqual(["a-b", "x..y"]);
  });

  it("of a range count from one to the other, or lie between them where names do not count", () => {
    expect(chosen("v0..v2")).toEqual(["v0", "v1", "v2"]);
    expect(chosen("v2-v0")).toEqual(["v2", "v1", "v0"]);
    expect(chosen("id..v1")).toEqual(["id", "v0", "v1"]);
    expect(chosen("2-4")).toEqual(["v0", "v1", "v10"]);
    expect(chosen("v2..a-b")).toEqual(["v2", "a-b"]);
  });

  it("that are not there are named, unless they may be missing", () => {
    expect(() => chosen("v0", "v9..v12")).toThrow('x.csv has no column "v9..v12" (--columns)');
    expect(() => chosen("w*")).toThrow(/no column "w\*"/);
    expect(choosePlaces("x.csv", names, ["v0", "w"], "--ignore", true)).toEqual([1]);
  });

  it("that two columns have are asked for by number", () => {
    expect(() => placeOf("x.csv", ["a", "b", "a"], "a", "--label")).toThrow(/2 columns "a" \(1, 3\)/);
    expect(placeOf("x.csv", ["a", "b", "a"], "3", "--label")).toBe(2);
  });
});
