import type { Matrix, MatrixLike } from "../matrix/matrix.ts";

/** A penalty on embeddings or class vectors, taken as rows. */
export interface Regularizer {
  readonly name: string;
  /**
   * The penalty and its slope.
   *
   * @param x n x d
   */
  evaluate(x: MatrixLike): Penalty;
}

/** What a regularizer finds. */
export interface Penalty {
  readonly value: number;
  /** d value / d x, n x d. */
  readonly gradient: Matrix;
}
