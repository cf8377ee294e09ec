import type { Distance } from "../../distances/distance.ts";
import { encodeLabels, type Labels } from "../../matrix/labels.ts";
import { type Matrix, rowView } from "../../matrix/matrix.ts";

/**
 * How many pairs of one class and of two a threshold accepts: step s accepts the pairs at least as near as
 * `thresholds[s]`, among them `positives[s]` of one class and `negatives[s]` of two. The nearest step comes first, the last
 * accepts all.
 */
export interface PairCurve {
  readonly thresholds: Float64Array;
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  /** Whether every distinct distance has a step; else distances that share their first 20 bits share one. */
  readonly isExact: boolean;
}

/** Labelled queries and references, checked; `reference` null: each pair of two different queries, once. */
export interface LabelledPairs {
  readonly query: Matrix;
  readonly queryLabels: Labels;
  readonly reference: Matrix | null;
  readonly referenceLabels: Labels | null;
}

/** Up to this many pairs are kept and sorted, 4 bytes each. */
export const EXACT_PAIRS = 2 ** 23;
/** Bits of a float32 that a coarse step keeps: sign, exponent and 11 of the fraction, 0.05 % of the distance. */
const STEP_BITS = 20;
/** Rows of the distance matrix formed at a time: about a megabyte. */
const BAND_FLOATS = 2 ** 18;

/** The curve of all pairs, exact when there are at most `exactPairs` of them and in a fixed amount of memory otherwise. */
export function pairCurve(pairs: LabelledPairs, distance: Distance, exactPairs: number = EXACT_PAIRS): PairCurve {
  const { query, reference } = pairs;
  const count = reference === null ? (query.rows * (query.rows - 1)) / 2 : query.rows * reference.rows;
  return count <= exactPairs ? exactCurve(pairs, distance, count) : coarseCurve(pairs, distance);
}

type PairVisitor = (distance: number, isPositive: boolean) => void;

function forEachPair(
  { query, queryLabels, reference, referenceLabels }: LabelledPairs,
  distance: Distance,
  visit: PairVisitor,
): void {
  const own = encodeLabels(queryLabels, "queryLabels");
  const others = reference === null ? own : encodeLabels(referenceLabels as Labels, "referenceLabels", own.classes);
  const right = reference ?? query;
  const bandRows = Math.max(1, Math.floor(BAND_FLOATS / Math.max(right.rows, 1)));
  for (let top = 0; top < query.rows; top += bandRows) {
    const rows = Math.min(bandRows, query.rows - top);
    const band = { data: query.data.subarray(top * query.cols, (top + rows) * query.cols), rows, cols: query.cols };
    const matrix = distance.matrix(band, right);
    for (let r = 0; r < rows; r++) {
      const row = rowView(matrix, r);
      const i = top + r;
      for (let j = reference === null ? i + 1 : 0; j < right.rows; j++) visit(row[j], own.codes[i] === others.codes[j]);
    }
  }
}

function exactCurve(pairs: LabelledPairs, distance: Distance, count: number): PairCurve {
  const values = new Float32Array(count);
  let low = 0;
  let high = count;
  forEachPair(pairs, distance, (value, isPositive) => (values[isPositive ? low++ : --high] = value));
  const positives = values.subarray(0, low).sort();
  const negatives = values.subarray(low).sort();
  const distinct = Float64Array.from(
    values
      .slice()
      .sort()
      .filter((value, k, sorted) => value !== sorted[k - 1]),
  );
  const steps = distance.isInverted ? distinct.reverse() : distinct;
  return {
    thresholds: steps,
    positives: accepted(positives, steps, distance.isInverted),
    negatives: accepted(negatives, steps, distance.isInverted),
    isExact: true,
  };
}

/** How many of the ascending values each threshold accepts. */
function accepted(values: Float32Array, thresholds: Float64Array, isInverted: boolean): Float64Array {
  let taken = 0;
  return thresholds.map((threshold) => {
    if (isInverted) while (taken < values.length && values[values.length - 1 - taken] >= threshold) taken++;
    else while (taken < values.length && values[taken] <= threshold) taken++;
    return taken;
  });
}

function coarseCurve(pairs: LabelledPairs, distance: Distance): PairCurve {
  const counts = { positive: new Float64Array(2 ** STEP_BITS), negative: new Float64Array(2 ** STEP_BITS) };
  forEachPair(pairs, distance, (value, isPositive) => {
    (isPositive ? counts.positive : counts.negative)[stepOf(value)]++;
  });
  const used: number[] = [];
  for (let s = 0; s < 2 ** STEP_BITS; s++) if (counts.positive[s] + counts.negative[s] > 0) used.push(s);
  if (distance.isInverted) used.reverse();
  return {
    thresholds: Float64Array.from(used, (s) => farEnd(s, distance.isInverted)),
    positives: cumulated(used, counts.positive),
    negatives: cumulated(used, counts.negative),
    isExact: false,
  };
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The first bits of a float32, turned so that larger numbers have larger bits. */
function stepOf(value: number): number {
  float[0] = value;
  return (bits[0] ^ (bits[0] >>> 31 === 1 ? 0xffffffff : 0x80000000)) >>> (32 - STEP_BITS);
}

/** The value of a step that accepts all of it: its largest for distances, its smallest for similarities. */
function farEnd(step: number, isInverted: boolean): number {
  const rest = 32 - STEP_BITS;
  const ordered = ((step << rest) | (isInverted ? 0 : (1 << rest) - 1)) >>> 0;
  bits[0] = ordered ^ (ordered >>> 31 === 1 ? 0x80000000 : 0xffffffff);
  return float[0];
}

function cumulated(steps: readonly number[], counts: Float64Array): Float64Array {
  let sum = 0;
  return Float64Array.from(steps, (s) => (sum += counts[s]));
}
