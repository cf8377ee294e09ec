import { CandidateFilter } from "../../distances/scores/candidateFilter.ts";
import { type Block, forEachTile, type ScoreSpace, type Tile } from "../../distances/scores/scoreSpace.ts";
import { borrow } from "../../kernels/runtime.ts";
import { TopK, topKCapacity } from "./topK.ts";

/** Visits the neighbours of query `i`: `count` ids (and scores) from `from` on, the nearest first. */
type NeighbourVisitor = (i: number, ids: Int32Array, from: number, count: number, scores: Float32Array) => void;

/** Candidates that a search over half of the tiles may hold at once, for all queries: 8 bytes each. */
const MOST_CANDIDATES = 2 ** 26;
/** Queries whose candidates are held at once by the search over all tiles. */
const BAND_ROWS = 960;

/**
 * The k nearest references of each query, in memory O(queries k).
 *
 * Where the references are the queries each pair is scored once, for both of its ends: half of the tiles suffice.
 *
 * @param isIncluded whether reference i is query i, which is then no neighbour of itself
 */
export function searchTopK(space: ScoreSpace, k: number, isIncluded: boolean, visit: NeighbourVisitor): void {
  borrow((workspace) => {
    const filter = new CandidateFilter(workspace);
    if (space.isSymmetric && isIncluded && space.rows * topKCapacity(k) <= MOST_CANDIDATES) {
      const topK = new TopK(space.rows, k);
      forEachTile(space, { upperOnly: true }, (block, tile) => offerBothWays(topK, block, tile, filter));
      visitRows(topK, 0, space.rows, visit);
      return;
    }
    const topK = new TopK(Math.min(BAND_ROWS, space.rows), k);
    for (let top = 0; top < space.rows; top += BAND_ROWS) {
      const bottom = Math.min(top + BAND_ROWS, space.rows);
      topK.clear();
      forEachTile(space, { rowStart: top, rowEnd: bottom }, (block, tile) =>
        offerRows(topK, block, tile, filter, { top, isIncluded }),
      );
      visitRows(topK, top, bottom, visit);
    }
  });
}

function visitRows(topK: TopK, top: number, bottom: number, visit: NeighbourVisitor): void {
  for (let i = top; i < bottom; i++) {
    const { from, count } = topK.sorted(i - top);
    visit(i, topK.ids, from, count, topK.scores);
  }
}

/** Offers each pair above the diagonal to both of its ends; the candidates of a row come by ascending id. */
function offerBothWays(topK: TopK, block: Block, tile: Tile, filter: CandidateFilter): void {
  const { thresholds } = topK;
  const { rowStart, rowEnd, colStart, colEnd } = block;
  filter.setBars(thresholds.subarray(colStart, colEnd));
  for (let i = rowStart; i < rowEnd; i++) {
    const from = Math.max(0, i + 1 - colStart);
    const row = (i - rowStart) * tile.stride;
    for (const k of filter.candidates(tile, row, { from, end: colEnd - colStart }, thresholds[i])) {
      const score = tile.scores[row + from + k];
      const j = colStart + from + k;
      if (score > thresholds[i]) topK.offer(i, j, score);
      if (score > thresholds[j]) topK.offer(j, i, score);
    }
  }
}

/** Offers a tile to the queries from `top` on. */
function offerRows(
  topK: TopK,
  block: Block,
  tile: Tile,
  filter: CandidateFilter,
  { top, isIncluded }: { readonly top: number; readonly isIncluded: boolean },
): void {
  const { thresholds } = topK;
  const { rowStart, rowEnd, colStart, colEnd } = block;
  filter.setBars(null);
  for (let i = rowStart; i < rowEnd; i++) {
    const row = (i - rowStart) * tile.stride;
    const self = isIncluded ? i - colStart : -1;
    for (const k of filter.candidates(tile, row, { from: 0, end: colEnd - colStart }, thresholds[i - top])) {
      const score = tile.scores[row + k];
      if (score > thresholds[i - top] && k !== self) topK.offer(i - top, colStart + k, score);
    }
  }
}
