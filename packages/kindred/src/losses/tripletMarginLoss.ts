import { pullGradients } from "../distances/distance.ts";
import { LpDistance } from "../distances/lpDistance.ts";
import { borrow } from "../kernels/runtime.ts";
import { checkNumber, checkOneOf, withDefaults } from "../matrix/checks.ts";
import { AvgNonZeroReducer } from "../reducers/avgNonZeroReducer.ts";
import type { Batch } from "./batch.ts";
import type { LossState } from "./loss.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "./metricLoss.ts";
import { PairRows } from "./pairRows.ts";
import { SwappedTriplets } from "./swappedTriplets.ts";
import { hinge, softHinge, TripletItems } from "./tripletItems.ts";
import { isListOfTriplets, TripletSource, tripletSourceDefaults, type TripletSourceOptions } from "./tripletSource.ts";

/** Options of {@link TripletMarginLoss}. */
export interface TripletMarginLossOptions extends MetricLossOptions, TripletSourceOptions {
  /** By how much a negative should be farther away than a positive. Default 0.05. */
  readonly margin: number;
  /** Whether the distance from positive to negative counts instead, where it violates the margin more. Default false. */
  readonly swap: boolean;
  /** log(1 + e^v) instead of [v]+. Default false. */
  readonly smoothLoss: boolean;
}

const defaults: TripletMarginLossOptions = {
  ...metricLossDefaults,
  ...tripletSourceDefaults,
  margin: 0.05,
  swap: false,
  smoothLoss: false,
};

/**
 * A positive should be closer to the anchor than any negative, by a margin.
 *
 *     L_apn = [v]+ or log(1 + e^v) (smoothLoss),  v = d_ap - d_an + margin
 *
 * and with `swap` min(d_an, d_pn) instead of d_an. One item a triplet; none is listed: hinges without swap are counted by
 * sorting, others cost a step each. For similarities the difference turns round. Needs positive and negative pairs.
 * Default distance LpDistance, default reducer AvgNonZeroReducer.
 *
 * Sources: Weinberger and Saul, "Distance Metric Learning for Large Margin Nearest Neighbor Classification" (JMLR 2009);
 * swap: Balntas et al., "Learning local feature descriptors with triplets" (BMVC 2016).
 */
export class TripletMarginLoss extends MetricLoss {
  readonly name = "TripletMarginLoss";
  readonly needs = { positives: true, negatives: true };
  readonly margin: number;
  readonly swap: boolean;
  readonly smoothLoss: boolean;
  readonly tripletsPerAnchor: number | "all";
  readonly #source: TripletSource;

  constructor(options?: Partial<TripletMarginLossOptions>) {
    const given = withDefaults(options, defaults, "TripletMarginLoss");
    super(given, new LpDistance(), new AvgNonZeroReducer());
    this.margin = checkNumber(given.margin, "margin");
    this.swap = checkOneOf(given.swap, "swap", [true, false]);
    this.smoothLoss = checkOneOf(given.smoothLoss, "smoothLoss", [true, false]);
    this.#source = new TripletSource(given);
    this.tripletsPerAnchor = this.#source.tripletsPerAnchor;
  }

  override state(): LossState {
    return { ...super.state(), ...this.#source.state() };
  }

  override load(state: LossState): void {
    super.load(state);
    this.#source.load(state.random, this.name);
  }

  protected compute(given: Batch): Computed {
    const batch = this.#source.fill(given);
    const { embeddings, reference, labels, tuples } = batch;
    const reduction = this.reducerOf("loss").begin({ kind: "triplet", labels });
    const away = this.distance.isInverted ? -1 : 1;
    const item = this.smoothLoss ? softHinge : hinge;
    return borrow((workspace) => {
      if (this.swap) {
        const triplets = new SwappedTriplets(workspace, batch, this.distance);
        triplets.take(item, this.margin, reduction);
        const result = reduction.result();
        return { ...this.total([reduction], [result]), ...triplets.pullGradients(result.scale) };
      }
      const rows = new PairRows(workspace, batch, this.distance, "list");
      const items = new TripletItems(rows.capacity, item);
      const isListed = isListOfTriplets(tuples);
      const x = new Float64Array(rows.capacity);
      const y = new Float64Array(rows.capacity);
      rows.pullBack((row) => {
        const count = row.positives.read(x);
        const negativeCount = row.negatives.read(y);
        for (let k = 0; k < count; k++) x[k] = away * x[k] + this.margin;
        for (let k = 0; k < negativeCount; k++) y[k] *= away;
        items.take(row, x, y, isListed, reduction);
        for (let k = 0; k < count; k++) x[k] *= away;
        for (let k = 0; k < negativeCount; k++) y[k] *= away;
        row.positives.write(x);
        row.negatives.write(y);
      });
      const result = reduction.result();
      return {
        ...this.total([reduction], [result]),
        ...pullGradients(rows.sides, embeddings, reference, result.scale),
      };
    });
  }
}
