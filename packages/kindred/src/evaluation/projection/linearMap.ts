import { Dense } from "../../kernels/dense.ts";
import { borrow } from "../../kernels/runtime.ts";
import { checkNumber } from "../../matrix/checks.ts";
import { type Matrix, type MatrixLike, toMatrix, zeros } from "../../matrix/matrix.ts";

/** A closed form: (x - mean) W. */
export interface LinearMap {
  /** d entries. */
  readonly mean: Float64Array;
  /** d x count. */
  readonly weights: Matrix;
}

/** x as it is: the map to begin with where nothing is known. @param size columns, >= 1 */
export function identityMap(size: number): LinearMap {
  checkNumber(size, "size", { atLeast: 1, integer: true });
  const weights = zeros(size, size);
  for (let i = 0; i < size; i++) weights.data[i * size + i] = 1;
  return { mean: new Float64Array(size), weights };
}

/** What a map makes of rows, (x - mean) W, n x count. @throws RangeError when they are of other width */
export function applyMap({ mean, weights }: LinearMap, input: MatrixLike): Matrix {
  const x = toMatrix(input, "rows");
  if (x.cols !== weights.rows)
    throw new RangeError(`rows has ${x.cols} columns; the map was found for ${weights.rows}`);
  const out = zeros(x.rows, weights.cols);
  borrow((workspace) => {
    const centred = Dense.of(workspace, x.rows, x.cols);
    const factor = Dense.of(workspace, weights.rows, weights.cols);
    const product = Dense.of(workspace, x.rows, weights.cols);
    const entries = centred.view();
    for (let i = 0, k = 0; i < x.rows; i++) for (let j = 0; j < x.cols; j++, k++) entries[k] = x.data[k] - mean[j];
    factor.view().set(weights.data);
    product.setProduct(centred, factor);
    out.data.set(product.view());
  });
  return out;
}
