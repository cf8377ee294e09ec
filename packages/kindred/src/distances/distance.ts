import { borrow, type Workspace } from "../kernels/runtime.ts";
import { checkNumber, describe } from "../matrix/checks.ts";
import { rowView, toMatrix, zeros, type Matrix, type MatrixLike } from "../matrix/matrix.ts";
import type { Form } from "./forms/form.ts";
import { normalizeRows } from "./forms/normalization.ts";
import { Side, type Preparation } from "./forms/side.ts";
import { Tiles } from "./stream/tiles.ts";

/** What every distance can be told. */
export interface DistanceOptions {
  /** Whether each embedding is divided by its p-norm first. Default true. */
  readonly normalizeEmbeddings: boolean;
  /** The p of the norm, > 0; Infinity is allowed. Default 2. */
  readonly p: number;
  /** The power that each entry of the matrix is raised to, from -100 to 100; for similarities a whole number. Default 1. */
  readonly power: number;
}

/** Beyond it hardly any distance is in float32's range. */
const MOST_POWER = 100;

export const distanceDefaults: DistanceOptions = { normalizeEmbeddings: true, p: 2, power: 1 };

/** The slopes of a distance matrix. */
export interface DistanceGradients {
  readonly embeddings: Matrix;
  readonly reference?: Matrix;
}

/** Both sides of a distance matrix, ready to be streamed. */
export interface Comparison {
  readonly query: Side;
  /** The query side itself when the batch is compared with itself. */
  readonly reference: Side;
  readonly tiles: Tiles;
}

/** How a comparison is made. */
export interface ComparisonOptions {
  /** What the query is compared with; null (default): itself. */
  readonly reference?: Matrix | null;
  /** Which row stands at each place; null (default): as they are. */
  readonly queryOrder?: Int32Array | null;
  readonly referenceOrder?: Int32Array | null;
  /** Whether slopes are pulled back to a reference. Default true. */
  readonly learnReference?: boolean;
}

/** A measure of how far apart embeddings are, or with `isInverted` how alike. */
export abstract class Distance {
  abstract readonly name: string;
  /** Whether larger means more alike. */
  abstract readonly isInverted: boolean;
  /** Whether x is as far from y as y from x; false where the sides cannot be exchanged. Default true. */
  readonly isSymmetric: boolean = true;
  readonly normalizeEmbeddings: boolean;
  readonly p: number;
  readonly power: number;

  constructor(options: DistanceOptions) {
    this.normalizeEmbeddings = options.normalizeEmbeddings;
    this.p = checkNumber(options.p, "p", { above: 0, infinite: true });
    this.power = checkNumber(options.power, "power", { atLeast: -MOST_POWER, atMost: MOST_POWER });
    if (typeof this.normalizeEmbeddings !== "boolean")
      throw new TypeError(`normalizeEmbeddings is ${describe(this.normalizeEmbeddings)}; give true or false`);
  }

  /** How far x is beyond y: x - y, or y - x for similarities. */
  margin(x: number, y: number): number {
    return this.away * (x - y);
  }

  /** Which way entries grow as embeddings move apart: 1, or -1 for similarities. */
  get away(): 1 | -1 {
    return this.isInverted ? -1 : 1;
  }

  /** Whether another distance compares in the same way. */
  isSameAs(other: Distance): boolean {
    const { normalizeEmbeddings, p, power } = this;
    const isSameKind = this === other || this.constructor === other.constructor;
    return isSameKind && other.normalizeEmbeddings === normalizeEmbeddings && other.p === p && other.power === power;
  }

  /** What is done to embeddings before they are compared. */
  protected get preparation(): Preparation {
    return { isNormalized: this.normalizeEmbeddings, p: this.p, isCentred: false };
  }

  /** How the matrix is formed from prepared sides. */
  protected abstract form(workspace: Workspace, query: Side, reference: Side): Form;

  /** The power of the entries that the form leaves to be taken. */
  protected get remainingPower(): number {
    return this.power;
  }

