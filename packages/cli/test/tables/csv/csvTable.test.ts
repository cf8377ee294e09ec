import { describe, expect, it } from "vitest";
import type { ColumnRequest } from "../../../src/tables/columns/columnRequest.ts";
import type { VectorTable } from "../../../src/tables/columns/vectorTable.ts";
import { readCsvTable } from "../../../src/tables/csv/csvTable.ts";
import { anyColumns } from "../../support/anyColumns.ts";
import { put, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();

function read(text: string | Uint8Array, request: Partial<ColumnRequest> = {}): VectorTable {
  return readCsvTable(put(folder, "table.csv", text), { ...anyColumns, ...request });
}

function rowsOf({ vectors: { data, cols } }: VectorTable): number[][] {
  return Array.from({ length: data.length / cols }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
}

/** A csv text of n rows, a function a column. */
function tableOf(n: number, columns: Readonly<Record<string, (i: number) => unknown>>): string {
  const rows = Array.from({ length: n }, (_, i) => Object.values(columns).map((cell) => String(cell(i))));
  return [Object.keys(columns), ...rows].map((row) => row.join(",")).join("\n");
}

const measures = { a: (i: number) => i / 8, b: (i: number) => Math.sin(i), c: (i: number) => Math.cos(i) };
const label = (i: number): string => `k${i % 3}`;

describe("csv files", () => {
  it("find the labels by the column's name", () => {
    const table = read("a,Label,b\n1,7,2\n3,8,4\n");
    expect(rowsOf(table)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(table.labels).toEqual(["7", "8"]);
    expect(read("x,y,kind\n1,2,p\n3,4,q\n")).toMatchObject({ labels: ["p", "q"], used: { names: ["x", "y"] } });
  });

  it("find the labels as the only column of words, with a header and without", () => {
    expect(read("a,what,b\n1,x,2\n3,y,4\n").labels).toEqual(["x", "y"]);
    expect(read("1,x,2\n3,y,4\n").labels).toEqual(["x", "y"]);
  });

  it("take the column named, by name or number, and leave others out", () => {
    const table = read("a,b,c\n1,2,3\n", { label: "b", ignore: ["c"] });
    expect(table).toMatchObject({
      vectors: { data: Float32Array.of(1), rows: 1, cols: 1 },
      labels: ["2"],
      used: { names: ["a"], label: "b", leftOut: [{ name: "c", why: "--ignore" }] },
    });
    expect(read("1,2,3\n4,5,6\n", { label: "3" })).toMatchObject({ labels: ["3", "6"], used: { names: null } });
  });

  it("without labels are vectors", () => {
    expect(read("1,2\n3,4\n").labels).toBeNull();
  });

  it("may have quotes, semicolons, a byte order mark and Windows line ends", () => {
    expect(read('\ufeffa;label\r\n1;"x, y"\r\n2;"z ""q"""\r\n').labels).toEqual(["x, y", 'z "q"']);
  });

  it("may be in UTF-16 with a byte order mark, and end lines the old way", () => {
    const utf16 = Buffer.from("\ufeffa,label\n1,é\n2,ü\n", "utf16le");
    expect(read(utf16).labels).toEqual(["é", "ü"]);
    expect(read(Buffer.from(utf16).swap16()).labels).toEqual(["é", "ü"]);
    expect(read("a,label\r1,x\r2,y\r").labels).toEqual(["x", "y"]);
  });

  it("grow beyond the room first given", { tags: ["long"] }, () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `${i},${-i},c${i % 3}`);
    const table = read(`${"0".repeat(50_000)}1,1,c0\n${lines.join("\n")}`);
    expect(table.vectors.rows).toBe(3001);
    expect(rowsOf(table)[3000]).toEqual([2999, -2999]);
  });

  it("are an ordinary table: identifiers and texts are left out and told, identifiers kept", () => {
    const text = tableOf(30, { id: (i) => 700 + 3 * i, class: label, text: (i) => `"A text, no. ${i}"`, ...measures });
    const table = read(text);
    expect(table.used).toMatchObject({
      names: ["a", "b", "c"],
      label: "class",
      id: "id",
      leftOut: [{ name: "text", why: "text" }],
    });
    expect(table.ids!.slice(0, 2)).toEqual(["700", "703"]);
    expect(table.vectors.cols).toBe(3);
  });

  it.each<[string, (i: number) => unknown]>([
    ["row numbers", (i) => i],
    ["whole numbers that rise", (i) => 10_000 + i * i],
    ["row numbers out of order", (i) => (7 * i) % 30],
    ["words of which no two are alike", (i) => `image-${i}.png`],
  ])("know a column of %s by its content, whatever its name", (_, cell) => {
    const table = read(tableOf(30, { n: cell, kind: label, ...measures }));
    expect(table).toMatchObject({ used: { names: ["a", "b", "c"], label: "kind", id: "n", leftOut: [] } });
    expect(table.ids![3]).toBe(String(cell(3)));
    // without a header, too
    expect(
      read(
        tableOf(30, { n: cell, kind: label, ...measures })
          .split("\n")
          .slice(1)
          .join("\n"),
      ).vectors.cols,
    ).toBe(3);
  });

  it("know the row numbers that pandas writes, beside columns that are named by numbers", () => {
    const text = tableOf(30, { ...measures, target: label });
    const pandas = text.split("\n").map((line, i) => (i === 0 ? ",0,1,2,target" : `${i - 1},${line}`));
    expect(read(pandas.join("\n")).used).toMatchObject({ names: ["0", "1", "2"], label: "target", id: "column 1" });
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, k) => [k, (i: number) => Math.sin(i * (k + 1))]));
    expect(read(tableOf(30, many))).toMatchObject({ fileRows: 30, used: { count: 9, names: Object.keys(many) } });
  });

  it.each<[string, (i: number) => unknown]>([
    ["whole numbers that come twice", (i) => i % 29],
    ["whole numbers far apart, in no order", (i) => ((7 * i) % 30) * 1000],
    ["numbers with fractions that rise", (i) => i + 0.5],
  ])("keep a measure of %s", (_, cell) => {
    expect(read(tableOf(30, { n: cell, kind: label, ...measures })).used.names).toEqual(["n", "a", "b", "c"]);
  });

  it("keep whole numbers that rise where most columns are so, or rows are few", () => {
    expect(read(tableOf(30, { n: (i) => i, m: (i) => 2 * i, kind: label })).used.names).toEqual(["n", "m"]);
    expect(read(tableOf(5, { n: (i) => i, kind: label, ...measures })).used.names).toEqual(["n", "a", "b", "c"]);
  });

  it("see only in the last row that a column tells no rows apart", () => {
    const rows = 1500;
    const n = (i: number): number => (i === rows - 1 ? 0 : i);
    expect(read(tableOf(rows, { n, kind: label, ...measures })).used.names).toEqual(["n", "a", "b", "c"]);
  });

  it("leave out a column that turns to words after the first thousand rows, and name a word among numbers wherever it is", () => {
    const rows = 3000;
    const turning = (i: number): unknown => (i < 1200 ? i % 7 : "word");
    expect(read(tableOf(rows, { kind: label, t: turning, ...measures })).used.leftOut).toEqual([
      { name: "t", why: "text" },
    ]);
    const one = (i: number): unknown => (i === 2500 ? "oops" : i % 7);
    expect(() => read(tableOf(rows, { kind: label, t: one, ...measures }))).toThrow(/line 2502 .*"oops" in column t/);
    const early = (i: number): unknown => (i < 1100 ? "oops" : i % 7);
    expect(() => read(tableOf(rows, { kind: label, t: early, ...measures }))).toThrow(/line 2 .*"oops" in column t/);
  });

  it("leave out a second column of labels and one that holds nothing", () => {
    const text = tableOf(9, { label, label_id: (i) => i % 3, none: () => "", ...measures });
    expect(read(text).used).toMatchObject({
      label: "label",
      id: null,
      leftOut: [
        { name: "label_id", why: "labels, too" },
        { name: "none", why: "no values" },
      ],
    });
  });

  it.each<[string, string, Partial<ColumnRequest>, RegExp]>([
    ["not a number", "a,b\n1,2\n3,1.2.3\n5,6", {}, /line 3 of .*holds "1\.2\.3" in column b/],
    ["in the first of rows without a header", "1.2.3,0.5,c\n3,4,d\n5,6,c", {}, /line 1 .*"1\.2\.3" in column 1/],
    ["missing", "a,b\n1,2\n3,NA\n5,6", {}, /line 3 .*"NA" in column b; .*--missing drop/],
    ["no number, though rows with missing values are dropped", "a\n1\nx\n3", { missing: "drop" }, /line 3 .*"x"/],
    ["hexadecimal", "a,b\n1,2\n3,0x10\n5,6", {}, /line 3 .*"0x10" in column b/],
    ["beyond float32", "a,b\n1,2\n3,-1e39\n5,6", {}, /line 3 .*"-1e39" in column b, beyond what float32 holds/],
    ["behind blank lines", "a,b\n\n1,2\n\n\nx,3\n5,6\n7,8", {}, /line 6 .*"x" in column a/],
    [
      "behind a field of several lines",
      'a,t,b\n1,"p\nq",2\n1,"p\n\nq",x\n2,r,3\n4,r,5',
      {},
      /line 6 .*"x" in column b/,
    ],
    ["in a column that was chosen", "a,t\n1,p\n2,q", { columns: ["a", "t"] }, /line 2 .*"p" in column t/],
  ])("name the line and the column of a cell that is %s", (_, text, request, sentence) => {
    expect(() => read(text, request)).toThrow(sentence);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ["a quote that is never closed", 'a,label\n1,x\n2,"y\n3,x\n', /line 3 of .* opens a quote that is never closed/],
    ["a quote that is closed rows later", 'a,label\n1,x\n2,"y\n3,x\n4,x"\n5,y\n', /line 3 .* is a quote missing/],
    [
      "a quote in numbers that is closed rows later",
      'a,b,t\n1,2,"p\n3,4,p\n5,6,p"\n1,1,p\n',
      /line 2 .* is a quote missing/,
    ],
    ["text behind a quote", 'a,label\n1,x\n2,"y"z\n', /line 3 .*"z" behind a closing quote/],
    ["bytes that are no UTF-8", Buffer.from("a,label\n1,x\n2,\xff\n", "latin1"), /no text in UTF-8: see line 3/],
    ["a NUL byte", "a,label\n1,x\n2,\0\n", /is no text in UTF-8: line 3 holds a NUL byte/],
    ["a line of other length", "a,b\n1,2\n\n3\n", /line 4 .* has 1 fields, the first has 2/],
    ["two columns of one name", "a,a,label\n1,2,x\n", /2 columns "a" \(1, 2\).*--ignore 2/],
    ["two columns of labels", "label,b,label\n1,2,x\n", /2 columns "label" \(1, 3\)/],
    [
      "identifiers alone",
      "id,label\n1,x\n2,y\n",
      /no column of numbers beside the labels \(left out: id \(identifiers\)\)/,
    ],
    ["an end within UTF-16", Buffer.from([0xff, 0xfe, 0x61]), /UTF-16, but is damaged/],
  ])("with %s are refused", (_, text, sentence) => {
    expect(() => read(text)).toThrow(sentence);
  });

  it("with a name twice are read when one of the columns is left out by its number", () => {
    expect(read("a,a,label\n1,2,x\n", { ignore: ["2"] }).vectors.cols).toBe(1);
  });

  it("of a line without end are refused before they are read", { tags: ["long"] }, () => {
    expect(() => read("1,2,3,".repeat(12_000_000))).toThrow(/line 1 of .* is longer than 64 MB/);
    expect(() => read(`a,label\n1,"${"2,x\n".repeat(17_000_000)}`)).toThrow(/line 2 .* not closed within 64 MB/);
    expect(() => read(`${",".repeat(2_000_000)}\n`)).toThrow(/2000001 fields/);
  });

  it("leave out rows with missing values when asked to, and keep the numbers of the others", () => {
    const table = read("a,b,label\n1,,x\n2,3,y\n?,4,x\n5,6,\n7,8,y\n", { missing: "drop" });
    expect(table).toMatchObject({ labels: ["y", "y"], used: { rowsLeftOut: 3 }, fileRows: 5 });
    expect(rowsOf(table)).toEqual([
      [2, 3],
      [7, 8],
    ]);
    expect([...table.rowNumbers!]).toEqual([2, 5]);
    expect(() => read("a,b\n1,\n,3\n", { missing: "drop" })).toThrow(/every row of .* has a missing value/);
  });

  it("keep missing values open where means are to stand for them, and count them", () => {
    const table = read("a,b\n1,NaN\n3,4\nnull,5\n", { missing: "mean" });
    expect(table.used.filled).toBe(2);
    expect([...table.vectors.data]).toEqual([1, NaN, 3, 4, NaN, 5]);
  });

  it("take the columns that another has, by name, in its order", () => {
    const like = { names: ["b", "a"], of: "gallery.csv" };
    const table = read("a,b,more,label\n1,2,9,x\n3,4,9,y\n", { like });
    expect(rowsOf(table)[0]).toEqual([2, 1]);
    expect(table.used.leftOut).toEqual([{ name: "more", why: "not in gallery.csv" }]);
    expect(() => read("a,c\n1,2\n", { like })).toThrow(/lacks the column of gallery\.csv: b; .*--columns/);
    expect(rowsOf(read("1,2\n3,4\n", { like }))[0]).toEqual([1, 2]);
    expect(rowsOf(read("1,0\n3,4\n", { like: { names: ["0", "1"], of: "the head" } }))).toEqual([[4, 3]]);
  });

  it.each<[string, Partial<ColumnRequest>, RegExp]>([
    [
      "the label among the columns",
      { label: "a", columns: ["a", "b"] },
      /column a is given with --label and --columns/,
    ],
    ["the label as the identifier", { label: "a", id: "a" }, /--label and --id/],
    ["a label that is ignored", { label: "a", ignore: ["a"] }, /--label and --ignore/],
    ["a column that is not there", { columns: ["a", "bb"] }, /no column "bb" \(--columns\); did you mean "b"/],
    ["a number beyond the columns", { label: "4" }, /no column "4" \(--label\); its columns are a, b, c/],
  ])("refuse %s", (_, request, sentence) => {
    expect(() => read("a,b,c\n1,2,3\n", request)).toThrow(sentence);
  });
});
