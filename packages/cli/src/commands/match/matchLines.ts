import Papa from "papaparse";
import { csvCell } from "../../files/csvCell.ts";
import type { MatchBlock } from "./matchVectors.ts";

/** One gallery row of one query. */
export interface Match {
  /** Rows count from 1, as they stand in their file. */
  readonly query: number;
  /** The query's identifier; null where the queries have none. */
  readonly queryId: string | null;
  /** 1: the nearest. */
  readonly rank: number;
  readonly galleryRow: number;
  readonly galleryId: string | null;
  /** The gallery row's; null where the gallery has none. */
  readonly label: string | null;
  /** The cosine similarity. */
  readonly score: number;
  /** Whether the score reaches the threshold; null without one. */
  readonly isMatch: boolean | null;
}

/** What is known of rows: entry i is of the i-th row that is compared; null: nothing. */
export interface MatchRows {
  readonly labels: readonly string[] | null;
  readonly galleryIds: readonly string[] | null;
  readonly queryIds: readonly string[] | null;
  /** Their numbers in the file, where some rows are left out. */
  readonly galleryNumbers: Int32Array | null;
  readonly queryNumbers: Int32Array | null;
}

/** The columns of the matches; of identifiers those that there are. */
export function matchColumns({ galleryIds, queryIds }: MatchRows): readonly (keyof Match)[] {
  const all: (keyof Match)[] = ["query", "queryId", "rank", "galleryRow", "galleryId", "label", "score", "isMatch"];
  return all.filter(
    (column) => (column !== "queryId" || queryIds !== null) && (column !== "galleryId" || galleryIds !== null),
  );
}

/** The matches of a block, query by query. */
export function matchesOf(
  { start, rows, k, galleryRows, scores }: MatchBlock,
  { labels, galleryIds, queryIds, galleryNumbers, queryNumbers }: MatchRows,
  threshold: number | null,
): Match[] {
  return Array.from({ length: rows * k }, (_, at) => {
    const query = start + Math.floor(at / k);
    const row = galleryRows[at];
    return {
      query: queryNumbers?.[query] ?? query + 1,
      queryId: queryIds?.[query] ?? null,
      rank: (at % k) + 1,
      galleryRow: galleryNumbers?.[row] ?? row + 1,
      galleryId: galleryIds?.[row] ?? null,
      label: labels?.[row] ?? null,
      score: Number(scores[at].toFixed(6)),
      isMatch: threshold === null ? null : scores[at] >= threshold,
    };
  });
}

/** Matches as lines of csv, without a header; what is null is left empty, and no text is a formula. */
export function csvLines(matches: readonly Match[], columns: readonly (keyof Match)[]): string {
  return Papa.unparse(
    matches.map((match) => columns.map((column) => cellOf(match[column]))),
    { newline: "\n" },
  );
}

function cellOf(value: Match[keyof Match]): Match[keyof Match] {
  return typeof value === "string" ? csvCell(value) : value;
}
