import type { Distance } from "../../distances/distance.ts";
import { checkNumber } from "../../matrix/checks.ts";
import { type PairCurve, pairCurve } from "../verification/pairCurve.ts";
import { atFalseAcceptRate, checkedPairs, type VerificationInput } from "../verification/verification.ts";

/** What a threshold is to achieve: the best F1, at least a precision, or at most a false-accept rate. */
export type CalibrationTarget = "f1" | { readonly precision: number } | { readonly falseAcceptRate: number };

/** A threshold and how it judges the pairs it was found on. */
export interface Calibration {
  /** Pairs at least as near are matches. NaN when no threshold achieves the target. */
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly falseAcceptRate: number;
  /** Pairs of one class and of two. */
  readonly positives: number;
  readonly negatives: number;
}

/**
 * Finds the threshold on a distance that decides best, on labelled data, whether two embeddings are of one class. Of
 * the thresholds that achieve a precision or a false-accept rate it is the one that finds the most.
 *
 * The threshold lies halfway to the next pair that it would refuse.
 *
 * @throws RangeError when a target is outside 0 .. 1, or there is no pair of one class
 */
export function calibrateThreshold(
  input: VerificationInput,
  distance: Distance,
  target: CalibrationTarget = "f1",
): Calibration {
  const curve = pairCurve(checkedPairs(input), distance);
  const last = curve.thresholds.length - 1;
  const positives = curve.positives[last] ?? 0;
  if (positives === 0)
    throw new RangeError("no two embeddings have one label; a threshold is found on pairs of one class and of two");
  const step = bestStep(curve, target);
  const negatives = curve.negatives[last];
  if (step < 0) return { threshold: NaN, precision: NaN, recall: 0, f1: 0, falseAcceptRate: 0, positives, negatives };
  const next = Math.min(step + 1, last);
  return {
    threshold: (curve.thresholds[step] + curve.thresholds[next]) / 2,
    precision: precision(curve, step),
    recall: curve.positives[step] / positives,
    f1: f1(curve, step),
    falseAcceptRate: negatives === 0 ? 0 : curve.negatives[step] / negatives,
    positives,
    negatives,
  };
}

function bestStep(curve: PairCurve, target: CalibrationTarget): number {
  let best = -1;
  if (target === "f1") {
    for (let s = 0; s < curve.thresholds.length; s++) if (best < 0 || f1(curve, s) > f1(curve, best)) best = s;
    return best;
  }
  if ("precision" in target) {
    checkNumber(target.precision, "precision", { atLeast: 0, atMost: 1 });
    for (let s = 0; s < curve.thresholds.length; s++) if (precision(curve, s) >= target.precision) best = s;
    return best;
  }
  checkNumber(target.falseAcceptRate, "falseAcceptRate", { atLeast: 0, atMost: 1 });
  return curve.thresholds.indexOf(atFalseAcceptRate(curve, target.falseAcceptRate).threshold);
}

function precision({ positives, negatives }: PairCurve, step: number): number {
  return positives[step] / (positives[step] + negatives[step]);
}

function f1({ positives, negatives }: PairCurve, step: number): number {
  const all = positives[positives.length - 1];
  return (2 * positives[step]) / (positives[step] + negatives[step] + all);
}
