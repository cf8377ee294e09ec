import { isMissing, isWord, toNumber } from "./cells.ts";

/** Rows of numbers do not begin with so many whole numbers that count from 0. */
const COUNTING_WIDTH = 8;

/**
 * Whether the first record of a file names its columns: a field is a word where the records behind it hold numbers, or is one of
 * the words that columns are known by.
 *
 * @param rows some of the records behind it
 * @param isKnown whether a word names a column wherever it stands
 */
export function isHeader(
  first: readonly string[],
  rows: readonly (readonly string[])[],
  isKnown: (word: string) => boolean,
): boolean {
  if (first.some((field) => isKnown(field.trim()))) return true;
  if (first.length >= COUNTING_WIDTH && first.every((field, k) => field.trim() === String(k))) return true;
  let [words, fractions] = [0, 0];
  first.forEach((field, k) => {
    if (isMissing(field)) return;
    if (!isWord(field)) {
      if (!Number.isInteger(toNumber(field))) fractions++;
    } else if (rows.length === 0 || areNumbers(rows, k)) words++;
  });
  // a word among fractions is a cell that went wrong
  return words > fractions;
}

/** The names of a header's columns; one without a name is called by its place, in words: a bare number may be another's name. */
export function namesOf(header: readonly string[]): string[] {
  return header.map((name, k) => name.trim() || `column ${k + 1}`);
}

/** The names of columns of a file without a header: their numbers from 1. */
export function numbersOf(width: number): string[] {
  return Array.from({ length: width }, (_, k) => String(k + 1));
}

function areNumbers(rows: readonly (readonly string[])[], column: number): boolean {
  let [numbers, words] = [0, 0];
  for (const row of rows) {
    if (isWord(row[column])) words++;
    else if (!isMissing(row[column])) numbers++;
  }
  return numbers > words;
}
