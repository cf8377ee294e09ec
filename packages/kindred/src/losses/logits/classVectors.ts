import { learnedZeros, zeros, type Matrix } from "../../matrix/matrix.ts";
import type { Random } from "../../matrix/random.ts";

/** Columns that are turned into rows at a time. */
const BAND = 64;

/** How a loss keeps its class vectors. */
export interface ClassVectorShape {
  /** The parameter's name. */
  readonly parameter: string;
  /** Whether a vector is a column of the parameter or a row of it. */
  readonly layout: "columns" | "rows";
  /** How many vectors a class has; they stand side by side. */
  readonly perClass: number;
  /** Draws an entry. */
  readonly init: (random: Random) => number;
}

/** The learned vectors of all classes, as one parameter and as the rows that embeddings are compared with. */
export class ClassVectors {
  readonly parameter: Matrix;
  readonly perClass: number;
  readonly #isColumns: boolean;

  constructor(shape: ClassVectorShape, numClasses: number, embeddingSize: number, random: Random) {
    const count = numClasses * shape.perClass;
    this.perClass = shape.perClass;
    this.#isColumns = shape.layout === "columns";
    const [rows, cols] = this.#isColumns ? [embeddingSize, count] : [count, embeddingSize];
    this.parameter = learnedZeros(rows, cols, shape.parameter);
    for (let k = 0; k < this.parameter.data.length; k++) this.parameter.data[k] = shape.init(random);
  }

  /** The vectors of the chosen classes, one after the other; null: of all classes, which may be the parameter itself. */
  rows(classes: Int32Array | null): Matrix {
    const { parameter } = this;
    if (classes === null) return this.#isColumns ? transpose(parameter) : parameter;
    const size = this.#isColumns ? parameter.rows : parameter.cols;
    const out = zeros(classes.length * this.perClass, size);
    this.#forEachChosen(classes, (row, vector) => {
      if (!this.#isColumns) out.data.set(parameter.data.subarray(vector * size, (vector + 1) * size), row * size);
      else for (let k = 0; k < size; k++) out.data[row * size + k] = parameter.data[k * parameter.cols + vector];
    });
    return out;
  }

  /** The slopes of {@link ClassVectors.rows} in the parameter's shape; those of classes not chosen are 0. */
  slopes(ofRows: Matrix, classes: Int32Array | null): Matrix {
    const { parameter } = this;
    if (classes === null) return this.#isColumns ? transpose(ofRows) : ofRows;
    const size = ofRows.cols;
    const out = zeros(parameter.rows, parameter.cols);
    this.#forEachChosen(classes, (row, vector) => {
      if (!this.#isColumns) out.data.set(ofRows.data.subarray(row * size, (row + 1) * size), vector * size);
      else for (let k = 0; k < size; k++) out.data[k * out.cols + vector] = ofRows.data[row * size + k];
    });
    return out;
  }

  #forEachChosen(classes: Int32Array, visit: (row: number, vector: number) => void): void {
    for (let c = 0; c < classes.length; c++) {
      for (let k = 0; k < this.perClass; k++) visit(c * this.perClass + k, classes[c] * this.perClass + k);
    }
  }
}

/** Rows and columns exchanged: four rows at a time, in bands of columns whose turned rows stay in the cache. */
export function transpose({ data, rows, cols }: Matrix): Matrix {
  const out = zeros(cols, rows);
  const turned = out.data;
  const whole = rows & ~3;
  for (let start = 0; start < cols; start += BAND) {
    const end = Math.min(start + BAND, cols);
    for (let i = 0; i < whole; i += 4) {
      const [a, b, c, d] = [i * cols, (i + 1) * cols, (i + 2) * cols, (i + 3) * cols];
      for (let j = start, to = start * rows + i; j < end; j++, to += rows) {
        turned[to] = data[a + j];
        turned[to + 1] = data[b + j];
        turned[to + 2] = data[c + j];
        turned[to + 3] = data[d + j];
      }
    }
    for (let i = whole; i < rows; i++) for (let j = start; j < end; j++) turned[j * rows + i] = data[i * cols + j];
  }
  return out;
}

/** One column a class, drawn from the normal distribution with mean 0 and variance 1. */
export function normalColumns(parameter: string, perClass = 1): ClassVectorShape {
  return { parameter, layout: "columns", perClass, init: (random) => random.normal() };
}
