import type { Matrix } from "kindred";
import { roomFor } from "../bytes/inputFile.ts";
import { isMissing, toNumber } from "./cells.ts";
import { lineOfField, type CsvRecord } from "./recordReader.ts";

/** A cell that is no number that float32 holds. */
export interface BadCell {
  readonly column: number;
  readonly line: number;
  readonly cell: string;
  readonly kind: "missing" | "word" | "huge";
}

/** The largest number whose nearest float32 is finite. */
const LARGEST = 2 ** 128 - 2 ** 103;

/** The columns of numbers of a csv file, row by row; what is no number is NaN, counted, and the first of each column kept. */
export class ValueRows {
  readonly #path: string;
  readonly #columns: readonly number[];
  #data: Float32Array;
  #rows = 0;
  readonly #numbers: Float64Array;
  readonly #words: Float64Array;
  readonly #firstMissing = new Map<number, BadCell>();
  readonly #firstBad = new Map<number, BadCell>();

  /** @param rows about how many are to come */
  constructor(path: string, columns: readonly number[], rows: number) {
    this.#path = path;
    this.#columns = columns;
    this.#data = roomFor(path, Math.max(1, Math.ceil(rows)) * columns.length);
    this.#numbers = new Float64Array(columns.length);
    this.#words = new Float64Array(columns.length);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Whether the k-th column holds more words than numbers. */
  isText(k: number): boolean {
    return this.#words[k] > this.#numbers[k];
  }

  /** Whether the k-th column holds nothing. */
  isEmpty(k: number): boolean {
    return this.#words[k] === 0 && this.#numbers[k] === 0;
  }

  /** The first cell of the k-th column that is no number, or a missing one where that is wrong, too; null: none. */
  firstBad(k: number, missingIsWrong: boolean): BadCell | null {
    const found = [this.#firstBad.get(k), missingIsWrong ? this.#firstMissing.get(k) : undefined];
    return found.filter((cell) => cell !== undefined).sort((a, b) => a.line - b.line)[0] ?? null;
  }

  add(record: CsvRecord): void {
    const columns = this.#columns;
    const start = this.#rows * columns.length;
    if (start + columns.length > this.#data.length) this.#grow();
    for (let k = 0; k < columns.length; k++) {
      const value = toNumber(record.fields[columns[k]]);
      // false for NaN, too
      if (Math.abs(value) < LARGEST) {
        this.#data[start + k] = value;
        this.#numbers[k]++;
      } else {
        this.#data[start + k] = NaN;
        this.#note(record, k, value);
      }
    }
    this.#rows++;
  }

  /** The matrix of some of the columns, in the same memory. @param kept places among the columns, ascending */
  matrixOf(kept: readonly number[]): Matrix {
    const [width, rows, data] = [this.#columns.length, this.#rows, this.#data];
    if (kept.length < width)
      for (let i = 0, to = 0; i < rows; i++) for (const k of kept) data[to++] = data[i * width + k];
    return { data: data.subarray(0, rows * kept.length), rows, cols: kept.length };
  }

  /** One column, in memory of its own. */
  columnOf(k: number): Float32Array {
    return Float32Array.from({ length: this.#rows }, (_, i) => this.#data[i * this.#columns.length + k]);
  }

  #note(record: CsvRecord, k: number, value: number): void {
    const column = this.#columns[k];
    const cell = record.fields[column];
    const kind = !Number.isNaN(value) ? "huge" : isMissing(cell) ? "missing" : "word";
    if (kind === "word") this.#words[k]++;
    if (kind === "huge") this.#numbers[k]++;
    const first = kind === "missing" ? this.#firstMissing : this.#firstBad;
    if (!first.has(k)) first.set(k, { column, line: lineOfField(record, column), cell: cell.slice(0, 60), kind });
  }

  #grow(): void {
    const larger = roomFor(this.#path, 2 * this.#data.length);
    larger.set(this.#data);
    this.#data = larger;
  }
}
