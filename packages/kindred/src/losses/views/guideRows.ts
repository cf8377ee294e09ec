import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { RowBlock, rowStride } from "../../distances/stream/rowBlock.ts";
import { heap, type Workspace } from "../../kernels/runtime.ts";
import type { Matrix } from "../../matrix/matrix.ts";

/** Floats of a block (1 MB). */
const BLOCK_FLOATS = 2 ** 18;

/** The similarity from which on a rival is taken for a false negative, by that of the positive. */
export type GuideThreshold = (positive: number) => number;

/** What a guide thinks of queries and candidates, of which query i belongs with candidate i. Rows are asked for in order. */
export class GuideRows {
  readonly #block: RowBlock;
  readonly #queries: number;
  readonly #candidates: number;
  readonly #capacity: number;
  readonly #threshold: GuideThreshold;

  constructor(workspace: Workspace, queries: Matrix, candidates: Matrix, threshold: GuideThreshold) {
    this.#queries = queries.rows;
    this.#candidates = candidates.rows;
    this.#capacity = Math.max(1, Math.min(queries.rows, Math.floor(BLOCK_FLOATS / rowStride(candidates.rows))));
    this.#threshold = threshold;
    const { tiles } = new CosineSimilarity().compare(workspace, queries, candidates);
    this.#block = new RowBlock(workspace, tiles.rowForm, this.#capacity);
  }

  /** Writes `never` over the floats of row i, from `from` on, whose candidate the guide finds more similar than the positive. */
  mask(i: number, from: number, never: number): void {
    const block = this.#block;
    if (i < block.start || i >= block.start + block.rows) block.open(i, Math.min(this.#capacity, this.#queries - i));
    const floats = heap();
    const own = block.values(i) >>> 2;
    const threshold = this.#threshold(floats[own + i]);
    for (let j = 0; j < this.#candidates; j++) if (floats[own + j] > threshold && j !== i) floats[from + j] = never;
  }
}
