/**
 * Three unit vectors whose similarities are short numbers: 0.6 between the first two, 0 between the first and the last, 0.8
 * between the last two. Their squared distances are 2 - 2 s: 0.8, 2 and 0.4.
 */
export const threeRows = [
  [1, 0],
  [0.6, 0.8],
  [0, 1],
];

/** The first two are of one class: a positive pair in both directions; the last is alone. */
export const threeLabels = [0, 0, 1];

/** log(1 + e^x): a softmax of two, or a soft hinge. */
export function softplus(x: number): number {
  return Math.log1p(Math.exp(x));
}
