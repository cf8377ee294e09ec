import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { RowBlock, rowStride } from "../../distances/stream/rowBlock.ts";
import { Run } from "../../kernels/run.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import type { Matrix } from "../../matrix/matrix.ts";

/** Floats of a block (1 MB). */
const BLOCK_FLOATS = 2 ** 18;

/** The similarity from which on a rival is taken for a false negative, by that of the positive. */
type GuideThreshold = (positive: number) => number;

/** What a guide thinks of queries and candidates, of which query i belongs with candidate i. Rows are asked for in order. */
export class GuideRows {
  readonly #block: RowBlock;
  readonly #queries: number;
  readonly #capacity: number;
  readonly #threshold: GuideThreshold;
  readonly #similarities = new Run();

  constructor(workspace: Workspace, queries: Matrix, candidates: Matrix, threshold: GuideThreshold) {
    this.#queries = queries.rows;
    this.#capacity = Math.max(1, Math.min(queries.rows, Math.floor(BLOCK_FLOATS / rowStride(candidates.rows))));
    this.#threshold = threshold;
    const { tiles } = new CosineSimilarity().compare(workspace, queries, { reference: candidates });
    this.#block = new RowBlock(workspace, tiles.rowForm, this.#capacity);
  }

  /** Writes `never` over the entries of row i whose candidate the guide finds more similar than the positive. */
  mask(i: number, row: Float32Array, never: number): void {
    const block = this.#block;
    if (i < block.start || i >= block.start + block.rows) block.open(i, Math.min(this.#capacity, this.#queries - i));
    block.pointAtValues(i, this.#similarities);
    const similarities = this.#similarities.view();
    const threshold = this.#threshold(similarities[i]);
    for (let j = 0; j < similarities.length; j++) if (similarities[j] > threshold && j !== i) row[j] = never;
  }
}
