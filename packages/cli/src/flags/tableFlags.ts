import type { Missing } from "../tables/columns/columnRequest.ts";
import { choice, flag } from "./flag.ts";
import { list, text } from "./readers.ts";

/** Flags of commands that read vectors: which column is what. */
export const tableFlags = {
  label: flag(
    "--label <column>",
    "the column with the labels, by name or number from 1 (default: found by its name or content)",
    text,
  ),
  labels: flag("--labels <file>", "a file with the labels: one a line, .csv or .npy", text),
  id: flag(
    "--id <column>",
    "the column with the rows' identifiers, which are shown and not compared (default: found by its name or content)",
    text,
  ),
  columns: flag(
    "--columns <list>",
    "the columns of the vectors, separated by commas: names, numbers, ranges (v0..v383), beginnings (v*) (default: all numbers but identifiers)",
    list,
    [],
  ),
  ignore: flag("--ignore <list>", "columns not to be read, named in the same way", list, []),
  missing: choice<Missing>(
    "--missing <how>",
    "what becomes of missing values: refused, their rows left out, or the mean of the column instead (default: error)",
    ["error", "drop", "mean"],
    "error",
  ),
};
