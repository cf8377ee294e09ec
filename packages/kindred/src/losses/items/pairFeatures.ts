import { withinFloat } from "../../matrix/float.ts";
import { rowView, zeros, type Matrix } from "../../matrix/matrix.ts";

/** Which parts are put side by side, in this order; `rows` are two. */
export interface FeatureParts {
  readonly rows: boolean;
  readonly difference: boolean;
  readonly product: boolean;
}

/** The rows of a pair, or the slopes by them. */
interface RowPair<T> {
  readonly u: T;
  readonly v: T;
}

/** One part of the features of a pair. */
interface Part {
  readonly write: (rows: RowPair<Float32Array>, out: Float32Array) => void;
  /** Adds the slopes by both rows, from those by the part. */
  readonly pull: (slopes: Float32Array, rows: RowPair<Float32Array>, sums: RowPair<Float64Array>) => void;
}

const ownRow: Part = {
  write: ({ u }, out) => {
    out.set(u);
  },
  pull: (slopes, _, sums) => {
    for (let k = 0; k < slopes.length; k++) sums.u[k] += slopes[k];
  },
};

const otherRow: Part = {
  write: ({ v }, out) => {
    out.set(v);
  },
  pull: (slopes, _, sums) => {
    for (let k = 0; k < slopes.length; k++) sums.v[k] += slopes[k];
  },
};

const difference: Part = {
  write: ({ u, v }, out) => {
    for (let k = 0; k < out.length; k++) out[k] = withinFloat(Math.abs(u[k] - v[k]));
  },
  pull: (slopes, { u, v }, sums) => {
    for (let k = 0; k < slopes.length; k++) {
      const slope = Math.sign(u[k] - v[k]) * slopes[k];
      sums.u[k] += slope;
      sums.v[k] -= slope;
    }
  },
};

const product: Part = {
  write: ({ u, v }, out) => {
    for (let k = 0; k < out.length; k++) out[k] = withinFloat(u[k] * v[k]);
  },
  pull: (slopes, { u, v }, sums) => {
    for (let k = 0; k < slopes.length; k++) {
      sums.u[k] += slopes[k] * v[k];
      sums.v[k] += slopes[k] * u[k];
    }
  },
};

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
    for (let i = 0; i < one.rows; i++)
      this.#parts.forEach((part, p) => {
        part.write(this.#pair(i), this.#entries(this.matrix, i, p));
      });
  }

  /** The slopes by both matrices, from those by the features. */
  pull(slopes: Matrix): { readonly embeddings: Matrix; readonly reference: Matrix } {
    const { rows, cols } = this.#one;
    const [embeddings, reference] = [zeros(rows, cols), zeros(rows, cols)];
    const sums = { u: new Float64Array(cols), v: new Float64Array(cols) };
    for (let i = 0; i < rows; i++) {
      sums.u.fill(0);
      sums.v.fill(0);
      this.#parts.forEach((part, p) => {
        part.pull(this.#entries(slopes, i, p), this.#pair(i), sums);
      });
      rowView(embeddings, i).set(sums.u.map(withinFloat));
      rowView(reference, i).set(sums.v.map(withinFloat));
    }
    return { embeddings, reference };
  }

  #pair(i: number): RowPair<Float32Array> {
    return { u: rowView(this.#one, i), v: rowView(this.#other, i) };
  }

  /** Where the p-th part of row i stands. */
  #entries(features: Matrix, i: number, p: number): Float32Array {
    const { cols } = this.#one;
    return rowView(features, i).subarray(p * cols, (p + 1) * cols);
  }
}
