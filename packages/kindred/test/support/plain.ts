// The plainest possible code for what the library does in tiles: everything in float64, everything listed.
import type { Distance, Label, Matrix, Reducer, Tuples } from "../../src/index.ts";
import {
  AvgNonZeroReducer,
  ClassWeightedReducer,
  isTriplets,
  MeanReducer,
  MultipleReducers,
  PerAnchorReducer,
  SumReducer,
  ThresholdReducer,
} from "../../src/index.ts";

export type Rows = number[][];
export type Pair = readonly [anchor: number, other: number];
export type Triplet = readonly [anchor: number, positive: number, negative: number];

export function toRows({ data, rows, cols }: Matrix): Rows {
  return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
}

export function fromRows(rows: Rows, cols = rows[0]?.length ?? 0): Matrix {
  return { data: Float32Array.from(rows.flat()), rows: rows.length, cols };
}

export function plainNorm(x: readonly number[], p: number): number {
  if (p === Infinity) return Math.max(0, ...x.map(Math.abs));
  return x.reduce((sum, v) => sum + Math.abs(v) ** p, 0) ** (1 / p);
}

function plainNormalize(x: readonly number[], p: number): number[] {
  const divisor = Math.max(plainNorm(x, p), 1e-12);
  return x.map((v) => v / divisor);
}

function plainVariance(x: readonly number[]): number {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  return x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (x.length - 1);
}

/** The full distance matrix. */
export function plainDistances(distance: Distance, query: Rows, reference: Rows): Rows {
  const ready = (x: number[]): number[] => (distance.normalizeEmbeddings ? plainNormalize(x, distance.p) : x);
  const compare = (x: number[], y: number[]): number => {
    const difference = x.map((v, k) => v - y[k]);
    if (distance.name === "SNRDistance") return plainVariance(difference) / plainVariance(x);
    if (distance.name === "LpDistance") return plainNorm(difference, distance.p);
    return x.reduce((sum, v, k) => sum + v * y[k], 0);
  };
  const readyReference = reference.map(ready);
  return query.map(ready).map((x) => readyReference.map((y) => compare(x, y) ** distance.power));
}

/** All pairs that labels make; a sample is not its own positive where the reference is the batch. */
export function plainPairs(labels: readonly Label[], referenceLabels: readonly Label[] | null): [Pair[], Pair[]] {
  const positives: Pair[] = [];
  const negatives: Pair[] = [];
  labels.forEach((label, a) => {
    (referenceLabels ?? labels).forEach((other, j) => {
      if (label !== other) negatives.push([a, j]);
      else if (referenceLabels !== null || a !== j) positives.push([a, j]);
    });
  });
  return [positives, negatives];
}

/** Every triplet of pairs with one anchor. */
export function plainTriplets(positives: readonly Pair[], negatives: readonly Pair[]): Triplet[] {
  return positives.flatMap(([a, p]) => negatives.filter(([b]) => b === a).map(([, n]): Triplet => [a, p, n]));
}

export function listPairs(tuples: Tuples): [Pair[], Pair[]] {
  const zip = (a: ArrayLike<number>, b: ArrayLike<number>): Pair[] => Array.from(a, (x, k): Pair => [x, b[k]]);
  return isTriplets(tuples)
    ? [zip(tuples.anchors, tuples.positives), zip(tuples.anchors, tuples.negatives)]
    : [zip(tuples.anchors1, tuples.positives), zip(tuples.anchors2, tuples.negatives)];
}

/** One item loss with the anchor it belongs to. */
export interface Item {
  readonly anchor: number;
  readonly loss: number;
}

/** What a reducer makes of the items of one sub-loss. */
export function plainReduce(
  reducer: Reducer,
  items: readonly Item[],
  kind: string,
  anchors: number,
  labels: readonly Label[] | null,
): number {
  const mean = (values: readonly number[]): number =>
    values.length === 0 ? 0 : values.reduce((sum, v) => sum + v, 0) / values.length;
  const losses = items.map(({ loss }) => loss);
  if (reducer instanceof SumReducer) return losses.reduce((sum, v) => sum + v, 0);
  if (reducer instanceof AvgNonZeroReducer || reducer instanceof ThresholdReducer)
    return mean(losses.filter((loss) => loss > reducer.low && loss < reducer.high));
  if (reducer instanceof ClassWeightedReducer) {
    const weights = reducer.weights as ReadonlyMap<Label, number>;
    return mean(items.map(({ anchor, loss }) => loss * weights.get(labels![anchor])!));
  }
  if (reducer instanceof PerAnchorReducer) {
    if (kind === "element") return plainReduce(reducer.reducer, items, kind, anchors, labels);
    const perAnchor = Array.from({ length: anchors }, (_, anchor) => ({
      anchor,
      loss: mean(items.filter((item) => item.anchor === anchor).map(({ loss }) => loss)),
    }));
    return plainReduce(reducer.reducer, perAnchor, "element", anchors, labels);
  }
  if (reducer instanceof MeanReducer) return mean(losses);
  throw new Error(`no twin for ${reducer.name}`);
}

export function reducerOf(reducer: Reducer, subLoss: string): Reducer {
  return reducer instanceof MultipleReducers ? reducer.forSubLoss(subLoss) : reducer;
}

/** The slope of a scalar function of a matrix, entry by entry, by central differences. */
export function numericSlope(rows: Rows, value: (rows: Rows) => number, step = 1e-5): Rows {
  return rows.map((row, i) =>
    row.map((_, k) => {
      const moved = (by: number): number =>
        value(rows.map((r, j) => (j === i ? r.map((v, l) => (l === k ? v + by : v)) : r)));
      return (moved(step) - moved(-step)) / (2 * step);
    }),
  );
}

/** A pair's other end and its distance. */
export interface Valued {
  readonly other: number;
  readonly value: number;
}

/** One item an anchor, from its positives and negatives, each pair once. */
export function itemsOfAnchors(
  distances: Rows,
  positives: readonly Pair[],
  negatives: readonly Pair[],
  loss: (positives: readonly Valued[], negatives: readonly Valued[], anchor: number) => number,
): Item[] {
  const of = (pairs: readonly Pair[], anchor: number): Valued[] =>
    [...new Set(pairs.filter(([a]) => a === anchor).map(([, j]) => j))].map((other) => ({
      other,
      value: distances[anchor][other],
    }));
  return distances.map((_, anchor) => ({ anchor, loss: loss(of(positives, anchor), of(negatives, anchor), anchor) }));
}

/** The distance of each pair, with its place: one item a pair. */
export function itemsOfPairs(pairs: readonly Pair[], loss: (anchor: number, other: number) => number): Item[] {
  return pairs.map(([anchor, other]) => ({ anchor, loss: loss(anchor, other) }));
}
