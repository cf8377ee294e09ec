import { InputError } from "../../door/inputError.ts";
import type { InputFile } from "../bytes/inputFile.ts";
import { readLines } from "../bytes/lines.ts";
import { toNumber } from "./cells.ts";
import { RecordReader, type CsvRecord } from "./recordReader.ts";

/** What fields may be parted by; the first that fits is taken. */
const delimiters = [",", "\t", ";", "|"] as const;

/** So much of a file tells what parts its fields. */
const [SAMPLE_LINES, SAMPLE_LENGTH] = [60, 1 << 18];

/** From this share of numbers on, a text within quotes over several lines is no prose. */
const NUMBERS_OF_ROWS = 0.3;

/**
 * The records of a csv file: its lines without the blank ones, parted at commas, tabs, semicolons or bars, whichever parts them evenly.
 *
 * @throws InputError naming the line whose quotes or fields are wrong
 */
export function* readRecords(file: InputFile): Generator<CsvRecord> {
  let reader: RecordReader | null = null;
  let first: string[] = [];
  let [line, length, width] = [0, 0, 0];
  function* take(text: string): Generator<CsvRecord> {
    line++;
    const record = reader!.take(text, line);
    if (record === null || isBlank(record, text)) return;
    if (width === 0) width = record.fields.length;
    check(file.path, record, width);
    yield record;
  }
  for (const text of readLines(file)) {
    if (reader !== null) {
      yield* take(text);
      continue;
    }
    first.push(text);
    length += text.length;
    if (first.length < SAMPLE_LINES && length < SAMPLE_LENGTH) continue;
    reader = new RecordReader(file.path, delimiterOf(first));
    for (const early of first) yield* take(early);
    first = [];
  }
  if (reader === null) {
    reader = new RecordReader(file.path, delimiterOf(first));
    for (const early of first) yield* take(early);
  }
  reader.end();
}

/** The delimiter that parts most lines into equally many fields, and into the most. */
function delimiterOf(lines: readonly string[]): string {
  const ranked = delimiters.map((delimiter) => ({ delimiter, ...evenness(lines, delimiter) }));
  const parting = ranked.filter(({ fields }) => fields > 1);
  const best = parting.sort((a, b) => b.share - a.share)[0];
  return best?.delimiter ?? ",";
}

/** How many lines have as many fields as most have. */
function evenness(lines: readonly string[], delimiter: string): { share: number; fields: number } {
  const reader = new RecordReader("", delimiter);
  const counts = new Map<number, number>();
  let records = 0;
  try {
    for (const [k, line] of lines.entries()) {
      const record = line.trim() === "" ? null : reader.take(line, k + 1);
      if (record === null) continue;
      counts.set(record.fields.length, (counts.get(record.fields.length) ?? 0) + 1);
      records++;
    }
  } catch {
    // quotes that are wrong with this delimiter: what went before tells
  }
  const [fields, times] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [1, 0];
  return { share: times / Math.max(1, records), fields };
}

/** Whether a line holds delimiters and spaces alone. */
function isBlank({ fields, isLong }: CsvRecord, text: string): boolean {
  return !isLong && fields[0].trim() === "" && !text.includes('"') && fields.every((field) => field.trim() === "");
}

function check(path: string, record: CsvRecord, width: number): void {
  const { fields, line, isLong } = record;
  if (fields.length !== width)
    throw new InputError(
      `line ${line} of ${path} has ${fields.length} fields, the first has ${width}; all lines must be equally long`,
    );
  if (isLong && fields.some((field) => holdsRows(field, width) && holdsNumbers(field)))
    throw new InputError(swallowedRows(path, line));
}

/** What is said where a quote seems to have swallowed rows. */
export function swallowedRows(path: string, line: number): string {
  return `line ${line} of ${path} opens a quote that is closed lines later, over what looks like rows; is a quote missing?`;
}

/** Whether a text of several lines holds as many commas, tabs, semicolons or bars as rows of this width would. */
export function holdsRows(field: string, width: number): boolean {
  const ends = field.split("\n").length - 1;
  return (
    ends > 0 && width > 1 && delimiters.some((delimiter) => field.split(delimiter).length - 1 === ends * (width - 1))
  );
}

function holdsNumbers(field: string): boolean {
  const pieces = field.split(/[,\t;|\n]/);
  return pieces.filter((piece) => !Number.isNaN(toNumber(piece))).length >= NUMBERS_OF_ROWS * pieces.length;
}
