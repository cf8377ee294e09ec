import { describe } from "../../matrix/checks.ts";

/** What a query or a document is known by. 7 and "7" are one. */
export type Id = string | number;

/** The documents that are relevant to a query: their ids, or how relevant each is (a number >= 0; 0: not at all). */
export type RelevantOfQuery = readonly Id[] | ReadonlySet<Id> | ReadonlyMap<Id, number>;

/** The relevant documents of queries, by the query's id. */
export type RelevantDocuments = Readonly<Record<string, RelevantOfQuery>> | ReadonlyMap<Id, RelevantOfQuery>;

/** The relevant documents of a query. */
export interface Relevant {
  /** How relevant each row is. */
  readonly gains: ReadonlyMap<number, number>;
  /** The gains of all that is relevant, whether it is among the documents or not, the largest first. */
  readonly ideal: Float64Array;
  /** Whether all gains are 1. */
  readonly isPlain: boolean;
  /** How many of them are not among the documents. */
  readonly missing: number;
}

/** Which row has which id. @throws TypeError, RangeError when an id is none or stands twice */
export function rowsOfIds(ids: ArrayLike<Id> | null, rows: number, name: string): ReadonlyMap<string, number> {
  if (ids === null) return new Map(Array.from({ length: rows }, (_, row) => [String(row), row]));
  const rowOf = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    const id = checkedId(ids[row], `${name}[${row}]`);
    if (rowOf.has(id))
      throw new RangeError(
        `${name} has ${JSON.stringify(id)} at ${rowOf.get(id)} and at ${row}; give each row its own id`,
      );
    rowOf.set(id, row);
  }
  return rowOf;
}

/** An id as text. @throws TypeError */
export function checkedId(id: unknown, name: string): string {
  if (typeof id === "string" || (typeof id === "number" && Number.isFinite(id))) return String(id);
  throw new TypeError(`${name} is ${describe(id)}; an id is a text or a number`);
}

/** The relevant documents by the query's id as text. @throws TypeError, RangeError */
export function relevantByQuery(
  relevant: RelevantDocuments,
  rowOf: ReadonlyMap<string, number>,
): ReadonlyMap<string, Relevant> {
  if (typeof relevant !== "object" || relevant === null || Array.isArray(relevant))
    throw new TypeError(
      `relevant is ${describe(relevant)}; give the relevant documents by query: { query: ["document", ...] } or a Map`,
    );
  const entries = relevant instanceof Map ? [...relevant] : Object.entries(relevant as object);
  return new Map(
    entries.map(([query, documents]: [Id, RelevantOfQuery]) => {
      const id = checkedId(query, "a query of relevant");
      return [id, relevantRows(documents, rowOf, `relevant[${JSON.stringify(id)}]`)];
    }),
  );
}

function relevantRows(documents: RelevantOfQuery, rowOf: ReadonlyMap<string, number>, name: string): Relevant {
  const graded = gradedIds(documents, name);
  const gains = new Map<number, number>();
  let missing = 0;
  for (const [id, gain] of graded) {
    const row = rowOf.get(id);
    if (row === undefined) missing++;
    else gains.set(row, gain);
  }
  const ideal = Float64Array.from(graded.values()).sort().reverse();
  return { gains, ideal, isPlain: ideal.every((gain) => gain === 1), missing };
}

/** The ids that are relevant at all, each once. */
function gradedIds(documents: RelevantOfQuery, name: string): ReadonlyMap<string, number> {
  const isMap = documents instanceof Map;
  if (!isMap && !(documents instanceof Set) && !Array.isArray(documents))
    throw new TypeError(`${name} is ${describe(documents)}; give an array or Set of document ids, or a Map to grades`);
  const graded = new Map<string, number>();
  const entries: Iterable<readonly [Id, number]> = isMap
    ? (documents as ReadonlyMap<Id, number>)
    : Array.from(documents as Iterable<Id>, (id) => [id, 1] as const);
  for (const [id, gain] of entries) {
    if (typeof gain !== "number" || !(gain >= 0 && gain < Infinity))
      throw new RangeError(`${name} grades ${describe(id)} ${describe(gain)}; give a finite number >= 0`);
    if (gain > 0) graded.set(checkedId(id, `an id of ${name}`), gain);
  }
  return graded;
}
