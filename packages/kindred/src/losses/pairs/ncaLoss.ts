import { LpDistance } from "../../distances/lpDistance.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { AnchorWeightedPairLoss } from "./anchorWeightedPairLoss.ts";
import { sigmoid, softplus } from "../items/itemMath.ts";
import { logSumExp } from "../items/logSumExp.ts";
import { metricLossDefaults, type MetricLossOptions } from "../core/metricLoss.ts";
import type { PairRow } from "../../batch/pairRow.ts";

/** Options of {@link NCALoss}. */
export interface NCALossOptions extends MetricLossOptions {
  /** What distances are multiplied by in the exponent, > 0. Default 1. */
  readonly softmaxScale: number;
}

const defaults: NCALossOptions = { ...metricLossDefaults, softmaxScale: 1 };

/**
 * Neighbourhood components analysis: a neighbour drawn at random, nearer ones more likely, should be of the anchor's class.
 *
 *     L_i = -log( sum_{p in P_i} e^(-a d_ip) / sum_{j in P_i and N_i} e^(-a d_ij) ),  a = softmaxScale
 *
 * One item an anchor that has positives. Needs labels, and positive and negative pairs in the batch. Tuples do not choose
 * pairs: they weigh each anchor by how often it stands in them (1 for the most frequent sample). Similarities enter
 * without the minus. Default distance LpDistance with power 2, default reducer MeanReducer.
 *
 * Source: Goldberger et al., "Neighbourhood Components Analysis" (NIPS 2004).
 */
export class NCALoss extends AnchorWeightedPairLoss {
  readonly name = "NCALoss";
  readonly needs = { positives: true, negatives: true };
  readonly softmaxScale: number;
  protected readonly itemKinds = ["element"] as const;

  constructor(options?: Partial<NCALossOptions>) {
    const given = withDefaults(options, defaults, "NCALoss");
    super(given, new LpDistance({ power: 2 }), new MeanReducer());
    this.softmaxScale = checkNumber(given.softmaxScale, "softmaxScale", { above: 0 });
  }

  protected row(row: PairRow, [reduction]: readonly Reduction[]): void {
    const { anchor, positives, negatives } = row;
    if (positives.count === 0) {
      row.clear();
      return;
    }
    const scale = this.distance.isInverted ? this.softmaxScale : -this.softmaxScale;
    const positive = logSumExp(positives, scale);
    const negative = logSumExp(negatives, scale);
    const odds = negative.log - positive.log;
    const anchorWeight = this.anchorWeights[anchor];
    const weight = anchorWeight * reduction.weighOne(anchor, anchorWeight * softplus(odds));

    // L_i = softplus(odds): dL/dx_n = scale sigmoid softmax_n, dL/dx_p = -scale sigmoid softmax_p, each over its own side
    const slope = scale * weight * sigmoid(odds);
    positives.affine(-slope / positive.total, 0);
    if (negatives.count > 0) negatives.affine(slope / negative.total, 0);
  }
}
