import type { DataSet } from "./dataSet.ts";

/** Gives each row a name where it has none: its label and its place in the data, from 1 on. */
export function named(data: DataSet): DataSet & { readonly captions: readonly string[] } {
  return { ...data, captions: data.captions ?? data.labels.map((label, i) => `${label} (row ${i + 1})`) };
}
