import { isMissing, isWord, toNumber } from "./cells.ts";

/** Fewer rows show nothing of what a column is for. */
const TELLING_ROWS = 20;
const LONGEST_ID = 100;

/** The first records of a file, asked what their columns look like. */
export class ColumnSample {
  readonly #rows: readonly (readonly string[])[];
  readonly #isText: Uint8Array;

  constructor(rows: readonly (readonly string[])[], width: number) {
    this.#rows = rows;
    this.#isText = Uint8Array.from({ length: width }, (_, k) => (mostAreWords(rows, k) ? 1 : 0));
  }

  /** Whether more cells are words than are numbers. */
  isText(column: number): boolean {
    return this.#isText[column] === 1;
  }

  /** Whether no two cells are alike. */
  isDistinct(column: number): boolean {
    return new Set(this.#rows.map((row) => row[column].trim())).size === this.#rows.length;
  }

  /** Whether a column of words may tell kinds apart: some word comes twice, or there are too few rows to know. */
  mayBeLabel(column: number): boolean {
    return this.#rows.length < TELLING_ROWS || !this.isDistinct(column);
  }

  /** Whether the cells look like the numbers of rows: whole, and no two alike. */
  looksCounted(column: number): boolean {
    if (this.#rows.length < TELLING_ROWS) return false;
    return this.#rows.every((row) => Number.isSafeInteger(toNumber(row[column]))) && this.isDistinct(column);
  }

  /** Whether the cells look like names of rows: no two alike, short, without spaces. */
  looksIdentifying(column: number): boolean {
    if (this.#rows.length < TELLING_ROWS) return false;
    const isShort = this.#rows.every((row) => row[column].length <= LONGEST_ID && !/\S\s+\S/.test(row[column]));
    return isShort && this.isDistinct(column);
  }
}

function mostAreWords(rows: readonly (readonly string[])[], column: number): boolean {
  let [numbers, words] = [0, 0];
  for (const row of rows) {
    if (isWord(row[column])) words++;
    else if (!isMissing(row[column])) numbers++;
  }
  return words > numbers;
}
