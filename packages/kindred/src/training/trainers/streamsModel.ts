import type { ColumnRange } from "../../matrix/columns.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { ComposedModel } from "./composedModel.ts";

/**
 * A composed model of samples that come twice. Both inputs of a sample stand side by side in its row, and so do the embeddings
 * that the models make of them: n x 2p is 2n x p in the same memory.
 */
export class StreamsModel extends ComposedModel {
  /** Where the embeddings of the first stream stand; kept up to date. */
  readonly first: ColumnRange = { start: 0, end: 0 };

  override embed(inputs: Matrix, isTraining = false): Matrix {
    return this.#paired(super.embed(apart(inputs), isTraining));
  }

  override backward(gradient: Matrix): void {
    super.backward(apart(gradient));
  }

  override learn(inputs: Matrix, slopeOf: (embeddings: Matrix) => Matrix): void {
    super.learn(apart(inputs), (embeddings) => apart(slopeOf(this.#paired(embeddings))));
  }

  #paired({ data, rows, cols }: Matrix): Matrix {
    Object.assign(this.first, { end: cols });
    return { data, rows: rows / 2, cols: 2 * cols };
  }
}

/** Both halves of each row as rows of their own. */
function apart({ data, rows, cols }: Matrix): Matrix {
  return { data, rows: 2 * rows, cols: cols / 2 };
}
