import { InputError } from "../../door/inputError.ts";
import { withFile, type InputFile } from "../bytes/inputFile.ts";
import { toNumber } from "../csv/cells.ts";
import { lineOfField, type CsvRecord } from "../csv/recordReader.ts";
import { readRecords } from "../csv/records.ts";

/** Which documents are relevant to which queries, by identifier. */
export interface RelevantPairs {
  /** How relevant each document is to each query; 1 without grades. */
  readonly byQuery: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly pairs: number;
  readonly isGraded: boolean;
  /** The first line, where it was taken for a header without the names of one; else null. */
  readonly skipped: string | null;
}

/** Which identifiers there are. */
interface KnownIds {
  readonly query: (id: string) => boolean;
  readonly document: (id: string) => boolean;
}

/** The places of the columns. */
interface Places {
  readonly query: number;
  readonly document: number;
  readonly grade: number | null;
}

const queryName = /^(query|question|q)([-_ ]?id)?$/i;
const documentName = /^(document|doc|corpus|passage|answer|d|p)([-_ ]?id)?$/i;
const gradeName = /^(grade|relevance|rel|gain|score|label)$/i;

/**
 * A table of pairs: an identifier of a query, one of a document and, if there is a third column, how relevant it is (a number >= 0). The
 * columns go by their names (query, document, grade), or by their order. The first line is a header when none of its fields is a known
 * identifier.
 *
 * @throws InputError when it holds no pair, a grade is none, or a pair stands twice with two grades
 */
export function readRelevantPairs(path: string, isKnown: KnownIds): RelevantPairs {
  return withFile(path, (file) => readPairs(file, isKnown));
}

function readPairs(file: InputFile, isKnown: KnownIds): RelevantPairs {
  const { path } = file;
  const byQuery = new Map<string, Map<string, number>>();
  let places: Places | null = null;
  let skipped: string | null = null;
  let pairs = 0;
  for (const record of readRecords(file)) {
    if (places === null) {
      const fields = record.fields.map((field) => field.trim());
      const isHeader = !fields.some((field) => isKnown.query(field) || isKnown.document(field));
      const named = isHeader ? namedPlaces(fields) : null;
      places = named ?? placesInOrder(path, fields);
      if (isHeader && named === null) skipped = fields.join(", ");
      if (isHeader) continue;
    }
    const [query, document] = [record.fields[places.query].trim(), record.fields[places.document].trim()];
    const grade = gradeOf(path, record, places.grade);
    const own = byQuery.get(query) ?? new Map<string, number>();
    const before = own.get(document);
    if (before !== undefined && before !== grade)
      throw new InputError(
        `line ${record.line} of ${path} grades ${JSON.stringify(document)} ${grade} for ${JSON.stringify(query)}, an earlier line ${before}; give each pair once`,
      );
    byQuery.set(query, own.set(document, grade));
    pairs++;
  }
  if (places === null || pairs === 0)
    throw new InputError(`${path} holds no pairs; give a query and a document a line`);
  return { byQuery, pairs, isGraded: places.grade !== null, skipped };
}

/** The columns by their names; null when they are not called so. */
function namedPlaces(names: readonly string[]): Places | null {
  const query = names.findIndex((name) => queryName.test(name));
  const document = names.findIndex((name) => documentName.test(name));
  const grade = names.findIndex((name) => gradeName.test(name));
  if (query < 0 || document < 0) return null;
  return { query, document, grade: grade < 0 ? null : grade };
}

function placesInOrder(path: string, fields: readonly string[]): Places {
  if (fields.length < 2 || fields.length > 3)
    throw new InputError(
      `${path} has ${fields.length} columns; give a query, a document and, if there are any, a grade a line, or name the columns query, document, grade`,
    );
  return { query: 0, document: 1, grade: fields.length === 3 ? 2 : null };
}

function gradeOf(path: string, record: CsvRecord, place: number | null): number {
  if (place === null) return 1;
  const grade = toNumber(record.fields[place]);
  if (grade >= 0 && grade < Infinity) return grade;
  throw new InputError(
    `line ${lineOfField(record, place)} of ${path} grades a document ${JSON.stringify(record.fields[place])}; give a number >= 0`,
  );
}
