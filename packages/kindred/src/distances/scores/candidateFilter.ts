import { floatsAt, heap, kernels, type Workspace } from "../../kernels/runtime.ts";
import { type Tile, TILE_COLS } from "./scoreSpace.ts";

/** Finds the few scores of a tile's row that may be candidates, four at a time. */
export class CandidateFilter {
  readonly #bars: number;
  readonly #found: number;

  constructor(workspace: Workspace) {
    this.#bars = workspace.floats(TILE_COLS);
    this.#found = workspace.floats(TILE_COLS);
  }

  /** The thresholds of the tile's columns, beside that of a row; none: only the row's counts. */
  setBars(bars: Float32Array | null): void {
    const own = floatsAt(this.#bars, TILE_COLS);
    if (bars === null) own.fill(Infinity);
    else own.set(bars);
  }

  /**
   * Which scores of a row exceed the row's threshold or their column's, counted from column `from` on; good until the next
   * call.
   *
   * @param row where the row begins among the tile's scores
   */
  candidates(
    { pointer }: Tile,
    row: number,
    { from, end }: { readonly from: number; readonly end: number },
    threshold: number,
  ): Int32Array {
    const count = Math.max(0, end - from);
    const found = kernels.exceeding(pointer + 4 * (row + from), this.#bars + 4 * from, count, threshold, this.#found);
    return new Int32Array(heap().buffer, this.#found, found);
  }
}
