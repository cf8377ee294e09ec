import type { Distance } from "../../distances/distance.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { checkLabels, type Labels } from "../../matrix/labels.ts";
import { type MatrixLike, toMatrix } from "../../matrix/matrix.ts";
import { checkWidths } from "../neighbours/nearestNeighbours.ts";
import { usualDistance } from "../neighbours/usualDistance.ts";
import { EXACT_PAIRS, type LabelledPairs, type PairCurve, pairCurve } from "./pairCurve.ts";

/** Labelled embeddings whose pairs are judged. */
export interface VerificationInput {
  /** n x d. */
  readonly query: MatrixLike;
  readonly queryLabels: Labels;
  /** m x d. Default: every pair of two different queries, once. */
  readonly reference?: MatrixLike | undefined;
  readonly referenceLabels?: Labels | undefined;
}

export interface VerificationOptions {
  /** Default CosineSimilarity. */
  readonly distance: Distance;
  /** The false-accept rates at which the true-accept rate is told. Default 0.1, 0.01, 0.001, 0.0001. */
  readonly falseAcceptRates: readonly number[];
  /** Up to how many pairs are kept and sorted; more are counted in steps of 0.05 % of the distance. Default 2^23. */
  readonly exactPairs: number;
  /** About how many points of the ROC curve are given. Default 500. */
  readonly rocPoints: number;
}

/** A threshold and what it accepts. */
export interface OperatingPoint {
  /** A pair is accepted when it is at least as near. */
  readonly threshold: number;
  /** The share of pairs of two classes that are accepted. */
  readonly falseAcceptRate: number;
  /** The share of pairs of one class that are accepted. */
  readonly trueAcceptRate: number;
}

/** What {@link verification} gives. */
export interface VerificationResult {
  /** Pairs of one class. */
  readonly positives: number;
  /** Pairs of two classes. */
  readonly negatives: number;
  /** The chance that a pair of one class is nearer than a pair of two, ties counted half. */
  readonly areaUnderCurve: number;
  /** Where false accepts and false rejects are equally frequent, between two points in proportion. */
  readonly equalErrorRate: number;
  readonly equalErrorThreshold: number;
  /** For each rate asked for, the point that accepts the most without exceeding it; threshold NaN when none does. */
  readonly atFalseAcceptRate: readonly (OperatingPoint & { readonly wanted: number })[];
  /** The ROC curve, from the nearest threshold on. */
  readonly roc: readonly OperatingPoint[];
  /** Whether every pair was ranked exactly. */
  readonly isExact: boolean;
}

const rates: readonly number[] = [0.1, 0.01, 0.001, 0.0001];

/**
 * How well a threshold on the distance tells pairs of one class from pairs of two: ROC curve, area under it, equal error
 * rate (EER) and true-accept rate at false-accept rates (TAR@FAR). Every pair is looked at.
 *
 * Without a pair of one class, or of two, the rates are NaN.
 *
 * @throws RangeError when labels and rows differ in number, widths differ, or a rate is outside 0 .. 1
 */
export function verification(input: VerificationInput, options?: Partial<VerificationOptions>): VerificationResult {
  const defaults: VerificationOptions = {
    distance: usualDistance(),
    falseAcceptRates: rates,
    exactPairs: EXACT_PAIRS,
    rocPoints: 500,
  };
  const chosen = withDefaults(options, defaults, "verification");
  checkNumber(chosen.rocPoints, "rocPoints", { atLeast: 2, integer: true });
  checkNumber(chosen.exactPairs, "exactPairs", { atLeast: 0, infinite: true });
  const wantedRates = chosen.falseAcceptRates.map((rate) =>
    checkNumber(rate, "falseAcceptRates", { atLeast: 0, atMost: 1 }),
  );
  const curve = pairCurve(checkedPairs(input), chosen.distance, chosen.exactPairs);
  const positives = curve.positives.at(-1) ?? 0;
  const negatives = curve.negatives.at(-1) ?? 0;
  return {
    positives,
    negatives,
    areaUnderCurve: areaUnderCurve(curve, positives, negatives),
    ...equalError(curve, positives, negatives),
    atFalseAcceptRate: wantedRates.map((wanted) => ({ wanted, ...atFalseAcceptRate(curve, wanted) })),
    roc: thinned(curve, chosen.rocPoints),
    isExact: curve.isExact,
  };
}

