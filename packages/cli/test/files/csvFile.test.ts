import { describe, expect, it } from "vitest";
import { readCsv, type CsvColumns, type CsvTable } from "../../src/files/csvFile.ts";
import { put, scratchFolder } from "../support/scratch.ts";

const folder = scratchFolder();
const guessed: CsvColumns = { label: null, ignore: [] };

function read(text: string, columns: Partial<CsvColumns> = {}): Promise<CsvTable> {
  return readCsv(put(folder, "table.csv", text), { ...guessed, ...columns });
}

function rowsOf({ vectors: { data, cols } }: CsvTable): number[][] {
  return Array.from({ length: data.length / cols }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
}

describe("csv files", () => {
  it("find the labels by the column's name", async () => {
    const table = await read("a,Label,b\n1,7,2\n3,8,4\n");
    expect(rowsOf(table)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(table.labels).toEqual(["7", "8"]);
  });

  it("find the labels as the only column of words, with a header and without", async () => {
    expect((await read("a,what,b\n1,x,2\n3,y,4\n")).labels).toEqual(["x", "y"]);
    expect((await read("1,x,2\n3,y,4\n")).labels).toEqual(["x", "y"]);
  });

  it("take the column named, by name or number, and leave others out", async () => {
    expect(await read("a,b,c\n1,2,3\n", { label: "b", ignore: ["c"] })).toEqual({
      vectors: { data: Float32Array.of(1), rows: 1, cols: 1 },
      labels: ["2"],
    });
    expect((await read("1,2,3\n4,5,6\n", { label: "3" })).labels).toEqual(["3", "6"]);
  });

  it("without labels are vectors", async () => {
    expect((await read("1,2\n3,4\n")).labels).toBeNull();
  });

  it("may have quotes, semicolons, a byte order mark and Windows line ends", async () => {
    expect((await read('\ufeffa;label\r\n1;"x, y"\r\n2;"z ""q"""\r\n')).labels).toEqual(["x, y", 'z "q"']);
  });

  it("grow beyond the room first given", { tags: ["long"] }, async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `${i},${-i},c${i % 3}`);
    const table = await read(lines.join("\n"));
    expect(table.vectors.rows).toBe(3000);
    expect(rowsOf(table)[2999]).toEqual([2999, -2999]);
  });
});
