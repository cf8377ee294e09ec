import type { Matrix, MlpModel, MlpShape } from "kindred";

/** A trained head, and what it was trained on. */
export class Head {
  readonly model: MlpModel;
  /** The names of the columns that it takes, in their order; null where they had none. */
  readonly columns: readonly string[] | null;

  constructor(model: MlpModel, columns: readonly string[] | null) {
    this.model = model;
    this.columns = columns;
  }

  get shape(): Required<MlpShape> {
    return this.model.shape;
  }

  /** The embeddings of vectors, n x inputSize, their columns in the head's order. @returns n x outputSize */
  embed(vectors: Matrix | readonly (readonly number[])[]): Matrix {
    return this.model.embed(vectors);
  }
}
