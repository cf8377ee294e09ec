/** Compares two rows and leaves the slopes by each in `xSlope` and `ySlope`. */
type Compare = (x: Float64Array, y: Float64Array, xSlope: Float64Array, ySlope: Float64Array) => number;

/** How alike two rows are; larger is more alike. */
export interface PairSimilarity {
  /** Whether rows are divided by their lengths before they are compared. */
  readonly isOfUnits: boolean;
  readonly compare: Compare;
}

/** The names of the similarities of two rows. */
export const similarityNames = ["cosine", "dot", "euclidean", "manhattan", "angle"] as const;

/** The name of a similarity of two rows. */
export type SimilarityName = (typeof similarityNames)[number];

/** x . y */
const product: Compare = (x, y, xSlope, ySlope) => {
  let total = 0;
  for (let k = 0; k < x.length; k++) total += x[k] * y[k];
  xSlope.set(y);
  ySlope.set(x);
  return total;
};

/** -|x - y|, whose slope is 0 for equal rows. */
const minusEuclidean: Compare = (x, y, xSlope, ySlope) => {
  let total = 0;
  for (let k = 0; k < x.length; k++) total += (x[k] - y[k]) ** 2;
  const distance = Math.sqrt(total);
  for (let k = 0; k < x.length; k++) {
    ySlope[k] = distance === 0 ? 0 : (x[k] - y[k]) / distance;
    xSlope[k] = -ySlope[k];
  }
  return -distance;
};

/** -sum_k |x_k - y_k|, whose slope is 0 for equal coordinates. */
const minusManhattan: Compare = (x, y, xSlope, ySlope) => {
  let total = 0;
  for (let k = 0; k < x.length; k++) {
    total += Math.abs(x[k] - y[k]);
    ySlope[k] = Math.sign(x[k] - y[k]);
    xSlope[k] = -ySlope[k];
  }
  return -total;
};

/**
 * |Re + Im| of sum_k z_k conj(w_k), the first halves of the rows being real parts and the second ones imaginary; an odd width
 * has a 0 at its end. Re + Im of (a + bi)(c - di) is a (c - d) + b (c + d).
 */
const angle: Compare = (x, y, xSlope, ySlope) => {
  const width = x.length;
  const half = Math.ceil(width / 2);
  let total = 0;
  for (let k = 0; k < half; k++) {
    const isWhole = half + k < width;
    const [a, b] = [x[k], isWhole ? x[half + k] : 0];
    const [c, d] = [y[k], isWhole ? y[half + k] : 0];
    total += a * (c - d) + b * (c + d);
    xSlope[k] = c - d;
    ySlope[k] = a + b;
    if (!isWhole) continue;
    xSlope[half + k] = c + d;
    ySlope[half + k] = b - a;
  }
  const sign = Math.sign(total);
  for (let k = 0; k < width; k++) {
    xSlope[k] *= sign;
    ySlope[k] *= sign;
  }
  return Math.abs(total);
};

/** The similarities of two rows by their names; "euclidean" and "manhattan" are minus the distance. */
export const pairSimilarities: Readonly<Record<SimilarityName, PairSimilarity>> = {
  cosine: { isOfUnits: true, compare: product },
  dot: { isOfUnits: false, compare: product },
  euclidean: { isOfUnits: false, compare: minusEuclidean },
  manhattan: { isOfUnits: false, compare: minusManhattan },
  angle: { isOfUnits: true, compare: angle },
};
