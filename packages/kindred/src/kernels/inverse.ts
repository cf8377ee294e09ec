import { heap, kernels, type Workspace } from "./runtime.ts";

/** Columns eliminated at a time. */
const BLOCK = 48;

/**
 * Replaces an n x n matrix in the kernels' memory (row-major, no gap between rows) by its inverse: Gauss and Jordan's
 * elimination by blocks, one matrix product each. Without pivoting: for matrices that some scaling of their columns makes
 * dominated by their diagonal.
 */
export function invertInPlace(workspace: Workspace, matrix: number, n: number): void {
  const pivot = workspace.floats(BLOCK * BLOCK);
  const pivotRows = workspace.floats(BLOCK * n);
  const column = workspace.floats(n * BLOCK);
  for (let start = 0; start < n; start += BLOCK) {
    const width = Math.min(BLOCK, n - start);
    const floats = heap();
    const [m, p, r, c] = [matrix >>> 2, pivot >>> 2, pivotRows >>> 2, column >>> 2];
    invertBlock(floats, m + start * n + start, n, width, p);
    const first = matrix + 4 * start * n;
    kernels.gemm(width, n, width, pivot, width, 1, first, n, 1, pivotRows, n, false, false);
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) floats[r + i * n + start + j] = floats[p + i * width + j];
    }
    // every other row loses its share of the pivot rows; its own entries in the block's columns give way to the inverse's
    for (let i = 0; i < n; i++) {
      const isPivot = i >= start && i < start + width;
      for (let j = 0; j < width; j++) {
        const at = m + i * n + start + j;
        floats[c + i * width + j] = isPivot ? 0 : -floats[at];
        floats[at] = 0;
      }
    }
    kernels.gemm(n, n, width, column, width, 1, pivotRows, n, 1, matrix, n, true, false);
    floats.copyWithin(m + start * n, r, r + width * n);
  }
}

/** Writes the inverse of a width x width block (rows `stride` floats apart) to `out`, in float64. */
function invertBlock(floats: Float32Array, from: number, stride: number, width: number, out: number): void {
  const a = new Float64Array(width * width);
  for (let i = 0; i < width; i++) for (let j = 0; j < width; j++) a[i * width + j] = floats[from + i * stride + j];
  for (let k = 0; k < width; k++) {
    const factor = 1 / a[k * width + k];
    a[k * width + k] = 1;
    for (let j = 0; j < width; j++) a[k * width + j] *= factor;
    for (let i = 0; i < width; i++) {
      if (i === k) continue;
      const share = a[i * width + k];
      a[i * width + k] = 0;
      for (let j = 0; j < width; j++) a[i * width + j] -= share * a[k * width + j];
    }
  }
  for (let k = 0; k < a.length; k++) floats[out + k] = a[k];
}