  /**
   * Readies embeddings for streaming, for losses, miners and evaluation.
   */
  compare(workspace: Workspace, query: Matrix, options: ComparisonOptions = {}): Comparison {
    const { reference = null, queryOrder = null, referenceOrder = null, learnReference = true } = options;
    const querySide = new Side(workspace, query, queryOrder, this.preparation);
    const referenceSide =
      reference === null ? querySide : new Side(workspace, reference, referenceOrder, this.preparation, learnReference);
    const form = this.form(workspace, querySide, referenceSide);
    return { query: querySide, reference: referenceSide, tiles: new Tiles(workspace, form, this.remainingPower) };
  }

  /**
   * The whole matrix: entry (i, j) compares row i of `query` with row j of `reference`, or of `query` without one.
   *
   * @throws RangeError when the widths differ
   */
  matrix(query: MatrixLike, reference?: MatrixLike): Matrix {
    const { q, r } = checkSides(query, reference);
    const columns = (r ?? q).rows;
    const out = zeros(q.rows, columns);
    borrow((workspace) => {
      const { tiles } = this.compare(workspace, q, { reference: r });
      tiles.forEachRow((row) => out.data.set(row.view(), row.place * columns));
    });
    return out;
  }

  /**
   * The slopes of sum_ij cotangent_ij matrix_ij.
   *
   * @param cotangent n x m
   */
  matrixGradients(cotangent: MatrixLike, query: MatrixLike, reference?: MatrixLike): DistanceGradients {
    const { q, r } = checkSides(query, reference);
    const c = toMatrix(cotangent, "cotangent");
    const columns = (r ?? q).rows;
    if (c.rows !== q.rows || c.cols !== columns)
      throw new RangeError(`cotangent is ${c.rows} x ${c.cols}; the distance matrix is ${q.rows} x ${columns}`);
    return borrow((workspace) => {
      const sides = this.compare(workspace, q, { reference: r });
      sides.tiles.pullBack((row) => row.view().set(rowView(c, row.place)));
      return pullGradients(sides, q, r, 1);
    });
  }

  /** The embeddings as this distance compares them: divided by their p-norm with `normalizeEmbeddings`. */
  normalize(embeddings: MatrixLike): Matrix {
    const matrix = toMatrix(embeddings, "embeddings");
    return this.normalizeEmbeddings ? normalizeRows(matrix, this.p) : matrix;
  }

  /** Compares row i of `query` with row i of `reference`, for every i; nothing is normalized and no power is taken. */
  pairwise(query: MatrixLike, reference: MatrixLike): Float64Array {
    const { q, r } = checkSides(query, reference);
    if (r === null || r.rows !== q.rows)
      throw new RangeError(`reference has ${r?.rows ?? 0} rows, query has ${q.rows}; rows are compared one with one`);
    const out = new Float64Array(q.rows);
    for (let i = 0; i < q.rows; i++) {
      const from = i * q.cols;
      out[i] = this.pair(q.data.subarray(from, from + q.cols), r.data.subarray(from, from + q.cols));
    }
    return out;
  }

  /** Compares two rows as they are. */
  protected abstract pair(x: Float32Array, y: Float32Array): number;
}

/** Both sides' slopes after a pull, in the order and scale of the embeddings given. */
export function pullGradients(
  sides: Comparison,
  embeddings: Matrix,
  reference: Matrix | null,
  scale: number,
): DistanceGradients {
  const gradient = zeros(embeddings.rows, embeddings.cols);
  sides.query.pullSlopes(embeddings, scale, gradient.data);
  if (reference === null || !sides.reference.isLearned) return { embeddings: gradient };
  const referenceGradient = zeros(reference.rows, reference.cols);
  sides.reference.pullSlopes(reference, scale, referenceGradient.data);
  return { embeddings: gradient, reference: referenceGradient };
}

function checkSides(query: MatrixLike, reference: MatrixLike | undefined): { q: Matrix; r: Matrix | null } {
  const q = toMatrix(query, "query");
  const r = reference === undefined ? null : toMatrix(reference, "reference");
  if (r !== null && r.cols !== q.cols)
    throw new RangeError(`reference has ${r.cols} columns, query has ${q.cols}; both must be as wide`);
  return { q, r };
}
