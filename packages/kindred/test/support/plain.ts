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
  let sum = 0;
  for (const v of x) sum += raise(Math.abs(v), p);
  return root(sum, p);
}

/** x^power; where no power function is needed none is called, since finite differences call this most. */
function raise(x: number, power: number): number {
  return power === 1 ? x : power === 2 ? x * x : x ** power;
}

function root(x: number, power: number): number {
  return power === 1 ? x : power === 2 ? Math.sqrt(x) : x ** (1 / power);
}

export function plainNormalize(x: readonly number[], p: number): number[] {
  const divisor = Math.max(plainNorm(x, p), 1e-12);
  return x.map((v) => v / divisor);
}

function plainVariance(x: readonly number[]): number {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  return x.reduce((sum, v) => sum + raise(v - mean, 2), 0) / (x.length - 1);
}

/** The full distance matrix. */
export function plainDistances(distance: Distance, query: Rows, reference: Rows): Rows {
  const readyReference = reference.map((y) => plainReady(distance, y));
  return query.map((x) => plainReady(distance, x)).map((x) => readyReference.map((y) => plainCompare(distance, x, y)));
}

/** A row as it is compared. */
function plainReady({ normalizeEmbeddings, p }: Distance, x: readonly number[]): readonly number[] {
  return normalizeEmbeddings ? plainNormalize(x, p) : x;
}

/** The distance of two rows that are ready. */
function plainCompare({ name, p, power }: Distance, x: readonly number[], y: readonly number[]): number {
  const difference = (): number[] => x.map((v, k) => v - y[k]);
  if (name === "SNRDistance") return raise(plainVariance(difference()) / plainVariance(x), power);
  if (name === "LpDistance") return raise(plainNorm(difference(), p), power);
  return raise(plainProduct(x, y), power);
}

/** x . y; a loop, since batches of several tiles have millions of pairs. */
export function plainProduct(x: readonly number[], y: readonly number[]): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += x[k] * y[k];
  return sum;
}

/**
 * plainDistances of matrices that have most of their rows from these, as in finite differences: only a row that is
 * another array is compared again.
 */
export function distancesAround(
  distance: Distance,
  query: Rows,
  reference: Rows,
): (movedQuery: Rows, movedReference: Rows) => Rows {
  const table = plainDistances(distance, query, reference);
  const readyQuery = query.map((x) => plainReady(distance, x));
  const readyReference = reference.map((y) => plainReady(distance, y));
  return (movedQuery, movedReference) => {
    const moved = movedReference.flatMap((y, j) => (y === reference[j] ? [] : [{ j, y: plainReady(distance, y) }]));
    return movedQuery.map((x, i) => {
      const isMoved = x !== query[i];
      const ready = isMoved ? plainReady(distance, x) : readyQuery[i];
      const row = isMoved ? readyReference.map((y) => plainCompare(distance, ready, y)) : table[i].slice();
      for (const { j, y } of moved) row[j] = plainCompare(distance, ready, y);
      return row;
    });
  };
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

/** The other ends of each anchor's pairs. */
function othersOfAnchors(pairs: readonly Pair[]): ReadonlyMap<number, readonly number[]> {
  const others = new Map<number, number[]>();
  for (const [anchor, other] of pairs) {
    const known = others.get(anchor);
    if (known === undefined) others.set(anchor, [other]);
    else known.push(other);
  }
  return others;
}

/** Every triplet of pairs with one anchor. */
export function plainTriplets(positives: readonly Pair[], negatives: readonly Pair[]): Triplet[] {
  const others = othersOfAnchors(negatives);
  return positives.flatMap(([a, p]) => (others.get(a) ?? []).map((n): Triplet => [a, p, n]));
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
    const lossesOf = Array.from({ length: anchors }, (): number[] => []);
    for (const { anchor, loss } of items) lossesOf[anchor].push(loss);
    const perAnchor = lossesOf.map((own, anchor) => ({ anchor, loss: mean(own) }));
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
  const [mine, others] = [distinctOthers(positives), distinctOthers(negatives)];
  const valued = (ends: readonly number[] | undefined, anchor: number): Valued[] =>
    (ends ?? []).map((other) => ({ other, value: distances[anchor][other] }));
  return distances.map((_, anchor) => ({
    anchor,
    loss: loss(valued(mine.get(anchor), anchor), valued(others.get(anchor), anchor), anchor),
  }));
}

/** Finite differences ask for the same pairs hundreds of times. */
const knownOthers = new WeakMap<readonly Pair[], ReadonlyMap<number, readonly number[]>>();

/** The other ends of each anchor's pairs, each once. */
function distinctOthers(pairs: readonly Pair[]): ReadonlyMap<number, readonly number[]> {
  let others = knownOthers.get(pairs);
  if (others === undefined) {
    others = new Map([...othersOfAnchors(pairs)].map(([anchor, ends]) => [anchor, [...new Set(ends)]]));
    knownOthers.set(pairs, others);
  }
  return others;
}

/** The distance of each pair, with its place: one item a pair. */
export function itemsOfPairs(pairs: readonly Pair[], loss: (anchor: number, other: number) => number): Item[] {
  return pairs.map(([anchor, other]) => ({ anchor, loss: loss(anchor, other) }));
}
