import { Dense } from "../../kernels/dense.ts";
import { borrow } from "../../kernels/runtime.ts";
import { checkNumber } from "../../matrix/checks.ts";
import { columnMeans } from "../../matrix/columnMeans.ts";
import { encodeLabels, type Labels } from "../../matrix/labels.ts";
import { type Matrix, type MatrixLike, toMatrix, zeros } from "../../matrix/matrix.ts";
import { scatter } from "./covariance.ts";
import type { LinearMap } from "./linearMap.ts";
import { symmetricEigen } from "./symmetricEigen.ts";

/** How rows spread around the mean of their class: the eigenvectors of the covariance within classes. */
export interface ClassSpectrum {
  /** The mean of all rows, d entries. */
  readonly mean: Float64Array;
  /** Variances along the eigenvectors, the largest first, >= 0. */
  readonly variances: Float64Array;
  /** d x d: an eigenvector of length 1 a row. */
  readonly vectors: Float64Array;
  /** The mean of each class, classes x d, and how many rows it has. */
  readonly classMeans: Float64Array;
  readonly classRows: Uint32Array;
}

/** Options of {@link whitening}. */
export interface WhiteningOptions {
  /**
   * What is added to each variance, as a multiple of their mean, >= 0: the larger, the less is changed. Default 0.3.
   */
  readonly shrinkage?: number;
  /** How far: 1/2 whitens (variances become 1), 1/4 half-way, 0 turns nothing. 0 .. 1, default 1/2. */
  readonly power?: number;
}

/**
 * The covariance within classes, (1/n) sum (x - mean of its class)(x - mean of its class)', by its eigenvectors.
 *
 * @param input n x d
 * @param labels one a row; a class of one row adds nothing
 * @throws RangeError when labels and rows differ in number, or no class has two rows
 */
export function classSpectrum(input: MatrixLike, labels: Labels): ClassSpectrum {
  const x = toMatrix(input, "input");
  const { codes, classes } = encodeLabels(labels, "labels");
  if (codes.length !== x.rows)
    throw new RangeError(`labels has ${codes.length} entries for ${x.rows} rows; each row needs one label`);
  if (classes.length === x.rows)
    throw new RangeError(`each of the ${x.rows} rows has a class of its own; a spread within classes needs two of one`);
  const d = x.cols;
  const { classMeans, classRows } = meansOfClasses(x, codes, classes.length);
  const within = scatter(x, (i) => classMeans.subarray(codes[i] * d, (codes[i] + 1) * d));
  const { values, vectors } = symmetricEigen(within, d, d);
  const variances = values.map((value) => Math.max(0, value) / x.rows);
  return { mean: columnMeans(x), variances, vectors, classMeans, classRows };
}

/**
 * Whitening by the covariance within classes: directions in which rows of one class differ are shortened.
 *
 *     y = (x - mean) V (variances + shrinkage * mean variance)^-power V'
 *
 * With power 1/2 and no shrinkage the covariance within classes becomes the identity. Directions keep their names: the map is
 * symmetric, so that y lies near x where all variances are alike; it is brought to the trace of the identity.
 *
 * @throws RangeError when an option is out of bounds
 * Source: Hasan and others, "within-class covariance normalization", as Hatch, Kajarekar and Stolcke, Interspeech 2006.
 */
export function whitening(spectrum: ClassSpectrum, options: WhiteningOptions = {}): LinearMap {
  const factors = whiteningFactors(spectrum, options);
  const d = factors.length;
  const size = factors.reduce((sum, f) => sum + f, 0) / d;
  return {
    mean: spectrum.mean,
    weights: symmetricFrom(
      spectrum.vectors,
      factors.map((f) => f / size),
      d,
    ),
  };
}

/**
 * What whitening multiplies each eigenvector's direction by: (variance + shrinkage * mean variance)^-power.
 *
 * @throws RangeError when an option is out of bounds
 */
export function whiteningFactors({ variances }: ClassSpectrum, options: WhiteningOptions): Float64Array {
  const { shrinkage = 0.3, power = 0.5 } = options;
  checkNumber(shrinkage, "shrinkage", { atLeast: 0 });
  checkNumber(power, "power", { atLeast: 0, atMost: 1 });
  const added = shrinkage * variances.reduce((sum, v) => sum + v / variances.length, 0);
  // a direction without any spread is stretched no further than the narrowest one with some
  const least = Math.max(Number.MIN_VALUE, 1e-6 * variances[0]);
  return variances.map((v) => Math.max(v + added, least) ** -power);
}

/** V' diag(factors) V for eigenvectors in rows. */
function symmetricFrom(vectors: Float64Array, factors: Float64Array, d: number): Matrix {
  const out = zeros(d, d);
  borrow((workspace) => {
    const rows = Dense.of(workspace, d, d);
    const scaled = Dense.of(workspace, d, d);
    const product = Dense.of(workspace, d, d);
    rows.view().set(vectors);
    scaled.view().set(vectors.map((entry, k) => entry * factors[Math.floor(k / d)]));
    product.setProduct(rows.transposed, scaled);
    out.data.set(product.view());
  });
  return out;
}

function meansOfClasses(
  { data, rows, cols }: Matrix,
  codes: Int32Array,
  classes: number,
): Pick<ClassSpectrum, "classMeans" | "classRows"> {
  const classMeans = new Float64Array(classes * cols);
  const classRows = new Uint32Array(classes);
  for (let i = 0, k = 0; i < rows; i++) {
    classRows[codes[i]]++;
    for (let j = 0; j < cols; j++, k++) classMeans[codes[i] * cols + j] += data[k];
  }
  for (let c = 0, k = 0; c < classes; c++) for (let j = 0; j < cols; j++, k++) classMeans[k] /= classRows[c];
  return { classMeans, classRows };
}
