import type { ClassCounts } from "../classCounts.ts";
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

/** Most operations that an exact distribution may take: about a second. */
const MOST_OPERATIONS = 6e8;

/** What the tail beyond the computed values may weigh. */
const TAIL = 1e-13;

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
  const terms = laws.reduce((sum, { ks }) => sum + ks.length + 8, 0);
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
  readonly ks: Int32Array;
  readonly probabilities: Float64Array;
  readonly tallies: Float64Array;
}

function classLaws({ sizes, multiplicities }: ClassCounts, draw: Draw, tally: Tally): ClassLaw[] {
  return Array.from(sizes, (size, g) => {
    const { first, probabilities } = draw.law(size);
    // what weighs less than 1e-20 over all classes is left out
    const kept = [...probabilities.keys()].filter((i) => probabilities[i] * multiplicities[g] > 1e-20);
    const ks = Int32Array.from(kept, (i) => first + i);
    return {
      multiplicity: multiplicities[g],
      ks,
      probabilities: Float64Array.from(kept, (i) => probabilities[i]),
      tallies: Float64Array.from(ks, (k) => tally.of(k)),
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
  return out.map((p) => Math.max(0, p / total));
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
    // from log(1 + z) with z = f - 1 summed without cancellation, K log(1 + z) keeps its digits for millions of classes
    let [logModulus, angle] = [0, (-2 * Math.PI * ((s * n) % xPoints)) / xPoints];
    for (let g = 0; g < laws.length; g++) {
      const { ks, probabilities, multiplicity } = laws[g];
      const { real: wr, imaginary: wi } = weights[g];
      let [zr, zi] = [0, 0];
      for (let i = 0; i < ks.length; i++) {
        const at = (s * ks[i]) % xPoints;
        zr += wr[i] * cosines[at] - wi[i] * sines[at] - probabilities[i];
        zi += wr[i] * sines[at] + wi[i] * cosines[at];
      }
      logModulus += 0.5 * multiplicity * Math.log1p(2 * zr + zr * zr + zi * zi);
      angle += multiplicity * Math.atan2(zi, 1 + zr);
    }
    const modulus = Math.exp(logModulus) / xPoints;
    real += modulus * Math.cos(angle);
    imaginary += modulus * Math.sin(angle);
  }
  return { real, imaginary };
}

/** e^(2 pi i k / points), k = 0, 1 ... */
function unitCircle(points: number): ComplexList {
  const angles = Float64Array.from({ length: points }, (_, k) => (2 * Math.PI * k) / points);
  return { real: angles.map((angle) => Math.cos(angle)), imaginary: angles.map((angle) => Math.sin(angle)) };
}
