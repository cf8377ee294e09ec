import { takeRows } from "kindred";
import type { DataSet } from "./dataSet.ts";

/** The data set of some rows. */
export function part(data: DataSet, rows: readonly number[]): DataSet {
  return {
    name: data.name,
    vectors: takeRows(data.vectors, rows),
    labels: rows.map((i) => data.labels[i]),
    captions: data.captions && rows.map((i) => data.captions![i]),
  };
}
