import { checkLabels, encodeLabels, type Labels } from "../../matrix/labels.ts";

/** How often each pair of (class, cluster) occurs, and each alone. */
interface Contingency {
  readonly total: number;
  readonly classSizes: Float64Array;
  readonly clusterSizes: Float64Array;
  /** Entries of the table that are not 0. */
  readonly cells: readonly { readonly classSize: number; readonly clusterSize: number; readonly count: number }[];
}

/**
 * Normalized mutual information of two partitions: I(U, V) / ((H(U) + H(V)) / 2), 1 when they agree up to names and 0
 * when one tells nothing of the other.
 *
 * @param labels the class of each sample
 * @param clusters the cluster of each sample
 * @throws RangeError when the two differ in length
 */
export function normalizedMutualInformation(labels: Labels, clusters: Labels): number {
  const table = contingency(labels, clusters);
  if (isTrivial(table)) return 1;
  const information = mutualInformation(table);
  return information <= Number.EPSILON ? 0 : information / meanEntropy(table);
}

/**
 * Adjusted mutual information: (I - E[I]) / ((H(U) + H(V)) / 2 - E[I]), where E[I] is the exact expectation over all
 * partitions with the same cluster sizes: 0 on average for random clusters, at most 1.
 *
 * @throws RangeError when the two differ in length
 * Source: Vinh, Epps, Bailey, "Information theoretic measures for clusterings comparison" (2010), equation 24a.
 */
export function adjustedMutualInformation(labels: Labels, clusters: Labels): number {
  const table = contingency(labels, clusters);
  if (isTrivial(table)) return 1;
  const expected = expectedMutualInformation(table);
  const room = meanEntropy(table) - expected;
  const sign = room < 0 ? -1 : 1;
  return (mutualInformation(table) - expected) / (sign * Math.max(Math.abs(room), Number.EPSILON));
}

function contingency(labels: Labels, clusters: Labels): Contingency {
  checkLabels(labels, "labels");
  checkLabels(clusters, "clusters");
  if (labels.length !== clusters.length)
    throw new RangeError(
      `labels has ${labels.length} entries and clusters ${clusters.length}; each sample needs one of both`,
    );
  const classCodes = encodeLabels(labels, "labels");
  const clusterCodes = encodeLabels(clusters, "clusters");
  const classSizes = new Float64Array(classCodes.classes.length);
  const clusterSizes = new Float64Array(clusterCodes.classes.length);
  const counts = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) {
    const classCode = classCodes.codes[i];
    const clusterCode = clusterCodes.codes[i];
    classSizes[classCode]++;
    clusterSizes[clusterCode]++;
    const cell = classCode * clusterSizes.length + clusterCode;
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  const cells = [...counts].map(([cell, count]) => ({
    classSize: classSizes[Math.floor(cell / clusterSizes.length)],
    clusterSize: clusterSizes[cell % clusterSizes.length],
    count,
  }));
  return { total: labels.length, classSizes, clusterSizes, cells };
}

/** One class and one cluster, or no sample at all: the partitions agree and there is nothing to tell. */
function isTrivial({ classSizes, clusterSizes }: Contingency): boolean {
  return classSizes.length === clusterSizes.length && classSizes.length <= 1;
}

function mutualInformation({ total, cells }: Contingency): number {
  let sum = 0;
  for (const { classSize, clusterSize, count } of cells) {
    const ratio = Math.log(total) + Math.log(count) - Math.log(classSize) - Math.log(clusterSize);
    sum += (count / total) * ratio;
  }
  return Math.max(sum, 0);
}

function meanEntropy({ total, classSizes, clusterSizes }: Contingency): number {
  return (entropy(classSizes, total) + entropy(clusterSizes, total)) / 2;
}

function entropy(sizes: Float64Array, total: number): number {
  let sum = 0;
  for (const size of sizes) sum -= (size / total) * (Math.log(size) - Math.log(total));
  return sum;
}

/** The mean of I over all pairs of partitions with these sizes: each cell is hypergeometric. Equal sizes share a term. */
function expectedMutualInformation({ total, classSizes, clusterSizes }: Contingency): number {
  const logFactorial = logFactorials(total);
  let sum = 0;
  for (const [a, timesA] of multiplicities(classSizes)) {
    for (const [b, timesB] of multiplicities(clusterSizes)) {
      const fixed =
        logFactorial[a] + logFactorial[b] + logFactorial[total - a] + logFactorial[total - b] - logFactorial[total];
      let cell = 0;
      for (let n = Math.max(1, a + b - total); n <= Math.min(a, b); n++) {
        const others = logFactorial[n] + logFactorial[a - n] + logFactorial[b - n] + logFactorial[total - a - b + n];
        const ratio = Math.log(total) + Math.log(n) - Math.log(a) - Math.log(b);
        cell += (n / total) * ratio * Math.exp(fixed - others);
      }
      sum += timesA * timesB * cell;
    }
  }
  return sum;
}

function logFactorials(n: number): Float64Array {
  const table = new Float64Array(n + 1);
  for (let i = 2; i <= n; i++) table[i] = table[i - 1] + Math.log(i);
  return table;
}

function multiplicities(sizes: Float64Array): Map<number, number> {
  const times = new Map<number, number>();
  for (const size of sizes) times.set(size, (times.get(size) ?? 0) + 1);
  return times;
}
