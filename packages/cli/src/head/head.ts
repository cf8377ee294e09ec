import type { HeadModel, Matrix, MlpShape } from "kindred";

/** A trained head, and what it was trained on. */
export class Head {
  readonly model: HeadModel;
  /** The names of the columns that it takes, in their order; null where they had none. */
  readonly columns: readonly string[] | null;

  constructor(model: HeadModel, columns: readonly string[] | null) {
    this.model = model;
    this.columns = columns;
  }

  /** Its columns in and out, its hidden layers and their activation; of a projection head those of its linear map. */
  get shape(): Required<MlpShape> {
    return this.model.shape;
  }

  /** Columns of the vectors that it takes. */
  get inputSize(): number {
    return this.shape.inputSize;
  }

  /** Columns of the embeddings. */
  get outputSize(): number {
    return this.shape.outputSize;
  }

  /** The embeddings of vectors, n x inputSize, their columns in the head's order. @returns n x outputSize */
  embed(vectors: Matrix | readonly (readonly number[])[]): Matrix {
    return this.model.embed(vectors);
  }
}
