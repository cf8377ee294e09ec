import type { ColumnRequest } from "../../src/tables/columns/columnRequest.ts";

/** Nothing asked: columns are found by their names and content. */
export const anyColumns: ColumnRequest = {
  label: null,
  id: null,
  columns: [],
  ignore: [],
  missing: "error",
  like: null,
  isOptional: false,
};
