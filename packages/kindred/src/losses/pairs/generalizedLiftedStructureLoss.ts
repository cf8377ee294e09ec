import { LpDistance } from "../../distances/lpDistance.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { logSumExp } from "../items/logSumExp.ts";
import { metricLossDefaults, type MetricLossOptions } from "../core/metricLoss.ts";
import { PairLoss } from "./pairLoss.ts";
import type { PairRow } from "../../batch/pairRow.ts";

/** Options of {@link GeneralizedLiftedStructureLoss}. */
export interface GeneralizedLiftedStructureLossOptions extends MetricLossOptions {
  /** The distance that negatives should exceed (similarity they should not). Default 1. */
  readonly negMargin: number;
  /** The distance that positives should not exceed (similarity they should). Default 0. */
  readonly posMargin: number;
}

const defaults: GeneralizedLiftedStructureLossOptions = { ...metricLossDefaults, negMargin: 1, posMargin: 0 };

/**
 * The farthest positives of an anchor should be closer than its nearest negatives, with soft maxima over both.
 *
 *     L_i = [ log sum_{p in P_i} e^(d_ip - posMargin) + log sum_{n in N_i} e^(negMargin - d_in) ]+
 *
 * One item an anchor; without positives, or without negatives, that logarithm counts as 0. For similarities the
 * differences turn round. Default distance LpDistance, default reducer MeanReducer.
 *
 * Source: Hermans et al., "In Defense of the Triplet Loss for Person Re-Identification" (2017).
 */
export class GeneralizedLiftedStructureLoss extends PairLoss {
  readonly name = "GeneralizedLiftedStructureLoss";
  readonly needs = { positives: false, negatives: false };
  readonly negMargin: number;
  readonly posMargin: number;
  protected override readonly tupleMeaning = "set";
  protected readonly itemKinds = ["element"] as const;

  constructor(options?: Partial<GeneralizedLiftedStructureLossOptions>) {
    const given = withDefaults(options, defaults, "GeneralizedLiftedStructureLoss");
    super(given, new LpDistance(), new MeanReducer());
    this.negMargin = checkNumber(given.negMargin, "negMargin");
    this.posMargin = checkNumber(given.posMargin, "posMargin");
  }

  protected row(row: PairRow, [reduction]: readonly Reduction[]): void {
    const { anchor, positives, negatives } = row;
    const away = this.distance.isInverted ? -1 : 1;
    const positive = logSumExp(positives, away);
    const negative = logSumExp(negatives, -away);
    const far = positives.count === 0 ? 0 : positive.log - away * this.posMargin;
    const near = negatives.count === 0 ? 0 : negative.log + away * this.negMargin;
    const loss = Math.max(0, far + near);
    const weight = reduction.weighOne(anchor, loss);
    const slope = loss > 0 ? away * weight : 0;

    // dL/dd_ip = softmax_p, dL/dd_in = -softmax_n
    if (positives.count > 0) positives.affine(slope / positive.total, 0);
    if (negatives.count > 0) negatives.affine(-slope / negative.total, 0);
  }
}
