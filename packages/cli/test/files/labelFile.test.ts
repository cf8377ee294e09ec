import { describe, expect, it } from "vitest";
import { readLabels } from "../../src/files/labelFile.ts";
import { put, scratchFolder } from "../support/scratch.ts";

const folder = scratchFolder();

describe("label files", () => {
  it("of one label a line keep empty ones in between", () => {
    expect(readLabels(put(folder, "labels.txt", "a\r\n\r\n b \n"), null)).toEqual(["a", "", "b"]);
  });

  it("of one csv column go without their header", () => {
    expect(readLabels(put(folder, "one.csv", "label\na\nb\n"), null)).toEqual(["a", "b"]);
    expect(readLabels(put(folder, "bare.csv", "a\nb\n"), null)).toEqual(["a", "b"]);
  });

  it("of several columns need one named label, or the name of one", () => {
    const path = put(folder, "several.csv", "id,kind\n1,a\n2,b\n");
    expect(readLabels(path, "kind")).toEqual(["a", "b"]);
    expect(() => readLabels(path, null)).toThrow(/2 columns; name the labels' with --label/);
    expect(() => readLabels(path, "kinds")).toThrow(/did you mean "kind"/);
  });

  it("that are empty are refused", () => {
    expect(() => readLabels(put(folder, "empty.txt", ""), null)).toThrow(/no labels/);
  });
});
