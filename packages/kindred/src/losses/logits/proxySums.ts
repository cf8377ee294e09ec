import type { Matrix } from "../../matrix/matrix.ts";

/** How distances become exponents: scale d + constant for positives, constant - scale d for negatives. */
export interface ProxyExponent {
  readonly scale: number;
  readonly constant: number;
}

/** Proxies, and the embeddings that each of them sums over. */
export interface ProxyBatch {
  readonly proxies: Matrix;
  readonly embeddings: Matrix;
  /** The proxy that each embedding is a positive of; it is a negative of all others. */
  readonly codes: Int32Array;
  readonly exponent: ProxyExponent;
  /** What is added to the exponents of each embedding; null: nothing. */
  readonly offsets: Float64Array | null;
}

/** A number for a proxy's positives and one for its negatives. */
export type PerSide = readonly [positive: number, negative: number];

/** Is handed the losses of a proxy, and says what their slopes are to be multiplied by. */
export type ProxyVisitor = (proxy: number, losses: PerSide) => PerSide;

/**
 * Two losses of each proxy, log(1 + sum e^exponent) over its positives and over its negatives (0 of none), and the way back
 * for their slopes.
 */
export interface ProxySums {
  /** Visits every proxy; what the visitor returns is thrown away. */
  forEach(visit: ProxyVisitor): void;
  /** Visits every proxy, and finds the slopes of both sides. */
  pullBack(visit: ProxyVisitor): ProxySlopes;
}

/** The slopes by proxies and embeddings. */
export interface ProxySlopes {
  readonly proxies: Matrix;
  readonly embeddings: Matrix;
}
