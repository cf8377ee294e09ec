import type { Side } from "./side.ts";

/**
 * How one family of distances is formed in tiles and how slopes are pulled back through it. A tile holds whole rows of
 * the matrix, `stride` floats apart; row r of it is row start + r of the query side.
 */
export interface Form {
  readonly query: Side;
  /** The query side itself when the batch is compared with itself. */
  readonly reference: Side;
  /** Fills a tile of `rows` rows from row `start` on; {@link Form.finishRow} completes them. */
  fillTile(tile: number, stride: number, start: number, rows: number): void;
  /** The whole matrix of a batch with itself; its symmetry halves the work. */
  fillSymmetric(tile: number, stride: number): void;
  /** Turns what a fill left in row i into values. */
  finishRow(i: number, row: number): void;
  /** Turns d loss / d value of row i, in place, into what the pulls take. `values` are those of `finishRow`. */
  slopeRow(i: number, slopes: number, values: number): void;
  /** Readies both sides for pulls: their slopes are 0. */
  beginPull(): void;
  /** Pulls a tile of slopes back into both sides' slopes. */
  pullTile(tile: number, stride: number, start: number, rows: number): void;
  /** The same for the whole matrix of a batch with itself, which it may change. */
  pullSymmetric(tile: number, stride: number): void;
  /** Completes both sides' slopes after the last pull. */
  finishPull(): void;
}
