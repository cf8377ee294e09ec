import { describe } from "../../matrix/checks.ts";
import type { MatrixLike } from "../../matrix/matrix.ts";
import { pairSimilarities } from "../similarity/pairSimilarities.ts";
import { isDistance } from "../similarity/similarity.ts";
import {
  checkOneARow,
  checkSameRows,
  evaluatedMatrices,
  evaluatorDefaults,
  type EvaluatorOptions,
  evaluatorOptions,
  judge,
  type Judgement,
} from "./judgement.ts";
import { averagePrecision, bestCut, type Cut, cutsOf, f1, precision, stepsOf } from "./thresholdSweep.ts";

/** Pairs of which it is known whether they belong together. */
export interface LabelledPairsToEvaluate {
  /** n x d; row i of it and row i of `reference` make pair i. */
  readonly query: MatrixLike;
  readonly reference: MatrixLike;
  /** 1 or true where the two belong together, 0 or false where they do not. */
  readonly labels: ArrayLike<number | boolean>;
}

/** The metrics of {@link evaluatePairs}. */
export type PairMetric =
  "accuracy" | "accuracyThreshold" | "f1" | "f1Threshold" | "precision" | "recall" | "averagePrecision" | "mcc";

/** What a draw without a positive does not tell, though there are some. */
const untold = { f1: NaN, f1Threshold: NaN, precision: NaN, recall: NaN, averagePrecision: NaN, mcc: NaN };

/**
 * How well a threshold on the similarity of given pairs tells which belong together.
 *
 * - `accuracy`: the share told rightly at the best threshold, `accuracyThreshold`
 * - `f1`: 2 tp / (2 tp + fp + fn) at its own best threshold, `f1Threshold`; `precision`, `recall` and `mcc` (Matthews' correlation,
 *   (tp tn - fp fn) / sqrt((tp + fp)(tp + fn)(tn + fp)(tn + fn))) are those there
 * - `averagePrecision`: sum over different scores of (recall gained) x (precision there)
 *
 * Pairs of equal similarity are never parted. Thresholds lie halfway between neighbouring similarities and are distances for
 * "euclidean" and "manhattan"; of equally good ones the strictest is taken. Without a positive all but the accuracy is 0, and nothing is
 * accepted.
 *
 * {@link verification} judges all pairs of labelled embeddings instead.
 *
 * @throws TypeError when an input is no matrix; RangeError when a label is none, there is no pair, or rows, labels or widths differ
 */
export function evaluatePairs(
  { query, reference, labels }: LabelledPairsToEvaluate,
  options?: Partial<EvaluatorOptions>,
): Judgement<PairMetric> {
  const chosen = evaluatorOptions(options, evaluatorDefaults, "evaluatePairs");
  const rows = evaluatedMatrices({ query, reference }, chosen);
  checkSameRows(rows, "row i of both makes pair i");
  checkOneARow(labels, "labels", rows.query.rows);
  if (labels.length === 0) throw new RangeError("there is no pair; give one or more");
  const isPositive = Uint8Array.from(labels, (label, i) => checkedLabel(label, i));
  const steps = stepsOf(pairSimilarities(chosen.similarity, rows.query, rows.reference));
  const hasPositives = isPositive.includes(1);
  const sign = isDistance(chosen.similarity) ? -1 : 1;
  const metrics = (weights: Float64Array): Record<PairMetric, number> => {
    const cuts = [...cutsOf(steps, isPositive, weights)];
    const all = cuts.at(-1)!;
    const right = ({ positives, negatives }: Cut): number => positives + all.negatives - negatives;
    const [accurate, best] = [bestCut(cuts, right), bestCut(cuts, (cut) => f1(cut, all.positives))];
    const told = {
      accuracy: right(accurate) / (all.positives + all.negatives),
      accuracyThreshold: sign * accurate.threshold,
    };
    if (all.positives === 0 && hasPositives) return { ...told, ...untold };
    return {
      ...told,
      f1: f1(best, all.positives),
      f1Threshold: sign * best.threshold,
      precision: precision(best),
      recall: all.positives === 0 ? 0 : best.positives / all.positives,
      averagePrecision: averagePrecision(cuts, all.positives),
      mcc: mcc(best, all),
    };
  };
  return judge(labels.length, metrics, "averagePrecision", chosen);
}

function checkedLabel(label: unknown, i: number): number {
  if (label === true || label === 1) return 1;
  if (label === false || label === 0) return 0;
  throw new RangeError(`labels[${i}] is ${describe(label)}; give 1 where a pair belongs together, else 0`);
}

function mcc({ positives: tp, negatives: fp }: Cut, all: Cut): number {
  const [fn, tn] = [all.positives - tp, all.negatives - fp];
  const product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn);
  return product === 0 ? 0 : (tp * tn - fp * fn) / Math.sqrt(product);
}