/** Checks labelled embeddings at the door. */
export function checkedPairs({ query, queryLabels, reference, referenceLabels }: VerificationInput): LabelledPairs {
  const q = toMatrix(query, "query");
  const r = reference === undefined ? null : toMatrix(reference, "reference");
  checkLabels(queryLabels, "queryLabels");
  if (r !== null) checkLabels(referenceLabels, "referenceLabels");
  if (queryLabels.length !== q.rows)
    throw new RangeError(
      `queryLabels has ${queryLabels.length} entries for ${q.rows} embeddings; each row needs one label`,
    );
  if (r !== null) {
    checkWidths(q, r);
    if (referenceLabels?.length !== r.rows)
      throw new RangeError(
        `referenceLabels has ${referenceLabels?.length ?? 0} entries for ${r.rows} embeddings; each row needs one label`,
      );
  }
  return { query: q, queryLabels, reference: r, referenceLabels: referenceLabels ?? null };
}

function pointAt(curve: PairCurve, step: number): OperatingPoint {
  const last = curve.thresholds.length - 1;
  return {
    threshold: curve.thresholds[step],
    falseAcceptRate: curve.negatives[step] / curve.negatives[last],
    trueAcceptRate: curve.positives[step] / curve.positives[last],
  };
}

/** The farthest step that accepts at most this share of the negative pairs. */
export function atFalseAcceptRate(curve: PairCurve, rate: number): OperatingPoint {
  const allowed = rate * (curve.negatives.at(-1) ?? 0);
  let step = -1;
  while (step + 1 < curve.thresholds.length && curve.negatives[step + 1] <= allowed) step++;
  return step < 0 ? { threshold: NaN, falseAcceptRate: 0, trueAcceptRate: 0 } : pointAt(curve, step);
}

function areaUnderCurve({ positives, negatives }: PairCurve, allPositives: number, allNegatives: number): number {
  let area = 0;
  for (let s = 0; s < positives.length; s++) {
    const width = negatives[s] - (s > 0 ? negatives[s - 1] : 0);
    area += (width * (positives[s] + (s > 0 ? positives[s - 1] : 0))) / 2;
  }
  return area / (allPositives * allNegatives);
}

function equalError(
  curve: PairCurve,
  positives: number,
  negatives: number,
): Pick<VerificationResult, "equalErrorRate" | "equalErrorThreshold"> {
  if (positives === 0 || negatives === 0) return { equalErrorRate: NaN, equalErrorThreshold: NaN };
  let accepts = 0;
  let rejects = 1;
  for (let s = 0; ; s++) {
    const { threshold, falseAcceptRate, trueAcceptRate } = pointAt(curve, s);
    const nextRejects = 1 - trueAcceptRate;
    if (falseAcceptRate >= nextRejects) {
      const share = (rejects - accepts) / (rejects - accepts + falseAcceptRate - nextRejects);
      return { equalErrorRate: accepts + share * (falseAcceptRate - accepts), equalErrorThreshold: threshold };
    }
    [accepts, rejects] = [falseAcceptRate, nextRejects];
  }
}

/** The points that move on by at least 1 / count in either rate, and the last. */
function thinned(curve: PairCurve, count: number): OperatingPoint[] {
  const points: OperatingPoint[] = [];
  for (let s = 0; s < curve.thresholds.length; s++) {
    const point = pointAt(curve, s);
    const last = points.at(-1);
    const isFar =
      last === undefined ||
      point.falseAcceptRate - last.falseAcceptRate >= 1 / count ||
      point.trueAcceptRate - last.trueAcceptRate >= 1 / count;
    if (isFar || s === curve.thresholds.length - 1) points.push(point);
  }
  return points;
}
