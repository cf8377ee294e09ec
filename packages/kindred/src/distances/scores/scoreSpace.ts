import { borrow, floatsAt } from "../../kernels/runtime.ts";

/** Rows and columns of a block, the ends excluded. */
export interface Block {
  readonly rowStart: number;
  readonly rowEnd: number;
  readonly colStart: number;
  readonly colEnd: number;
}

/**
 * How near each reference is to each query: a matrix of scores, queries x references, that is formed a block at a time
 * and never stored. A larger score is nearer; scores order the references of one query and mean nothing else.
 */
export interface ScoreSpace {
  readonly rows: number;
  readonly cols: number;
  /** Whether the references are the queries and score (i, j) is score (j, i). */
  readonly isSymmetric: boolean;
  /** Writes the scores of a block to the kernels' memory at `pointer`, its rows `stride` floats apart. */
  fill(block: Block, pointer: number, stride: number): void;
  /** The distance of query i and reference j, which a fill gave this score. */
  readonly distance: (i: number, j: number, score: number) => number;
}

/** The scores of a block, valid while it is visited. */
export interface Tile {
  /** Where the scores stand in the kernels' memory. */
  readonly pointer: number;
  readonly scores: Float32Array;
  /** Floats from one row to the next. */
  readonly stride: number;
}

/** Rows and columns of a tile: a megabyte at the most, to stay in the second-level cache while it is read. */
const TILE_ROWS = 240;
export const TILE_COLS = 512;

/**
 * Visits the tiles of the rows `rowStart` .. `rowEnd - 1`, in bands of rows from the top and within a band from left to
 * right. The visitor must not make the kernels' memory grow.
 *
 * With `upperOnly` the tiles left of the diagonal are passed over; those on it are whole.
 */
export function forEachTile(
  space: ScoreSpace,
  { rowStart = 0, rowEnd = space.rows, upperOnly = false },
  visit: (block: Block, tile: Tile) => void,
): void {
  borrow((workspace) => {
    const count = Math.min(TILE_ROWS, rowEnd - rowStart) * TILE_COLS;
    const pointer = workspace.floats(count);
    for (let top = rowStart; top < rowEnd; top += TILE_ROWS) {
      const bottom = Math.min(top + TILE_ROWS, rowEnd);
      for (let left = upperOnly ? top : 0; left < space.cols; left += TILE_COLS) {
        const block = { rowStart: top, rowEnd: bottom, colStart: left, colEnd: Math.min(left + TILE_COLS, space.cols) };
        space.fill(block, pointer, TILE_COLS);
        visit(block, { pointer, scores: floatsAt(pointer, count), stride: TILE_COLS });
      }
    }
  });
}
