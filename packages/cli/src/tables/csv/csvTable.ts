import { basename } from "node:path";
import { gapsIn } from "../../data/gaps.ts";
import { InputError } from "../../door/inputError.ts";
import { withFile, type InputFile } from "../bytes/inputFile.ts";
import { shortName } from "../columns/columnNames.ts";
import type { ColumnRequest } from "../columns/columnRequest.ts";
import type { UsedColumns } from "../columns/usedColumns.ts";
import { withoutGaps, type VectorTable } from "../columns/vectorTable.ts";
import { csvLayout, type CsvLayout } from "./csvLayout.ts";
import type { CsvRecord } from "./recordReader.ts";
import { readRecords } from "./records.ts";
import { TableRows } from "./tableRows.ts";
import type { BadCell } from "./valueRows.ts";

/** So many records tell which column is what, or fewer long ones. */
const [SAMPLE_RECORDS, SAMPLE_LENGTH] = [1000, 1 << 22];

/**
 * Reads vectors from a csv (or tab- or semicolon-separated) file as a stream, with the labels and identifiers of its rows.
 *
 * The first record is a header where it names columns. Columns that hold more words than numbers are left out, and so are those that
 * tell rows apart; all that is left out is told.
 *
 * @throws InputError naming the line and the column of what cannot be read
 */
export function readCsvTable(path: string, request: ColumnRequest): VectorTable {
  return withFile(path, (file) => {
    const records = readRecords(file);
    const first = firstOf(records);
    if (first.length === 0) throw new InputError(`${path} is empty; give one vector a line`);
    const layout = csvLayout(path, first, request);
    const body = layout.hasHeader ? first.slice(1) : first;
    if (body.length === 0) throw new InputError(`${path} holds no rows of data; give one vector a line`);
    const rows = new TableRows(path, layout, rowsExpected(file, first));
    for (const record of body) rows.add(record);
    for (const record of records) rows.add(record);
    return withoutGaps(path, tableOf(path, layout, rows, request), request.missing);
  });
}

function firstOf(records: Generator<CsvRecord>): CsvRecord[] {
  const first: CsvRecord[] = [];
  for (let length = 0; first.length < SAMPLE_RECORDS && length < SAMPLE_LENGTH;) {
    const next = records.next();
    if (next.done === true) break;
    first.push(next.value);
    length += lengthOf(next.value);
  }
  return first;
}

function rowsExpected({ size }: InputFile, first: readonly CsvRecord[]): number {
  const length = first.reduce((sum, record) => sum + lengthOf(record), 0);
  return (1.05 * size * first.length) / length + 16;
}

function lengthOf({ fields }: CsvRecord): number {
  return fields.reduce((sum, field) => sum + field.length + 1, 0);
}

/** What has come of the rows, when all are read. */
function tableOf(path: string, layout: CsvLayout, rows: TableRows, request: ColumnRequest): VectorTable {
  const { names, roles } = layout;
  const { kept, why, label, id } = rows.verdict();
  const wrong = rows.firstWrong(kept, request.missing === "error");
  if (wrong !== null) throw new InputError(badCellSentence(path, names, wrong));
  if (kept.length === 0) throw new InputError(`${path} has no column of numbers beside the labels; give vectors`);
  const vectors = rows.values.matrixOf(kept);
  const used: UsedColumns = {
    file: basename(path),
    names: layout.hasHeader ? kept.map((k) => names[roles.values[k]]) : null,
    count: kept.length,
    label: label === null ? null : names[label],
    id: id === null ? null : names[id],
    group: roles.group === null ? null : names[roles.group],
    leftOut: [...why].sort(([a], [b]) => a - b).map(([k, reason]) => ({ name: names[k], why: reason })),
    rowsLeftOut: 0,
    filled: request.missing === "mean" ? gapsIn(vectors) : 0,
  };
  return {
    vectors,
    labels: label === null ? null : rows.words(label),
    ids: id === null ? null : rows.words(id),
    groups: roles.group === null ? null : rows.words(roles.group),
    rowNumbers: null,
    fileRows: vectors.rows,
    emptyLabel: label === roles.label ? rows.emptyLabel : null,
    used,
  };
}

function badCellSentence(path: string, names: readonly string[], { column, line, cell, kind }: BadCell): string {
  const where = `line ${line} of ${path} holds ${JSON.stringify(cell)} in column ${shortName(names[column])}`;
  if (kind === "huge") return `${where}, beyond what float32 holds (3.4e38); give smaller numbers`;
  if (kind === "missing")
    return `${where}; give a number, or say what becomes of missing values: --missing drop leaves their rows out, --missing mean fills them`;
  return `${where}; give a number, name the labels' column with --label, or leave columns out with --ignore`;
}
