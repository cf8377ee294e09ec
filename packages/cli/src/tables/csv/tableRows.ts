import { InputError } from "../../door/inputError.ts";
import { WordColumn } from "../columns/wordColumn.ts";
import { isMissing, isWord } from "./cells.ts";
import type { CsvLayout } from "./csvLayout.ts";
import { lineOfField, type CsvRecord } from "./recordReader.ts";
import { holdsRows, swallowedRows } from "./records.ts";
import { RowCounter } from "./rowCounter.ts";
import { ValueRows, type BadCell } from "./valueRows.ts";

/** From so many rows on, words of which no two are alike are no labels. */
const TELLING_ROWS = 20;

/** Which column is what, when all rows are known. */
interface Verdict {
  /** Places among the columns of the vectors. */
  readonly kept: readonly number[];
  readonly label: number | null;
  readonly id: number | null;
  /** Why a column is none of these. */
  readonly why: ReadonlyMap<number, string>;
}

/** The rows of a csv file, taken one by one; in the end it knows of all of them which column is what. */
export class TableRows {
  readonly values: ValueRows;
  readonly #path: string;
  readonly #layout: CsvLayout;
  readonly #words = new Map<number, WordColumn>();
  readonly #counters: readonly RowCounter[];
  /** Columns that looked like text at first: how many of their cells are numbers, and words. */
  readonly #texts: readonly { readonly column: number; numbers: number; words: number; first: BadCell | null }[];
  #emptyLabel: number | null = null;

  /** @param rows about how many are to come */
  constructor(path: string, layout: CsvLayout, rows: number) {
    const { label, id, group, values, counters, why } = layout.roles;
    this.#path = path;
    this.#layout = layout;
    this.values = new ValueRows(path, values, rows);
    for (const k of [label, id, group]) if (k !== null) this.#words.set(k, new WordColumn());
    this.#counters = counters.map((k) => new RowCounter(k));
    this.#texts = [...why].flatMap(([column, reason]) =>
      reason === "text" ? [{ column, numbers: 0, words: 0, first: null }] : [],
    );
  }

  /** Where the first empty label stands; null: nowhere. */
  get emptyLabel(): string | null {
    return this.#emptyLabel === null ? null : `the label in line ${this.#emptyLabel} of ${this.#path}`;
  }

  /** What a column of labels, identifiers or groups holds. */
  words(column: number): readonly string[] {
    return this.#words.get(column)!.toArray();
  }

  add(record: CsvRecord): void {
    const { fields } = record;
    this.values.add(record);
    for (const [column, words] of this.#words) words.add(fields[column].trim());
    for (const counter of this.#counters) counter.add(fields[counter.column]);
    for (const text of this.#texts) {
      const cell = fields[text.column];
      if (isWord(cell)) {
        text.words++;
        text.first ??= {
          column: text.column,
          line: lineOfField(record, text.column),
          cell: cell.slice(0, 60),
          kind: "word",
        };
      } else if (!isMissing(cell)) text.numbers++;
    }
    this.#lookAtLabel(record);
  }

  /** Which column is what after all: guesses from the first records may have been wrong. */
  verdict(): Verdict {
    const { values, isChosen, ...roles } = this.#layout.roles;
    const why = new Map(roles.why);
    if (!isChosen) {
      values.forEach((column, k) => {
        if (this.values.isText(k)) why.set(column, "text");
        else if (this.values.isEmpty(k)) why.set(column, "no values");
      });
      for (const counter of this.#counters)
        if (counter.counts(this.values.columnOf(values.indexOf(counter.column))))
          why.set(counter.column, "identifiers");
    }
    const isNoLabel = roles.isLabelGuessed && roles.label !== null && this.#tellsRowsApart(roles.label);
    const label = isNoLabel ? null : roles.label;
    if (isNoLabel) why.set(roles.label!, "text");
    const id = this.#idOf(why) ?? (isNoLabel ? roles.label : null);
    if (id !== null) why.delete(id);
    return { kept: [...values.keys()].filter((k) => !why.has(values[k]) && values[k] !== id), label, id, why };
  }

  /**
   * The first cell that cannot be used.
   *
   * @param kept places among the columns of the vectors
   * @param missingIsWrong whether a missing value cannot
   */
  firstWrong(kept: readonly number[], missingIsWrong: boolean): BadCell | null {
    const ofValues = kept.map((k) => this.values.firstBad(k, missingIsWrong));
    const ofTexts = this.#layout.roles.isChosen
      ? []
      : this.#texts.filter(({ numbers, words }) => numbers >= words).map(({ first }) => first);
    const wrong = [...ofValues, ...ofTexts].filter((cell) => cell !== null);
    return wrong.sort((a, b) => a.line - b.line || a.column - b.column)[0] ?? null;
  }

  #idOf(why: ReadonlyMap<number, string>): number | null {
    const { id, isIdGuessed, counters } = this.#layout.roles;
    if (id === null || !isIdGuessed) return id;
    if (counters.includes(id)) return why.has(id) ? id : null;
    return this.#tellsRowsApart(id) ? id : null;
  }

  #tellsRowsApart(column: number): boolean {
    const words = this.#words.get(column)!;
    return words.rows >= TELLING_ROWS && words.isDistinct;
  }

  #lookAtLabel(record: CsvRecord): void {
    const { label } = this.#layout.roles;
    if (label === null) return;
    const { fields, isLong, line } = record;
    if (this.#emptyLabel === null && fields[label].trim() === "") this.#emptyLabel = lineOfField(record, label);
    if (isLong && holdsRows(fields[label], fields.length)) throw new InputError(swallowedRows(this.#path, line));
  }
}
