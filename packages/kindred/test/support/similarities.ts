import { rowView, type Matrix, type Similarity } from "../../src/index.ts";

export const allSimilarities: readonly Similarity[] = ["cosine", "dot", "euclidean", "manhattan"];

/** The similarity of two rows, in the plainest code. */
export function plainSimilarity(similarity: Similarity, left: Matrix, i: number, right: Matrix, j: number): number {
  const [x, y] = [Array.from(rowView(left, i)), Array.from(rowView(right, j))];
  const dot = (a: number[], b: number[]): number => a.reduce((sum, value, k) => sum + value * b[k], 0);
  const length = (a: number[]): number => Math.max(Math.sqrt(dot(a, a)), 1e-12);
  if (similarity === "dot") return dot(x, y);
  if (similarity === "cosine") return dot(x, y) / (length(x) * length(y));
  const differences = x.map((value, k) => Math.abs(value - y[k]));
  if (similarity === "manhattan") return -differences.reduce((sum, value) => sum + value, 0);
  return -Math.sqrt(dot(differences, differences));
}
