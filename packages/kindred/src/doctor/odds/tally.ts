import type { ClassCounts } from "../labels/classCounts.ts";
import type { Draw } from "./draw.ts";

/** A number that a batch has as the sum of what its classes contribute. */
export interface Tally {
  /** What a class contributes that gives k samples to the batch: a whole number. */
  of(k: number): number;
  /** The largest that a batch of n can have. */
  largest(n: number): number;
}

/** Unordered pairs of samples of one class. */
export const pairTally: Tally = { of: (k) => (k * (k - 1)) / 2, largest: (n) => (n * (n - 1)) / 2 };

/** Samples that have another of their class beside them. */
export const anchorTally: Tally = { of: (k) => (k < 2 ? 0 : k), largest: (n) => n };

/** Most operations that an exact distribution may take: less than half a second, for there are two of them. */
const MOST_OPERATIONS = 2e8;

/** What a class costs beside its own numbers. */
const CLASS_OPERATIONS = 16;

/** A class of each size up to this many is multiplied, one after the other; more by their logarithm. */
const FEW_CLASSES = 4;

/** What the tail beyond the computed values may weigh. */
const TAIL = 1e-13;

/** The absolute error of a probability. */
const NOISE = 1e-13;

/**
 * The law of a tally over all batches: entry v is the probability of v. Null when it would take too long, and simulation is
 * the better answer.
 *
 * The batch's class numbers are independent numbers k_c given that they sum to n. So with f_c(x, y) = E[x^k y^tally(k)] the
 * law of the tally is the coefficient of x^n in prod f_c(x, y), over that at y = 1. It is taken by a discrete Fourier
 * transform in x and y; equal classes are one power. Absolute error about 1e-13.
 */
export function tallyLaw(counts: ClassCounts, draw: Draw, tally: Tally, mean: number): Float64Array | null {
  const most = tally.largest(draw.batchSize);
  const laws = classLaws(counts, draw, tally);
  const terms = laws.reduce((sum, { probabilities }) => sum + probabilities.length + CLASS_OPERATIONS, 0);
  // the sum of the class numbers is Poisson-like around n: beyond this its probability is below 1e-20
  const xPoints = Math.ceil(12 * Math.sqrt(draw.batchSize) + 60);
  const affordable = Math.floor((2 * MOST_OPERATIONS) / (xPoints * terms));
  let yPoints = Math.min(most + 1, Math.ceil(2 * mean) + 16);
  while (yPoints <= affordable) {
    if (yPoints > most || tailBound(laws, xPoints, draw.batchSize, yPoints) < TAIL)
      return invert(laws, xPoints, yPoints, draw.batchSize);
    yPoints = Math.min(most + 1, 2 * yPoints);
  }
  return null;
}

interface ClassLaw {
  readonly multiplicity: number;
  /** The smallest k, followed by the next whole numbers. */
  readonly first: number;
  readonly probabilities: Float64Array;
  readonly tallies: Float64Array;
}

function classLaws({ sizes, multiplicities }: ClassCounts, draw: Draw, tally: Tally): ClassLaw[] {
  return Array.from(sizes, (size, g) => {
    const { first, probabilities } = draw.law(size);
    // the tails that weigh less than 1e-20 over all classes are left out; the law has one peak, so what stays is a run
    const counts = (p: number): boolean => p * multiplicities[g] > 1e-20;
    const from = probabilities.findIndex(counts);
    const kept = probabilities.slice(from, probabilities.findLastIndex(counts) + 1);
    return {
      multiplicity: multiplicities[g],
      first: first + from,
      probabilities: kept,
      tallies: kept.map((_, i) => tally.of(first + from + i)),
    };
  });
}

/** Chernoff: P(tally >= L) <= E[r^tally] / r^L, at r^L = e^36. */
function tailBound(laws: readonly ClassLaw[], xPoints: number, n: number, yPoints: number): number {
  const rate = 36 / yPoints;
  const weights = laws.map(({ probabilities, tallies }) => ({
    real: probabilities.map((p, i) => p * Math.exp(rate * tallies[i])),
    imaginary: new Float64Array(probabilities.length),
  }));
  const above = coefficient(laws, weights, xPoints, n).real;
  const total = coefficient(laws, turned(laws, 0, 1), xPoints, n).real;
  return Number.isFinite(above) ? (above / total) * Math.exp(-36) : Infinity;
}

