import { describe } from "../matrix/checks.ts";
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

/** Refuses what is no regularizer. @throws TypeError */
export function requireRegularizer(name: string, regularizer: Regularizer): void {
  if (typeof regularizer !== "object" || regularizer === null || typeof regularizer.evaluate !== "function")
    throw new TypeError(`${name} is ${describe(regularizer)}; give a regularizer such as new LpRegularizer()`);
}
