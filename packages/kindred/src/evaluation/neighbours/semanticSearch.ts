import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { type MatrixLike, toMatrix } from "../../matrix/matrix.ts";
import { checkSimilarity, distanceOf, type Similarity } from "../similarity/similarity.ts";
import { exactIndex } from "./exactIndex.ts";
import { checkWidths } from "./nearestNeighbours.ts";
import { RowReader, type RowSource } from "./rowReader.ts";

/** Options of {@link semanticSearch}. */
export interface SemanticSearchOptions {
  /** How many rows of the corpus are found for each query, >= 1; fewer where the corpus is smaller. Default 10. */
  readonly topK: number;
  /** By what rows are compared. Default "cosine". */
  readonly similarity: Similarity;
}

/** A row of the corpus that was found. */
export interface SearchHit {
  readonly row: number;
  /** How alike it is to the query. */
  readonly score: number;
}

/**
 * The rows of a corpus that are most alike to each query, the most alike first, equal ones by the lower row. Every pair is
 * looked at, a tile at a time: the memory is O(queries topK). A corpus larger than the memory is given as a
 * {@link RowSource} and read in parts.
 *
 *     const [[best]] = semanticSearch(queries, corpus, { topK: 5 });
 *     best.row; best.score;
 *
 * It is {@link nearestNeighbours} with similarities and lists.
 *
 * @param queries n x d
 * @param corpus m x d
 * @returns a list for each query
 * @throws TypeError when an option is unknown or an input no matrix; RangeError when topK is below 1, the similarity unknown or
 *   the widths differ
 */
export function semanticSearch(
  queries: MatrixLike,
  corpus: MatrixLike | RowSource,
  options?: Partial<SemanticSearchOptions>,
): SearchHit[][] {
  const defaults: SemanticSearchOptions = { topK: 10, similarity: "cosine" };
  const { topK, similarity } = withDefaults(options, defaults, "semanticSearch");
  checkNumber(topK, "topK", { atLeast: 1, integer: true });
  const distance = distanceOf(checkSimilarity(similarity, "similarity"));
  const query = toMatrix(queries, "queries");
  const reader = new RowReader(corpus, "corpus");
  checkWidths(query, reader);
  const k = Math.min(topK, reader.rows);
  if (k === 0) return Array.from({ length: query.rows }, () => []);
  const { indices, distances } = exactIndex(reader, distance).search(query, k);
  return Array.from({ length: query.rows }, (_, i) =>
    Array.from({ length: k }, (_, r) => ({
      row: indices[i * k + r],
      score: -distance.away * distances[i * k + r],
    })),
  );
}
