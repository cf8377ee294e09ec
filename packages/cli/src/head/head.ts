import type { HeadModel, Matrix } from "kindred";

/** A trained head, and what it was trained on. */
export class Head {
  readonly model: HeadModel;
  /** The names of the columns that it takes, in their order; null where they had none. */
  readonly columns: readonly string[] | null;

  constructor(model: HeadModel, columns: readonly string[] | null) {
    this.model = model;
    this.columns = columns;
  }

  /** Columns of the vectors that it takes. */
  get inputSize(): number {
    return this.model.inputSize;
  }

  /** Columns of the embeddings. */
  get outputSize(): number {
    return this.model.outputSize;
  }

  /** The embeddings of vectors, n x inputSize, their columns in the head's order. @returns n x outputSize */
  embed(vectors: Matrix | readonly (readonly number[])[]): Matrix {
    return this.model.embed(vectors);
  }
}
