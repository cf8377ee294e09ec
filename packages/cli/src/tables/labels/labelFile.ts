import { extname } from "node:path";
import { InputError } from "../../door/inputError.ts";
import { withFile, type InputFile } from "../bytes/inputFile.ts";
import { readLines } from "../bytes/lines.ts";
import { placeOf, shownNames } from "../columns/columnNames.ts";
import { WordColumn } from "../columns/wordColumn.ts";
import { isHeader, namesOf, numbersOf } from "../csv/header.ts";
import { lineOfField, type CsvRecord } from "../csv/recordReader.ts";
import { holdsRows, readRecords, swallowedRows } from "../csv/records.ts";
import { isRoleName, labelByName } from "../csv/roleNames.ts";
import { readNpyLabels } from "../npy/npyFile.ts";

/** Labels of a file. */
export interface LabelFile {
  readonly labels: WordColumn;
  /** The column that they stand in, where the file has several; else null. */
  readonly column: string | null;
  /** Where the first empty label stands; null: nowhere. */
  readonly empty: string | null;
}

/** So many records tell whether the first is a header. */
const SAMPLE_RECORDS = 20;

/**
 * Labels from a file: .npy (numbers or strings), or text with one label a line; of a csv file with several columns, the
 * one named. Read as a stream; equal labels are held once.
 *
 * @param column the column of a csv file, by name or by number from 1; null: the only one, or the one with a label's name
 * @param most labels at most: a file with far more than there are vectors need not be read to its end
 * @throws InputError when there are none, or more, or the column is not there
 */
export function readLabels(path: string, column: string | null, most = Infinity): LabelFile {
  const extension = extname(path).toLowerCase();
  const isTable = column !== null || extension === ".csv" || extension === ".tsv";
  const found =
    extension === ".npy"
      ? npyLabels(path)
      : withFile(path, (file) => (isTable ? columnOf(file, column, most) : lines(file, most)));
  if (found.labels.rows === 0) throw new InputError(`${path} holds no labels; give one a line`);
  return found;
}

function npyLabels(path: string): LabelFile {
  const labels = readNpyLabels(path);
  const code = labels.words.indexOf("");
  const empty = code < 0 ? null : `the label in row ${labels.codes.indexOf(code) + 1} of ${path}`;
  return { labels, column: null, empty };
}

/** One label a line. */
function lines(file: InputFile, most: number): LabelFile {
  const labels = new WordColumn();
  let empty: string | null = null;
  for (const line of readLines(file)) {
    const label = line.trim();
    labels.add(label);
    if (labels.rows > most) refuseMore(file.path, most);
    if (label === "") empty ??= `the label in line ${labels.rows} of ${file.path}`;
  }
  return { labels, column: null, empty };
}

function columnOf(file: InputFile, column: string | null, most: number): LabelFile {
  const records = readRecords(file);
  const first: CsvRecord[] = [];
  for (let next = records.next(); next.done !== true; next = records.next()) {
    first.push(next.value);
    if (first.length === SAMPLE_RECORDS) break;
  }
  const labels = new WordColumn();
  if (first.length === 0) return { labels, column: null, empty: null };
  const { names, hasHeader } = headOf(first, column);
  const place = labelPlace(file.path, names, hasHeader, column);
  let empty: string | null = null;
  const take = (record: CsvRecord): void => {
    const { fields, isLong, line } = record;
    if (isLong && holdsRows(fields[place], fields.length)) throw new InputError(swallowedRows(file.path, line));
    const label = fields[place].trim();
    labels.add(label);
    if (labels.rows > most) refuseMore(file.path, most);
    if (label === "") empty ??= `the label in line ${lineOfField(record, place)} of ${file.path}`;
  };
  for (const record of hasHeader ? first.slice(1) : first) take(record);
  for (const record of records) take(record);
  return { labels, column: names.length > 1 ? names[place] : null, empty };
}

function headOf(first: readonly CsvRecord[], column: string | null): { names: readonly string[]; hasHeader: boolean } {
  const [head, ...body] = first.map(({ fields }) => fields);
  const hasHeader = isHeader(head, body, (word) => isRoleName(word) || (word === column && !/^\d+$/.test(word)));
  return { names: hasHeader ? namesOf(head) : numbersOf(head.length), hasHeader };
}

function labelPlace(path: string, names: readonly string[], hasHeader: boolean, column: string | null): number {
  if (column !== null) return placeOf(path, names, column, null);
  if (names.length === 1) return 0;
  const found = hasHeader ? labelByName(path, names, [...names.keys()]) : null;
  if (found !== null) return found;
  throw new InputError(
    `${path} has ${names.length} columns; name the labels' with --label, one of ${shownNames(names)}`,
  );
}

function refuseMore(path: string, most: number): never {
  throw new InputError(
    `${path} has more than ${most} labels, far more than there are vectors; each row needs one label`,
  );
}
