import type { Matrix } from "kindred";

/** Labelled vectors. */
export interface DataSet {
  /** What they are called in messages. */
  readonly name: string;
  /** n x d. */
  readonly vectors: Matrix;
  /** One a row. */
  readonly labels: readonly string[];
  /** What each row is called in pictures; null: by its number. */
  readonly captions: readonly string[] | null;
}
