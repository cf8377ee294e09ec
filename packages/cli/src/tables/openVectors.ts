import { basename, extname } from "node:path";
import type { DataSet } from "../data/dataSet.ts";
import { InputError } from "../door/inputError.ts";
import { checkFile } from "./bytes/inputFile.ts";
import type { ColumnRequest } from "./columns/columnRequest.ts";
import type { UsedColumns } from "./columns/usedColumns.ts";
import { withRows, type VectorTable } from "./columns/vectorTable.ts";
import { readCsvTable } from "./csv/csvTable.ts";
import { readLabels, type LabelFile } from "./labels/labelFile.ts";
import { npyRows, readNpyTable } from "./npy/npyFile.ts";

/** So many labels more than vectors are not counted. */
const FAR_MORE = 1_000_000;

/** Where vectors and labels come from. */
interface VectorRequest extends ColumnRequest {
  /** A file of its own with the labels; null: a column of the csv file. */
  readonly labels: string | null;
}

/** Labelled vectors, and what of the file they are made of. */
export interface OpenedData extends DataSet {
  readonly used: UsedColumns;
  readonly rowNumbers: Int32Array | null;
  readonly ids: readonly string[] | null;
  readonly groups: readonly string[] | null;
}

/**
 * Vectors from a file, with what it tells of its rows.
 *
 * @throws InputError when it is missing, damaged, or of another type
 */
export function openVectors(path: string, request: ColumnRequest): VectorTable {
  checkFile(path);
  const extension = extname(path).toLowerCase();
  if (extension === ".npy" && typeof request.group === "string")
    throw new InputError(
      `${path} holds vectors only, and no column ${request.group}; --group names a column of a .csv file`,
    );
  if (extension === ".npy") return readNpyTable(path, request.missing);
  if ([".csv", ".tsv", ".txt"].includes(extension)) return readCsvTable(path, request);
  throw new InputError(`${path} is of type ${JSON.stringify(extension)}; give a .csv, .tsv or .npy file`);
}

/**
 * Labelled vectors from files.
 *
 * @throws InputError when a file is missing, damaged, or there is not one label a vector
 */
export function openDataSet(path: string, request: VectorRequest): OpenedData {
  const table = request.labels === null ? openVectors(path, request) : withLabels(path, request, request.labels);
  const { vectors, labels, ids, groups, rowNumbers, emptyLabel, used } = table;
  if (labels === null)
    throw new InputError(
      extname(path).toLowerCase() === ".npy"
        ? `${path} holds vectors only; give their labels with --labels <file>, one a row`
        : `no column of ${path} looks like labels; name it with --label <column>, or give --labels <file>`,
    );
  if (emptyLabel !== null)
    throw new InputError(`${emptyLabel} is empty; name it, or leave the row out (--missing drop)`);
  const captions = labels.map((label, i) => `${label} (${ids === null ? `row ${rowNumbers?.[i] ?? i + 1}` : ids[i]})`);
  return { name: basename(path), vectors, labels, captions, ids, groups, rowNumbers, used };
}

/** The vectors of one file with the labels of another, of which each row has one. */
function withLabels(path: string, request: VectorRequest, labelPath: string): VectorTable {
  checkFile(path);
  // a wrong number of labels is told before the vectors are read, where it can be
  const rows = extname(path).toLowerCase() === ".npy" ? npyRows(path) : null;
  const own = readLabels(labelPath, request.label, rows === null ? Infinity : rows + FAR_MORE);
  if (rows !== null) checkLabelCount(labelPath, own, path, rows);
  const table = openVectors(path, { ...request, label: null });
  checkLabelCount(labelPath, own, path, table.fileRows);
  const { label } = table.used;
  const leftOut =
    label === null ? table.used.leftOut : [...table.used.leftOut, { name: label, why: "--labels is given" }];
  const all = own.labels.toArray();
  const labels = table.rowNumbers === null ? all : Array.from(table.rowNumbers, (row) => all[row - 1]);
  const joined = { ...table, labels, emptyLabel: own.empty, used: { ...table.used, label: null, leftOut } };
  if (request.missing !== "drop") return joined;
  // an empty label may be one of a row that is left out already
  return withRows(
    path,
    joined,
    [...labels.keys()].filter((i) => labels[i] !== ""),
  );
}

function checkLabelCount(labelPath: string, { labels }: LabelFile, path: string, rows: number): void {
  if (labels.rows !== rows)
    throw new InputError(
      `${labelPath} has ${labels.rows} labels for ${rows} vectors of ${path}; each row needs one label`,
    );
}
