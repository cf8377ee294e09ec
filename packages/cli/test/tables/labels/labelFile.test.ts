import { describe, expect, it } from "vitest";
import { readLabels } from "../../../src/tables/labels/labelFile.ts";
import { put, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();
const labelsOf = (path: string, column: string | null = null): string[] => readLabels(path, column).labels.toArray();

describe("label files", () => {
  it("of one label a line keep empty ones in between, and tell where the first is", () => {
    const { labels, empty } = readLabels(put(folder, "labels.txt", "a\r\n\r\n b \n"), null);
    expect(labels.toArray()).toEqual(["a", "", "b"]);
    expect(empty).toMatch(/^the label in line 2 of .*labels\.txt$/);
  });

  it("of one csv column go without their header", () => {
    expect(labelsOf(put(folder, "one.csv", "label\na\nb\n"))).toEqual(["a", "b"]);
    expect(labelsOf(put(folder, "bare.csv", "a\nb\n"))).toEqual(["a", "b"]);
  });

  it("of several columns need one named label, or the name of one", () => {
    const path = put(folder, "several.csv", "id,kind\n1,a\n2,b\n");
    expect(labelsOf(path, "kind")).toEqual(["a", "b"]);
    expect(labelsOf(path, "2")).toEqual(["a", "b"]);
    expect(readLabels(put(folder, "named.csv", "id,class\n1,a\n2,b\n"), null)).toMatchObject({ column: "class" });
    expect(() => readLabels(path, null)).toThrow(/2 columns; name the labels' with --label/);
    expect(() => readLabels(path, "kinds")).toThrow(/did you mean "kind"/);
  });

  it("that are empty are refused", () => {
    expect(() => readLabels(put(folder, "empty.txt", ""), null)).toThrow(/no labels/);
  });

  it.each([
    ["a quote that is never closed", 'id,label\n1,a\n2,"b\n3,c\n', /line 3 of .* never closed/],
    ["a quote that is closed rows later", 'id,label\n1,a\n2,"b\n3,c"\n', /line 3 .* is a quote missing/],
    ["a missing field", "id,label\n\n1,a\n2\n", /line 4 of .* has 1 fields, the first has 2/],
    ["two columns of the name", "label,label\n1,a\n2,b\n", /2 columns "label" \(1, 2\)/],
  ])("of csv with %s are refused", (_, text, sentence) => {
    expect(() => readLabels(put(folder, "bad.csv", text), null)).toThrow(sentence);
  });

  it("with far more labels than are needed are not read to their end", () => {
    const many = put(folder, "many.txt", "a\n".repeat(99));
    expect(readLabels(many, null, 99).labels.rows).toBe(99);
    expect(() => readLabels(many, null, 98)).toThrow(/many\.txt has more than 98 labels/);
  });

  it("of csv tell the line of an empty label", () => {
    const path = put(folder, "gap.csv", 'label,note\na,"x\ny"\n\n" ",z\n');
    expect(readLabels(path, null).empty).toMatch(/line 5 of .*gap\.csv/);
  });
});
