import { createReadStream } from "node:fs";
import type { Matrix } from "kindred";
import Papa from "papaparse";
import { InputError } from "../door/inputError.ts";
import { nearest } from "../door/nearest.ts";

/** Which columns of a csv file are what. */
export interface CsvColumns {
  /** The column with the labels, by name or by number from 1; null: found by its name or its content. */
  readonly label: string | null;
  /** Columns that are not read, by name or number. */
  readonly ignore: readonly string[];
  /** Whether named columns may be missing, as in queries beside a gallery that has them. Default false. */
  readonly isOptional?: boolean;
}

/** A csv file: its numbers and, where there is one, its column of labels. */
export interface CsvTable {
  readonly vectors: Matrix;
  readonly labels: readonly string[] | null;
}

/** Names of a column that is taken for the labels when none is named. */
const labelNames = ["label", "labels", "class", "category", "target", "y", "species"];

/**
 * Reads a csv (or tab- or semicolon-separated) file as a stream. The first row is a header when any of its fields, labels
 * aside, is no number.
 *
 * @throws InputError naming the line and the column of what cannot be read
 */
export async function readCsv(path: string, columns: CsvColumns): Promise<CsvTable> {
  const table = new TableBuilder(path, columns);
  const parser = Papa.parse(Papa.NODE_STREAM_INPUT, { skipEmptyLines: "greedy" });
  createReadStream(path, "utf8")
    .on("error", (error) => parser.destroy(error))
    .pipe(parser);
  for await (const row of parser as AsyncIterable<string[]>) table.add(row);
  return table.finish();
}

/** Takes rows of fields one by one, and keeps their numbers. */
class TableBuilder {
  readonly #path: string;
  readonly #columns: CsvColumns;
  #pending: string[][] = [];
  #layout: Layout | null = null;
  #line = 0;
  #data = new Float32Array(1024);
  #rows = 0;
  readonly #labels: string[] = [];

  constructor(path: string, columns: CsvColumns) {
    this.#path = path;
    this.#columns = columns;
  }

  add(row: string[]): void {
    this.#line++;
    if (this.#layout !== null) return this.#take(row, this.#layout);
    this.#pending.push(row);
    // two rows tell whether the first is a header and which column holds the labels
    if (this.#pending.length === 2) this.#start();
  }

  finish(): CsvTable {
    if (this.#layout === null) this.#start();
    if (this.#rows === 0) throw new InputError(`${this.#path} holds no rows of data; give one vector a line`);
    const { values, label } = this.#layout!;
    return {
      vectors: { data: this.#data.slice(0, this.#rows * values.length), rows: this.#rows, cols: values.length },
      labels: label === null ? null : this.#labels,
    };
  }

  #start(): void {
    if (this.#pending.length === 0) throw new InputError(`${this.#path} is empty; give one vector a line`);
    this.#layout = layoutOf(this.#path, this.#columns, this.#pending);
    const rows = this.#pending.slice(this.#layout.hasHeader ? 1 : 0);
    this.#line = this.#pending.length - rows.length;
    for (const row of rows) {
      this.#line++;
      this.#take(row, this.#layout);
    }
    this.#pending = [];
  }

  #take(row: string[], { width, values, label, names }: Layout): void {
    if (row.length !== width)
      throw new InputError(
        `line ${this.#line} of ${this.#path} has ${row.length} fields, the first has ${width}; all lines must be equally long`,
      );
    const needed = (this.#rows + 1) * values.length;
    if (needed > this.#data.length) {
      const larger = new Float32Array(Math.max(needed, 2 * this.#data.length));
      larger.set(this.#data);
      this.#data = larger;
    }
    values.forEach((column, k) => {
      const value = toNumber(row[column]);
      if (!Number.isFinite(value))
        throw new InputError(
          `line ${this.#line} of ${this.#path} holds ${JSON.stringify(row[column])} in column ${names[column]}; ` +
            `give a number, name the labels' column with --label, or leave columns out with --ignore`,
        );
      this.#data[this.#rows * values.length + k] = value;
    });
    if (label !== null) this.#labels.push(row[label].trim());
    this.#rows++;
  }
}

interface Layout {
  readonly hasHeader: boolean;
  readonly width: number;
  readonly names: readonly string[];
  /** The columns of numbers. */
  readonly values: readonly number[];
  readonly label: number | null;
}

function layoutOf(path: string, columns: CsvColumns, [first, second]: string[][]): Layout {
  const header = first.map((name) => name.trim());
  const numbers = header.map((_, k) => `${k + 1}`);
  const isKept = (name: string): boolean => !columns.isOptional || header.includes(name) || numbers.includes(name);
  const label = columns.label !== null && isKept(columns.label) ? columns.label : null;
  const ignore = columns.ignore.filter(isKept);
  const named = label !== null && header.includes(label) ? [label] : [];
  const hasHeader =
    [...named, ...ignore].some((name) => header.includes(name) && !numbers.includes(name)) ||
    header.some(
      (field, k) => Number.isNaN(toNumber(field)) && (second === undefined || !Number.isNaN(toNumber(second[k]))),
    ) ||
    header.some((field) => labelNames.includes(field.toLowerCase()));
  const names = hasHeader ? header : numbers;
  const find = (name: string, flag: string): number => {
    const k = names.indexOf(name) >= 0 ? names.indexOf(name) : numbers.indexOf(name);
    if (k >= 0) return k;
    const known = names.length > 12 ? `${names.slice(0, 12).join(", ")} ...` : names.join(", ");
    throw new InputError(
      `${path} has no column ${JSON.stringify(name)} (${flag})${nearest(name, names)}; its columns are ${known}`,
    );
  };
  const ignored = ignore.map((name) => find(name, "--ignore"));
  const kept = names.map((_, k) => k).filter((k) => !ignored.includes(k));
  const labelColumn =
    label !== null ? find(label, "--label") : guessLabel(names, kept, hasHeader ? second : first, hasHeader);
  const values = kept.filter((k) => k !== labelColumn);
  if (values.length === 0) throw new InputError(`${path} has no column of numbers beside the labels; give vectors`);
  return { hasHeader, width: first.length, names, values, label: labelColumn };
}

/** The column with a label's name; else the only one that is no number; else none. */
function guessLabel(
  names: readonly string[],
  kept: readonly number[],
  row: readonly string[] | undefined,
  hasHeader: boolean,
): number | null {
  if (hasHeader) {
    const named = labelNames.map((name) => kept.find((k) => names[k].toLowerCase() === name));
    const found = named.find((k) => k !== undefined);
    if (found !== undefined) return found;
  }
  const texts = kept.filter((k) => Number.isNaN(toNumber(row?.[k] ?? "0")));
  return texts.length === 1 ? texts[0] : null;
}

function toNumber(field: string | undefined): number {
  return field === undefined || field.trim() === "" ? NaN : Number(field);
}
