import { withinFloat } from "../../matrix/float.ts";
import { zeros, type Matrix } from "../../matrix/matrix.ts";

/** Which parts are put side by side, in this order; `rows` are two. */
export interface FeatureParts {
  readonly rows: boolean;
  readonly difference: boolean;
  readonly product: boolean;
}

/** One part of the features of a pair, coordinate by coordinate. */
interface Part {
  readonly value: (u: number, v: number) => number;
  readonly slopes: (u: number, v: number) => readonly [byU: number, byV: number];
}

const ownRow: Part = { value: (u) => u, slopes: () => [1, 0] };
const otherRow: Part = { value: (_, v) => v, slopes: () => [0, 1] };
const difference: Part = {
  value: (u, v) => Math.abs(u - v),
  slopes: (u, v) => [Math.sign(u - v), Math.sign(v - u)],
};
const product: Part = { value: (u, v) => u * v, slopes: (u, v) => [v, u] };

/** What a classifier sees of the pairs (row i of one matrix, row i of another): u, v, |u - v| and u * v side by side. */
export class PairFeatures {
  /** n x features. */
  readonly matrix: Matrix;
  readonly #one: Matrix;
  readonly #other: Matrix;
  readonly #parts: readonly Part[];

  constructor(one: Matrix, other: Matrix, parts: FeatureParts) {
    this.#one = one;
    this.#other = other;
    this.#parts = [
      ...(parts.rows ? [ownRow, otherRow] : []),
      ...(parts.difference ? [difference] : []),
      ...(parts.product ? [product] : []),
    ];
    this.matrix = zeros(one.rows, this.#parts.length * one.cols);
    this.#forEach((u, v, part, at) => {
      this.matrix.data[at] = withinFloat(part.value(u, v));
    });
  }

  /** The slopes by both matrices, from those by the features. */
  pull(slopes: Matrix): { readonly embeddings: Matrix; readonly reference: Matrix } {
    const { rows, cols } = this.#one;
    const [embeddings, reference] = [zeros(rows, cols), zeros(rows, cols)];
    this.#forEach((u, v, part, at, entry) => {
      const [byU, byV] = part.slopes(u, v);
      embeddings.data[entry] = withinFloat(embeddings.data[entry] + slopes.data[at] * byU);
      reference.data[entry] = withinFloat(reference.data[entry] + slopes.data[at] * byV);
    });
    return { embeddings, reference };
  }

  /** @param visit is handed where the feature stands, and where its coordinate does */
  #forEach(visit: (u: number, v: number, part: Part, at: number, entry: number) => void): void {
    const { data, rows, cols } = this.#one;
    for (let i = 0, at = 0; i < rows; i++)
      for (const part of this.#parts)
        for (let k = i * cols; k < (i + 1) * cols; k++) visit(data[k], this.#other.data[k], part, at++, k);
  }
}
