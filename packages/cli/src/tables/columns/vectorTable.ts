import { takeRows, type Matrix } from "kindred";
import { rowsWithoutGaps } from "../../data/gaps.ts";
import { InputError } from "../../door/inputError.ts";
import type { Missing } from "./columnRequest.ts";
import type { UsedColumns } from "./usedColumns.ts";

/** Vectors of a file, and what it tells of its rows. */
export interface VectorTable {
  /** Missing values are NaN: only where a mean is to stand for them. */
  readonly vectors: Matrix;
  /** One a row; null: none. */
  readonly labels: readonly string[] | null;
  readonly ids: readonly string[] | null;
  /** What each row belongs to; null: each to itself. */
  readonly groups: readonly string[] | null;
  /** The rows' numbers in the file, from 1, where some are left out; null: all rows of it. */
  readonly rowNumbers: Int32Array | null;
  /** Rows of the file. */
  readonly fileRows: number;
  /** Where the first empty label stands; null: nowhere. */
  readonly emptyLabel: string | null;
  readonly used: UsedColumns;
}

/**
 * Leaves out the rows with a missing value or an empty label, where that is asked for.
 *
 * @throws InputError when no row is left
 */
export function withoutGaps(path: string, table: VectorTable, missing: Missing): VectorTable {
  if (missing !== "drop") return table;
  const { labels } = table;
  const kept = rowsWithoutGaps(table.vectors).filter((i) => labels === null || labels[i] !== "");
  return kept.length === table.vectors.rows ? table : withRows(path, table, kept);
}

/** The table of some of its rows, the others being left out. @throws InputError when there are none */
export function withRows(path: string, table: VectorTable, rows: readonly number[]): VectorTable {
  if (rows.length === 0)
    throw new InputError(
      `every row of ${path} has a missing value; leave columns out with --ignore, or give --missing mean`,
    );
  const { labels, ids, groups, rowNumbers } = table;
  return {
    ...table,
    vectors: takeRows(table.vectors, rows),
    labels: labels && rows.map((i) => labels[i]),
    ids: ids && rows.map((i) => ids[i]),
    groups: groups && rows.map((i) => groups[i]),
    rowNumbers: Int32Array.from(rows, (i) => rowNumbers?.[i] ?? i + 1),
    emptyLabel: null,
    used: { ...table.used, rowsLeftOut: table.fileRows - rows.length },
  };
}
