import { Dense } from "../kernels/dense.ts";
import { borrow, type Workspace } from "../kernels/runtime.ts";
import { type Matrix, zeros } from "../matrix/matrix.ts";

/** A factor of a product: the transpose of a matrix, which is read in place and never formed. */
interface Transposed {
  readonly transposeOf: Matrix;
}

/** The transpose of a matrix as a factor of {@link multiply}. */
export function transposed(matrix: Matrix): Transposed {
  return { transposeOf: matrix };
}

/** The product a b. @param a m x k @param b k x n @returns m x n */
export function multiply(a: Matrix | Transposed, b: Matrix | Transposed): Matrix {
  const [rows, depth] = shapeOf(a);
  const [, cols] = shapeOf(b);
  const out = zeros(rows, cols);
  if (out.data.length === 0 || depth === 0) return out;
  borrow((workspace) => {
    const [left, right] = [copyOf(workspace, a), copyOf(workspace, b)];
    const product = Dense.of(workspace, rows, cols);
    product.setProduct("transposeOf" in a ? left.transposed : left, "transposeOf" in b ? right.transposed : right);
    out.data.set(product.view());
  });
  return out;
}

function shapeOf(factor: Matrix | Transposed): readonly [rows: number, cols: number] {
  return "transposeOf" in factor ? [factor.transposeOf.cols, factor.transposeOf.rows] : [factor.rows, factor.cols];
}

function copyOf(workspace: Workspace, factor: Matrix | Transposed): Dense {
  const { data, rows, cols } = "transposeOf" in factor ? factor.transposeOf : factor;
  const copy = Dense.of(workspace, rows, cols);
  copy.view().set(data);
  return copy;
}
