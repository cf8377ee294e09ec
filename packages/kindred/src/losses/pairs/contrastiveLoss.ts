import type { Distance } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { AvgNonZeroReducer } from "../../reducers/avgNonZeroReducer.ts";
import { LinearReduction } from "../../reducers/linearReduction.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { metricLossDefaults, type MetricLossOptions } from "../core/metricLoss.ts";
import { PairLoss } from "./pairLoss.ts";
import type { PairRow } from "../../batch/pairRow.ts";

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
    hinge(row, "positives", away, this.posMargin, posReduction);
    hinge(row, "negatives", -away, this.negMargin, negReduction);
  }
}

/** Hands the items v = [sign (x - margin)]+ of an anchor's pairs to the reduction; x <- sign weight where v > 0. */
function hinge(
  row: PairRow,
  kind: "positives" | "negatives",
  sign: number,
  margin: number,
  reduction: Reduction,
): void {
  const { anchor, losses, weights } = row;
  const places = row[kind];
  const { count } = places;
  places.hinge(sign, margin);
  if (reduction instanceof LinearReduction && reduction.countsHinges) {
    reduction.takeHinges(anchor, count, places.countAbove(0), places.sum());
    places.step(0, sign * reduction.slopeWeight(anchor));
    return;
  }
  places.read(losses);
  if (kind === "positives") row.weighPositives(reduction);
  else row.weighNegatives(reduction);
  for (let k = 0; k < count; k++) weights[k] = losses[k] > 0 ? sign * weights[k] : 0;
  places.write(weights);
}
