/** Places of scores by falling score, equal ones together in one step. */
export interface Steps {
  readonly scores: Float64Array;
  readonly order: Uint32Array;
  /** Where each step ends in `order`. */
  readonly ends: Uint32Array;
}

/** The steps of scores. */
export function stepsOf(scores: Float64Array): Steps {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
  const ends: number[] = [];
  order.forEach((place, k) => {
    if (k + 1 === order.length || scores[order[k + 1]] !== scores[place]) ends.push(k + 1);
  });
  return { scores, order, ends: Uint32Array.from(ends) };
}

/** How many positives and negatives are accepted, and by which threshold. */
export interface Cut {
  readonly positives: number;
  readonly negatives: number;
  /** Scores at least so large are accepted. */
  readonly threshold: number;
}

/**
 * The cuts between different scores, from the one that accepts nothing on. A threshold lies halfway to the next score, that of the
 * first cut just beyond the best score, that of the last at the last score itself. Scores of weight 0 are not there.
 */
export function* cutsOf(
  { scores, order, ends }: Steps,
  isPositive: ArrayLike<number>,
  weights: ArrayLike<number>,
): Generator<Cut> {
  let [positives, negatives] = [0, 0];
  let last: number | null = null;
  for (let step = 0, start = 0; step < ends.length; start = ends[step++]) {
    let [more, others] = [0, 0];
    for (let k = start; k < ends[step]; k++) {
      const place = order[k];
      if (isPositive[place] !== 0) more += weights[place];
      else others += weights[place];
    }
    if (more + others === 0) continue;
    const score = scores[order[start]];
    yield { positives, negatives, threshold: last === null ? justAbove(score) : (last + score) / 2 };
    positives += more;
    negatives += others;
    last = score;
  }
  if (last !== null) yield { positives, negatives, threshold: last };
}

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** The next number above a finite one. */
function justAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  float[0] = value;
  bits[0] += value > 0 ? 1n : -1n;
  return float[0];
}

/**
 * The average precision: the sum over the cuts of (recall gained) x (precision there). 0 without a positive.
 *
 * @param all how many positives there are, found or not
 */
export function averagePrecision(cuts: readonly Cut[], all: number): number {
  let sum = 0;
  let before = 0;
  for (const { positives, negatives } of cuts) {
    if (positives > before) sum += (positives - before) * (positives / (positives + negatives));
    before = positives;
  }
  return all === 0 ? 0 : sum / all;
}

/** The first of the cuts at which a value is largest. */
export function bestCut(cuts: readonly Cut[], valueOf: (cut: Cut) => number): Cut {
  return cuts.reduce((best, cut) => (valueOf(cut) > valueOf(best) ? cut : best));
}

/** Twice the share of positives found, in those accepted and those there are. @param all how many there are */
export function f1({ positives, negatives }: Cut, all: number): number {
  return positives === 0 ? 0 : (2 * positives) / (positives + negatives + all);
}

/** The share of positives among those accepted; 0 of none. */
export function precision({ positives, negatives }: Cut): number {
  return positives === 0 ? 0 : positives / (positives + negatives);
}
