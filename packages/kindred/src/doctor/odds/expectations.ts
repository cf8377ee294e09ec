import { sumOverClasses, type ClassCounts } from "../labels/classCounts.ts";
import type { Draw } from "./draw.ts";

/** The expected number of unordered positive pairs: binomial(n, 2) sum_c ways(c, 2) / ways(N, 2). */
export function expectedPairs(counts: ClassCounts, draw: Draw): number {
  const { batchSize: n, samples } = draw;
  return n < 2
    ? 0
    : ((n * (n - 1)) / 2) * (sumOverClasses(counts, (size) => draw.ways(size, 2)) / draw.ways(samples, 2));
}

/**
 * The variance of the number of unordered positive pairs: two pairs of places are the same, share one place (three samples of a
 * class), or none (four samples of one class, or two of each of two).
 */
export function varianceOfPairs(counts: ClassCounts, draw: Draw): number {
  const { batchSize: n, samples } = draw;
  const ofOneClass = (k: number): number => sumOverClasses(counts, (size) => draw.ways(size, k));
  const mean = expectedPairs(counts, draw);
  const places = (k: number): number => {
    let product = 1;
    for (let i = 0; i < k; i++) product *= Math.max(0, n - i);
    return product;
  };
  let square = mean;
  if (n >= 3) square += (places(3) * ofOneClass(3)) / draw.ways(samples, 3);
  if (n >= 4) {
    const ofTwoClasses = ofOneClass(2) ** 2 - sumOverClasses(counts, (size) => draw.ways(size, 2) ** 2);
    square += ((places(4) / 4) * (ofOneClass(4) + ofTwoClasses)) / draw.ways(samples, 4);
  }
  // the difference of equal numbers leaves roundings: what lies within them is no variance
  const variance = square - mean * mean;
  return variance > 1e-13 * square ? variance : 0;
}

/** The expected share of a batch's samples that meet another of their class there. */
export function expectedAnchorShare(counts: ClassCounts, draw: Draw): number {
  if (draw.batchSize < 2) return 0;
  return sumOverClasses(counts, (size) => size * (1 - draw.alone(size))) / counts.samples;
}

/** The probability that all of a batch is of one class. */
export function oneClassOnly(counts: ClassCounts, draw: Draw): number {
  return Math.min(
    1,
    sumOverClasses(counts, (size) => draw.whole(size)),
  );
}
