import Papa from "papaparse";
import { csvCell } from "../../files/csvCell.ts";
import type { MatchBlock } from "./matchVectors.ts";

/** One gallery row of one query. */
export interface Match {
  /** Rows count from 1. */
  readonly query: number;
  /** 1: the nearest. */
  readonly rank: number;
  readonly galleryRow: number;
  /** The gallery row's; null where the gallery has none. */
  readonly label: string | null;
  /** The cosine similarity. */
  readonly score: number;
  /** Whether the score reaches the threshold; null without one. */
  readonly isMatch: boolean | null;
}

export const matchColumns: readonly (keyof Match)[] = ["query", "rank", "galleryRow", "label", "score", "isMatch"];

/** The matches of a block, query by query. */
export function matchesOf(
  { start, rows, k, galleryRows, scores }: MatchBlock,
  labels: readonly string[] | null,
  threshold: number | null,
): Match[] {
  return Array.from({ length: rows * k }, (_, at) => ({
    query: start + Math.floor(at / k) + 1,
    rank: (at % k) + 1,
    galleryRow: galleryRows[at] + 1,
    label: labels === null ? null : labels[galleryRows[at]],
    score: Number(scores[at].toFixed(6)),
    isMatch: threshold === null ? null : scores[at] >= threshold,
  }));
}

/** Matches as lines of csv, without a header; what is null is left empty, and no text is a formula. */
export function csvLines(matches: readonly Match[]): string {
  return Papa.unparse(
    matches.map((match) => matchColumns.map((column) => cellOf(match[column]))),
    { newline: "\n" },
  );
}

function cellOf(value: Match[keyof Match]): Match[keyof Match] {
  return typeof value === "string" ? csvCell(value) : value;
}
