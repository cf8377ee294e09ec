import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import type { MatrixLike } from "../../matrix/matrix.ts";
import { exactIndex } from "../neighbours/exactIndex.ts";
import { nearestNeighbours, type Neighbours } from "../neighbours/nearestNeighbours.ts";
import { RowReader, type RowSource } from "../neighbours/rowReader.ts";
import { checkSimilarity, distanceOf, type Similarity } from "../similarity/similarity.ts";
import { BestPairs, type RowPairs } from "./bestPairs.ts";

/** Options of {@link paraphraseMining}. */
export interface ParaphraseMiningOptions {
  /** How many of its most alike rows a row makes pairs with, >= 1; fewer where there are fewer. Default 100. */
  readonly topK: number;
  /** How many pairs are given, >= 1. Default 500000. */
  readonly maxPairs: number;
  /** By what rows are compared. Default "cosine". */
  readonly similarity: Similarity;
}

/** Neighbours that are held at once, 8 bytes each. */
const MOST_NEIGHBOURS = 2 ** 23;

/** Checks the options. @throws TypeError, RangeError */
export function checkParaphraseMining<O extends ParaphraseMiningOptions>(options: O): O {
  checkNumber(options.topK, "topK", { atLeast: 1, integer: true });
  checkNumber(options.maxPairs, "maxPairs", { atLeast: 1, integer: true });
  checkSimilarity(options.similarity, "similarity");
  return options;
}

export const paraphraseDefaults: ParaphraseMiningOptions = { topK: 100, maxPairs: 500_000, similarity: "cosine" };

/**
 * The most alike pairs of rows: those pairs in which either row has the other among its `topK` most alike, the best
 * `maxPairs` of them, the most alike first. Every pair is looked at, a tile at a time; the memory is O(rows), or rather
 * 64 MB of neighbours at a time, and O(maxPairs).
 *
 *     const { first, second, scores } = paraphraseMining(embeddings, { maxPairs: 1000 });
 *
 * @param embeddings n x d; a {@link RowSource} where the memory does not hold them
 * @returns pairs with first < second
 * @throws TypeError when an option is unknown or the input no matrix; RangeError when a number is below 1 or the similarity unknown
 */
export function paraphraseMining(
  embeddings: MatrixLike | RowSource,
  options?: Partial<ParaphraseMiningOptions>,
): RowPairs {
  const chosen = checkParaphraseMining(withDefaults(options, paraphraseDefaults, "paraphraseMining"));
  const reader = new RowReader(embeddings, "embeddings");
  const distance = distanceOf(chosen.similarity);
  const k = Math.min(chosen.topK, reader.rows - 1);
  const best = new BestPairs(chosen.maxPairs);
  if (k < 1) return best.result();
  const offer = ({ indices, distances, k: found }: Neighbours, start: number): void => {
    for (let i = 0; i * found < indices.length; i++) {
      let taken = 0;
      for (let place = i * found; place < (i + 1) * found && taken < k; place++) {
        if (indices[place] === start + i) continue;
        best.offer(start + i, indices[place], -distance.away * distances[place]);
        taken++;
      }
    }
  };
  const blockRows = Math.max(1, Math.floor(MOST_NEIGHBOURS / (k + 1)));
  if (reader.matrix !== null && reader.rows <= blockRows) {
    offer(nearestNeighbours(reader.matrix, null, k, { distance }), 0);
    return best.result();
  }
  const index = exactIndex(reader, distance);
  for (let start = 0; start < reader.rows; start += blockRows) {
    const block = reader.read(start, Math.min(start + blockRows, reader.rows));
    offer(index.search(block, k + 1), start); // a row finds itself, or as many rows that equal it
  }
  return best.result();
}