function invert(laws: readonly ClassLaw[], xPoints: number, yPoints: number, n: number): Float64Array {
  const out = new Float64Array(yPoints);
  const { real: cosines, imaginary: sines } = unitCircle(yPoints);
  // the values at y and at its conjugate are conjugates: half of them are enough
  for (let r = 0; 2 * r <= yPoints; r++) {
    const { real, imaginary } = coefficient(laws, turned(laws, r, yPoints), xPoints, n);
    const share = r === 0 || 2 * r === yPoints ? 1 : 2;
    for (let v = 0, at = 0; v < yPoints; v++, at = (at + r) % yPoints)
      out[v] += share * (real * cosines[at] + imaginary * sines[at]);
  }
  const total = out.reduce((sum, p) => sum + p, 0);
  // what is within the error is none: far from the mean even a little of it would weigh
  return out.map((p) => (p / total > NOISE ? p / total : 0));
}

interface ComplexList {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** Each class's probabilities times y^tally at y = e^(2 pi i r / L). */
function turned(laws: readonly ClassLaw[], r: number, yPoints: number): ComplexList[] {
  return laws.map(({ probabilities, tallies }) => {
    const angles = tallies.map((v) => (2 * Math.PI * ((r * v) % yPoints)) / yPoints);
    return {
      real: angles.map((angle, i) => probabilities[i] * Math.cos(angle)),
      imaginary: angles.map((angle, i) => probabilities[i] * Math.sin(angle)),
    };
  });
}

/** The coefficient of x^n in the product over all classes of sum_k weight_k x^k. */
function coefficient(
  laws: readonly ClassLaw[],
  weights: readonly ComplexList[],
  xPoints: number,
  n: number,
): { real: number; imaginary: number } {
  const { real: cosines, imaginary: sines } = unitCircle(xPoints);
  let [real, imaginary] = [0, 0];
  for (let s = 0; s < xPoints; s++) {
    // a product of numbers of modulus <= 1: where it vanishes, it counts for nothing
    let [productReal, productImaginary] = [1, 0];
    // from log(1 + z) with z = f - 1 summed without cancellation, K log(1 + z) keeps its digits for millions of classes
    let [logModulus, angle] = [0, (-2 * Math.PI * ((s * n) % xPoints)) / xPoints];
    for (let g = 0; g < laws.length; g++) {
      const { first, probabilities, multiplicity } = laws[g];
      const { real: wr, imaginary: wi } = weights[g];
      let [zr, zi] = [0, 0];
      let at = (s * first) % xPoints;
      for (let i = 0; i < probabilities.length; i++) {
        zr += wr[i] * cosines[at] - wi[i] * sines[at] - probabilities[i];
        zi += wr[i] * sines[at] + wi[i] * cosines[at];
        at += s;
        if (at >= xPoints) at -= xPoints;
      }
      if (multiplicity > FEW_CLASSES) {
        logModulus += 0.5 * multiplicity * Math.log1p(2 * zr + zr * zr + zi * zi);
        angle += multiplicity * Math.atan2(zi, 1 + zr);
        continue;
      }
      for (let k = 0; k < multiplicity; k++) {
        const turnedReal = productReal + (productReal * zr - productImaginary * zi);
        productImaginary += productReal * zi + productImaginary * zr;
        productReal = turnedReal;
      }
    }
    const modulus = Math.exp(logModulus) / xPoints;
    const [powerReal, powerImaginary] = [modulus * Math.cos(angle), modulus * Math.sin(angle)];
    real += powerReal * productReal - powerImaginary * productImaginary;
    imaginary += powerReal * productImaginary + powerImaginary * productReal;
  }
  return { real, imaginary };
}

/** e^(2 pi i k / points), k = 0, 1 ... */
function unitCircle(points: number): ComplexList {
  const angles = Float64Array.from({ length: points }, (_, k) => (2 * Math.PI * k) / points);
  return { real: angles.map((angle) => Math.cos(angle)), imaginary: angles.map((angle) => Math.sin(angle)) };
}
