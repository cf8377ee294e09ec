import { euclideanSpace } from "../../distances/scores/euclideanSpace.ts";
import { Dense } from "../../kernels/dense.ts";
import { borrow } from "../../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { type Matrix, type MatrixLike, takeRows, toMatrix } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import { searchTopK } from "../neighbours/searchTopK.ts";

export interface KMeansOptions {
  /** The most rounds of assigning and averaging. Default 20. */
  readonly iterations: number;
  /** Default 0. */
  readonly seed: number;
}

export interface Clustering {
  /** The cluster of each row, 0 .. k - 1. */
  readonly labels: Int32Array;
  /** k x d. */
  readonly centroids: Matrix;
  /** The sum of the squared distances of the rows to their centroids. */
  readonly inertia: number;
  /** Rounds done until no row changed its cluster. */
  readonly iterations: number;
}

const defaults: KMeansOptions = { iterations: 20, seed: 0 };

/**
 * Splits rows into k clusters, so that sum_i |x_i - c_label(i)|^2 is small: k-means++ seeding, then Lloyd's rounds. A
 * cluster that runs empty takes the row that is farthest from its centroid. The same seed gives the same clusters.
 *
 * @param points n x d
 * @param k 1 .. n
 * @throws RangeError when k is not within those bounds
 * Source: Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding" (2007).
 */
export function kMeans(points: MatrixLike, k: number, options?: Partial<KMeansOptions>): Clustering {
  const { iterations, seed } = withDefaults(options, defaults, "kMeans");
  const x = toMatrix(points, "points");
  checkNumber(iterations, "iterations", { atLeast: 1, integer: true });
  checkNumber(k, "k", { atLeast: 1, atMost: x.rows, integer: true });
  const centroids = takeRows(x, chooseSeeds(x, k, new Random(seed)));
  const labels = new Int32Array(x.rows).fill(-1);
  const distances = new Float64Array(x.rows);
  let round = 0;
  while (assign(x, centroids, labels, distances) && round < iterations) {
    average(x, centroids, labels, distances);
    round++;
  }
  return { labels, centroids, inertia: distances.reduce((sum, d) => sum + d, 0), iterations: round };
}

/** k-means++: each further seed is drawn with a chance proportional to its squared distance from the nearest one so far. */
function chooseSeeds({ rows, cols, data }: Matrix, k: number, random: Random): Int32Array {
  const seeds = new Int32Array(k);
  const nearest = new Float64Array(rows).fill(Infinity);
  borrow((workspace) => {
    const copy = Dense.of(workspace, rows, cols);
    copy.view().set(data);
    seeds[0] = random.integer(rows);
    for (let s = 1; s < k; s++) {
      let total = 0;
      for (let i = 0; i < rows; i++) {
        const squared = copy.squaredDistance(i, seeds[s - 1]);
        if (squared < nearest[i]) nearest[i] = squared;
        total += nearest[i];
      }
      seeds[s] = total > 0 ? drawProportional(nearest, total, random) : random.integer(rows);
    }
  });
  return seeds;
}

function drawProportional(weights: Float64Array, total: number, random: Random): number {
  let rest = random.uniform() * total;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    rest -= weights[i];
    if (rest < 0) return i;
  }
  return last;
}

/** Gives each row to its nearest centroid; returns whether any row changed. */
function assign(x: Matrix, centroids: Matrix, labels: Int32Array, distances: Float64Array): boolean {
  const space = euclideanSpace(x, centroids);
  let hasChanged = false;
  searchTopK(space, 1, false, (i, ids, from) => {
    if (labels[i] !== ids[from]) hasChanged = true;
    labels[i] = ids[from];
    distances[i] = space.distance(i, ids[from], 0) ** 2;
  });
  return hasChanged;
}

/** Moves each centroid to the mean of its rows. */
function average(x: Matrix, centroids: Matrix, labels: Int32Array, distances: Float64Array): void {
  const { rows, cols } = x;
  const counts = new Uint32Array(centroids.rows);
  for (const label of labels) counts[label]++;
  fillEmpty(counts, labels, distances);
  const sums = new Float64Array(centroids.data.length);
  for (let i = 0; i < rows; i++) {
    const to = labels[i] * cols;
    for (let j = 0; j < cols; j++) sums[to + j] += x.data[i * cols + j];
  }
  for (let c = 0; c < centroids.rows; c++) {
    for (let j = 0; j < cols; j++) centroids.data[c * cols + j] = sums[c * cols + j] / counts[c];
  }
}

/** Gives each empty cluster the row that is farthest from its centroid, of those that do not stand alone. */
function fillEmpty(counts: Uint32Array, labels: Int32Array, distances: Float64Array): void {
  for (let c = 0; c < counts.length; c++) {
    if (counts[c] > 0) continue;
    let farthest = -1;
    for (let i = 0; i < labels.length; i++) {
      if (counts[labels[i]] > 1 && (farthest < 0 || distances[i] > distances[farthest])) farthest = i;
    }
    counts[labels[farthest]]--;
    labels[farthest] = c;
    counts[c] = 1;
    distances[farthest] = 0;
  }
}
