import { borrow, floatsAt, kernels } from "../kernels/runtime.ts";
import { type Matrix, zeros } from "../matrix/matrix.ts";

/** A factor of a product: a matrix as it stands, or its transpose, which is read in place and never formed. */
interface Factor {
  readonly matrix: Matrix;
  readonly rows: number;
  readonly cols: number;
  readonly rowStride: number;
  readonly colStride: number;
}

/** The transpose of a matrix as a factor of {@link multiply}. */
export function transposed(matrix: Matrix): Factor {
  return { matrix, rows: matrix.cols, cols: matrix.rows, rowStride: 1, colStride: matrix.cols };
}

/** The product a b. @param a m x k @param b k x n @returns m x n */
export function multiply(a: Matrix | Factor, b: Matrix | Factor): Matrix {
  const [left, right] = [asFactor(a), asFactor(b)];
  const out = zeros(left.rows, right.cols);
  if (out.data.length === 0 || left.cols === 0) return out;
  borrow((workspace) => {
    const [aData, bData] = [left.matrix.data, right.matrix.data];
    const aPointer = workspace.floats(aData.length);
    const bPointer = workspace.floats(bData.length);
    const outPointer = workspace.floats(out.data.length);
    floatsAt(aPointer, aData.length).set(aData);
    floatsAt(bPointer, bData.length).set(bData);
    kernels.gemm(
      out.rows,
      out.cols,
      left.cols,
      aPointer,
      left.rowStride,
      left.colStride,
      bPointer,
      right.rowStride,
      right.colStride,
      outPointer,
      out.cols,
      false,
      false,
    );
    out.data.set(floatsAt(outPointer, out.data.length));
  });
  return out;
}

function asFactor(factor: Matrix | Factor): Factor {
  if ("matrix" in factor) return factor;
  return { matrix: factor, rows: factor.rows, cols: factor.cols, rowStride: factor.cols, colStride: 1 };
}
