import type { Distance } from "../distances/distance.ts";
import { LpDistance } from "../distances/lpDistance.ts";
import type { Places } from "../kernels/places.ts";
import { checkNumber, withDefaults } from "../matrix/checks.ts";
import { AvgNonZeroReducer } from "../reducers/avgNonZeroReducer.ts";
import type { Reduction } from "../reducers/reducer.ts";
import { metricLossDefaults, type MetricLossOptions } from "./metricLoss.ts";
import { PairLoss } from "./pairLoss.ts";
import type { PairRow } from "./pairRow.ts";

/** Options of {@link ContrastiveLoss}. */
export interface ContrastiveLossOptions extends MetricLossOptions {
  /** The distance below which (similarity above which) a positive pair costs nothing. Default 0; for similarities use 1. */
  readonly posMargin: number;
  /** The distance above which (similarity below which) a negative pair costs nothing. Default 1; for similarities use 0. */
  readonly negMargin: number;
}

const defaults: ContrastiveLossOptions = { ...metricLossDefaults, posMargin: 0, negMargin: 1 };

/**
 * Positives are pulled within one margin, negatives pushed beyond another.
 *
 *     L = reduce( [d_ip - posMargin]+ ) + reduce( [negMargin - d_in]+ )
 *
 * Two sub-losses, `posLoss` (an item a positive pair) and `negLoss` (an item a negative pair), each reduced by itself. For
 * similarities the differences turn round. Default distance LpDistance, default reducer AvgNonZeroReducer.
 *
 * Source: Hadsell et al., "Dimensionality Reduction by Learning an Invariant Mapping" (CVPR 2006).
 */
export class ContrastiveLoss extends PairLoss {
  readonly name: string = "ContrastiveLoss";
  readonly needs = { positives: false, negatives: false };
  readonly posMargin: number;
  readonly negMargin: number;
  protected readonly itemKinds = ["pos_pair", "neg_pair"] as const;

  /** @param defaultDistance for losses that are this one with another distance */
  constructor(options?: Partial<ContrastiveLossOptions>, defaultDistance: Distance = new LpDistance()) {
    const given = withDefaults(options, defaults, new.target.name);
    super(given, defaultDistance, new AvgNonZeroReducer());
    this.posMargin = checkNumber(given.posMargin, "posMargin");
    this.negMargin = checkNumber(given.negMargin, "negMargin");
  }

  protected override get subLossNames(): readonly string[] {
    return ["posLoss", "negLoss"];
  }

  protected row(row: PairRow, [posReduction, negReduction]: readonly Reduction[]): void {
    const away = this.distance.isInverted ? -1 : 1;
    hinge(row, row.positives, away, this.posMargin);
    row.weighPositives(posReduction);
    hingeSlopes(row, row.positives, away);
    hinge(row, row.negatives, -away, this.negMargin);
    row.weighNegatives(negReduction);
    hingeSlopes(row, row.negatives, -away);
  }
}

/** losses <- [sign (x - margin)]+ */
function hinge({ losses }: PairRow, places: Places, sign: number, margin: number): void {
  const count = places.read(losses);
  for (let k = 0; k < count; k++) losses[k] = Math.max(0, sign * (losses[k] - margin));
}

/** x <- sign weight where the loss is above 0 */
function hingeSlopes({ losses, weights }: PairRow, places: Places, sign: number): void {
  const { count } = places;
  for (let k = 0; k < count; k++) weights[k] = losses[k] > 0 ? sign * weights[k] : 0;
  places.write(weights);
}
