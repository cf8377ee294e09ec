import { basename } from "node:path";
import { columnMeans, fillGaps } from "../../data/gaps.ts";
import { checkSameWidth } from "../../data/sameWidth.ts";
import { InputError } from "../../door/inputError.ts";
import { columnsOfHead, embedWithHead } from "../../head/embedWithHead.ts";
import { loadHead } from "../../head/headFolder.ts";
import type { Missing } from "../../tables/columns/columnRequest.ts";
import { columnLines, placeLines, type UsedColumns } from "../../tables/columns/usedColumns.ts";
import type { VectorTable } from "../../tables/columns/vectorTable.ts";
import { openVectors } from "../../tables/openVectors.ts";
import { readRelevantPairs } from "../../tables/pairs/relevantPairs.ts";
import type { IdentifiedVectors, RetrievalQuestion } from "./retrievalVectors.ts";

/** The files of a retrieval, and what of them is read. */
export interface RetrievalFiles {
  readonly documents: string;
  readonly relevant: string;
  readonly id: string | null;
  readonly columns: readonly string[];
  readonly ignore: readonly string[];
  readonly missing: Missing;
  readonly head: string | null;
}

/** What was read. */
export interface OpenedRetrieval {
  readonly question: Omit<RetrievalQuestion, "depths" | "distance" | "seed">;
  readonly used: { readonly queries: UsedColumns; readonly documents: UsedColumns };
  /** What is to be said of it. */
  readonly lines: readonly string[];
}

/** Reads queries, documents and pairs, and embeds what is in them. @throws InputError when a file cannot be used */
export function openRetrieval(path: string, given: RetrievalFiles): OpenedRetrieval {
  const head = given.head === null ? null : loadHead(given.head);
  const wanted = columnsOfHead(head);
  const { id, ignore, missing } = given;
  const request = { label: null, id, ignore, missing };
  const queries = openVectors(path, { ...request, columns: given.columns, like: wanted, isOptional: false });
  const { names, file } = queries.used;
  const like = wanted?.names ? wanted : { names, of: file };
  const columns = like.names === null ? given.columns : [];
  const documents = openVectors(given.documents, { ...request, columns, like, isOptional: true });
  checkSameWidth(path, queries.vectors, given.documents, documents.vectors);
  const means = missing === "mean" ? columnMeans(documents.vectors) : null;
  const identified = (from: string, table: VectorTable): IdentifiedVectors => {
    const vectors = means === null ? table.vectors : fillGaps(table.vectors, means, names);
    return { name: basename(from), vectors: embedWithHead(head, from, vectors), ids: idsOf(from, table) };
  };
  const own = identified(path, queries);
  const others = identified(given.documents, documents);
  const [queryIds, documentIds] = [new Set(own.ids), new Set(others.ids)];
  const relevant = readRelevantPairs(given.relevant, {
    query: (text) => queryIds.has(text),
    document: (text) => documentIds.has(text),
  });
  const relevantName = basename(given.relevant);
  const lines = [queries, documents].flatMap(({ used }) => columnLines(used));
  lines.push(...placeLines(queries.used, wanted), ...placeLines(documents.used, like));
  if (relevant.skipped !== null)
    lines.push(`The first line of ${relevantName}, ${JSON.stringify(relevant.skipped)}, is taken for a header.`);
  return {
    question: { queries: own, documents: others, relevant, relevantName },
    used: { queries: queries.used, documents: documents.used },
    lines,
  };
}

/** The identifiers of the rows, each of its own: those found, or the column that looks like labels, or the rows' numbers from 1. */
function idsOf(path: string, { ids, labels, rowNumbers, vectors }: VectorTable): readonly string[] {
  const found = ids ?? labels ?? Array.from({ length: vectors.rows }, (_, i) => String(rowNumbers?.[i] ?? i + 1));
  const rowOf = new Map<string, number>();
  found.forEach((id, row) => {
    const before = rowOf.get(id);
    if (before !== undefined)
      throw new InputError(
        `${path} has the identifier ${JSON.stringify(id)} in row ${before + 1} and in row ${row + 1}; give each row its own, or name their column with --id`,
      );
    rowOf.set(id, row);
  });
  return found;
}
