import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { RowBlock, rowStride } from "../../distances/stream/rowBlock.ts";
import { Run } from "../../kernels/run.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import type { Matrix } from "../../matrix/matrix.ts";

/** Floats of a block (1 MB). */
const BLOCK_FLOATS = 2 ** 18;

/** What a guide thinks of rows that ask and of those that are asked for: cosines. Rows are asked for in order. */
export class GuideRows {
  readonly #block: RowBlock;
  readonly #rows: number;
  readonly #capacity: number;
  readonly #similarities = new Run();

  /** @param asked null: those who ask themselves */
  constructor(workspace: Workspace, asking: Matrix, asked: Matrix | null) {
    this.#rows = asking.rows;
    const stride = rowStride((asked ?? asking).rows);
    this.#capacity = Math.max(1, Math.min(asking.rows, Math.floor(BLOCK_FLOATS / stride)));
    const { tiles } = new CosineSimilarity().compare(workspace, asking, { reference: asked });
    this.#block = new RowBlock(workspace, tiles.rowForm, this.#capacity);
  }

  /** Its similarity of row i and what is at a place. */
  at(i: number, place: number): number {
    this.#open(i);
    return this.#similarities.at(place);
  }

  /** Writes `never` over the entries of row i that it finds more alike than `limit`. */
  mask(i: number, limit: number, row: Float32Array, never: number): void {
    this.#open(i);
    const similarities = this.#similarities.view();
    for (let j = 0; j < similarities.length; j++) if (similarities[j] > limit) row[j] = never;
  }

  #open(i: number): void {
    const block = this.#block;
    if (i < block.start || i >= block.start + block.rows) block.open(i, Math.min(this.#capacity, this.#rows - i));
    block.pointAtValues(i, this.#similarities);
  }
}
