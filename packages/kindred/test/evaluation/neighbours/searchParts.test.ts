import { expect, test } from "vitest";
import { CosineSimilarity } from "../../../src/distances/cosineSimilarity.ts";
import type { Distance } from "../../../src/distances/distance.ts";
import { LpDistance } from "../../../src/distances/lpDistance.ts";
import { exactIndex } from "../../../src/evaluation/neighbours/exactIndex.ts";
import { nearestNeighbours } from "../../../src/evaluation/neighbours/nearestNeighbours.ts";
import { RowReader } from "../../../src/evaluation/neighbours/rowReader.ts";
import { searchParts } from "../../../src/evaluation/neighbours/searchParts.ts";
import { takeRows } from "../../../src/matrix/matrix.ts";
import { normalMatrix } from "../fixtures.ts";

const reference = normalMatrix(2 ** 15 + 3, 4);
const query = takeRows(reference, [0, 2 ** 14 - 1, 2 ** 14, 2 ** 15 + 2]);

test.each<[string, Distance]>([
  ["distances", new LpDistance({ normalizeEmbeddings: false })],
  ["similarities", new CosineSimilarity()],
])("part after part the same neighbours are found as at once, by %s", (_, distance) => {
  const reader = new RowReader(reference, "reference");
  const found = searchParts(query, reference.rows, (start, end) => reader.read(start, end), 7, distance);
  expect(found).toEqual(nearestNeighbours(query, reference, 7, { distance }));
});

test("no more than 2^14 references are read at a time, each once", () => {
  const runs: number[][] = [];
  const read = (start: number, end: number) => {
    runs.push([start, end]);
    return new RowReader(reference, "reference").read(start, end);
  };
  const source = new RowReader({ rows: reference.rows, cols: 4, read }, "reference");
  const index = exactIndex(source, new LpDistance());
  expect(index.size).toBe(reference.rows);
  index.search(query, 3);
  expect(runs).toEqual([[0, 2 ** 14], [2 ** 14, 2 ** 15], [2 ** 15, 2 ** 15 + 3]]); // prettier-ignore
});

test("more neighbours than a part has are found across parts", () => {
  const found = searchParts(
    query,
    2 ** 14 + 2,
    (start, end) => new RowReader(reference, "r").read(start, end),
    2 ** 14 + 2,
    new LpDistance(),
  );
  expect([...found.indices.subarray(0, found.k)].sort((a, b) => a - b)).toEqual([...Array(2 ** 14 + 2).keys()]);
});
