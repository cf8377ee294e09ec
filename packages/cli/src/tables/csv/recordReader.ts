import { InputError } from "../../door/inputError.ts";
import { LONGEST } from "../bytes/lines.ts";

/** A record's fields, as they stand in the file without their quotes. */
export interface CsvRecord {
  readonly fields: readonly string[];
  /** Where it begins, from 1. */
  readonly line: number;
  /** Whether a field within quotes goes on over several lines. */
  readonly isLong: boolean;
}

/** Fields of a record at most. */
const MOST_FIELDS = 1_000_000;
/** A line that is longer is looked at before it is taken apart. */
const LONG_LINE = 1 << 20;

/**
 * Puts the lines of a csv file together into records: a field that begins with a quote ends with the next single one, and may hold
 * delimiters, line ends and doubled quotes; other fields are taken as they are.
 */
export class RecordReader {
  readonly #path: string;
  readonly #delimiter: string;
  #fields: string[] = [];
  #start = 0;
  /** The field whose quote is open: what there is of it, and the line that it began in. */
  #open: { readonly parts: string[]; readonly line: number; size: number } | null = null;

  constructor(path: string, delimiter: string) {
    this.#path = path;
    this.#delimiter = delimiter;
  }

  /** Takes a line; gives the record that it ends, or null when a quote is open. */
  take(text: string, line: number): CsvRecord | null {
    if (text.length > LONG_LINE) this.#checkFields(text, line);
    if (this.#open === null) {
      if (!text.includes('"')) return { fields: text.split(this.#delimiter), line, isLong: false };
      [this.#fields, this.#start] = [[], line];
      return this.#scan(text, 0, line);
    }
    this.#open.parts.push("\n");
    const next = this.#closeQuote(text, 0, line);
    return next === null ? null : this.#scan(text, next, line);
  }

  /** @throws InputError when a quote is open */
  end(): void {
    if (this.#open !== null)
      throw new InputError(
        `line ${this.#open.line} of ${this.#path} opens a quote that is never closed; close it, or double quotes within a field`,
      );
  }

  /** Reads fields from one that begins at `at` on; beyond the end there are none. */
  #scan(text: string, at: number, line: number): CsvRecord | null {
    while (at <= text.length) {
      if (text.charAt(at) === '"') {
        this.#open = { parts: [], line, size: 0 };
        const next = this.#closeQuote(text, at + 1, line);
        if (next === null) return null;
        at = next;
      } else {
        const end = text.indexOf(this.#delimiter, at);
        this.#fields.push(text.slice(at, end < 0 ? text.length : end));
        at = end < 0 ? text.length + 1 : end + 1;
      }
    }
    return { fields: this.#fields, line: this.#start, isLong: line > this.#start };
  }

  /** Reads the open field on from `at`; gives where the next one begins, or null when the quote stays open. */
  #closeQuote(text: string, at: number, line: number): number | null {
    const open = this.#open!;
    for (;;) {
      const quote = text.indexOf('"', at);
      if (quote < 0) {
        open.parts.push(text.slice(at));
        open.size += text.length - at + 1;
        if (open.size > LONGEST)
          throw new InputError(
            `line ${open.line} of ${this.#path} opens a quote that is not closed within ${LONGEST / 2 ** 20} MB; close it, or double quotes within a field`,
          );
        return null;
      }
      if (text.charAt(quote + 1) !== '"') {
        open.parts.push(text.slice(at, quote));
        this.#fields.push(open.parts.join(""));
        this.#open = null;
        return this.#behindQuote(text, quote + 1, line);
      }
      open.parts.push(text.slice(at, quote + 1));
      at = quote + 2;
    }
  }

  /** Where the field after a closing quote begins; beyond the end when there is none. */
  #behindQuote(text: string, at: number, line: number): number {
    const end = text.indexOf(this.#delimiter, at);
    const behind = text.slice(at, end < 0 ? text.length : end).trim();
    if (behind !== "")
      throw new InputError(
        `line ${line} of ${this.#path} has ${JSON.stringify(behind.slice(0, 20))} behind a closing quote; double quotes within a field`,
      );
    return end < 0 ? text.length + 1 : end + 1;
  }

  #checkFields(text: string, line: number): void {
    let fields = 1;
    for (let at = text.indexOf(this.#delimiter); at >= 0; at = text.indexOf(this.#delimiter, at + 1)) fields++;
    if (fields > MOST_FIELDS)
      throw new InputError(
        `line ${line} of ${this.#path} has ${fields} fields, ${MOST_FIELDS} are the most; give one vector a line`,
      );
  }
}

/** The line that a field begins in: fields before it may go on over several. */
export function lineOfField({ fields, line, isLong }: CsvRecord, column: number): number {
  if (!isLong) return line;
  return fields.slice(0, column).reduce((sum, field) => sum + field.split("\n").length - 1, line);
}
