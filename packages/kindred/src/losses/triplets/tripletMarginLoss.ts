import { pullGradients, type Comparison } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { borrow, type Workspace } from "../../kernels/runtime.ts";
import { checkNumber, checkOneOf, withDefaults } from "../../matrix/checks.ts";
import { AvgNonZeroReducer } from "../../reducers/avgNonZeroReducer.ts";
import { LinearReduction } from "../../reducers/linearReduction.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import type { Triplets } from "../../tuples/tuples.ts";
import type { Batch } from "../../batch/batch.ts";
import { ListedTripletHinge } from "../counting/listedTripletHinge.ts";
import type { LossState } from "../core/loss.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import { PairRows } from "../../batch/pairRows.ts";
import { SwappedTriplets } from "../counting/swappedTriplets.ts";
import { hinge, softHinge, TripletItems, type TripletItem } from "../counting/tripletItems.ts";
import { isListOfTriplets, TripletSource, tripletSourceDefaults, type TripletSourceOptions } from "../counting/tripletSource.ts";

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
    const { tuples, labels } = batch;
    const reduction = this.reducerOf("loss").begin({ kind: "triplet", labels });
    return borrow((workspace) => {
      if (this.swap) return this.#swapped(workspace, batch, reduction);
      if (isListOfTriplets(tuples) && !this.smoothLoss && reduction instanceof LinearReduction)
        return this.#listedHinges(workspace, batch, tuples, reduction);
      return this.#rows(workspace, batch, reduction);
    });
  }

  get #item(): TripletItem {
    return this.smoothLoss ? softHinge : hinge;
  }

  #swapped(workspace: Workspace, batch: Batch, reduction: Reduction): Computed {
    const triplets = new SwappedTriplets(workspace, batch, this.distance);
    triplets.take(this.#item, this.margin, reduction);
    const result = reduction.result();
    return { ...this.total([reduction], [result]), ...triplets.pullGradients(result.scale) };
  }

  #listedHinges(workspace: Workspace, batch: Batch, triplets: Triplets, reduction: LinearReduction): Computed {
    const { embeddings, reference, learnReference } = batch;
    const sides = this.distance.compare(workspace, embeddings, reference, null, null, learnReference);
    const { margin, distance } = this;
    const hinges = new ListedTripletHinge(triplets, embeddings.rows, sides.reference.rows, {
      margin,
      isInverted: distance.isInverted,
    });
    sides.tiles.pullBack((anchor, row) => hinges.row(anchor, row, reduction));
    return this.#finish(batch, sides, reduction);
  }

  #rows(workspace: Workspace, batch: Batch, reduction: Reduction): Computed {
    const away = this.distance.isInverted ? -1 : 1;
    const rows = new PairRows(workspace, batch, this.distance, "list");
    const items = new TripletItems(rows.capacity, this.#item);
    const isListed = isListOfTriplets(batch.tuples);
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
    return this.#finish(batch, rows.sides, reduction);
  }

  #finish({ embeddings, reference }: Batch, sides: Comparison, reduction: Reduction): Computed {
    const result = reduction.result();
    return { ...this.total([reduction], [result]), ...pullGradients(sides, embeddings, reference, result.scale) };
  }
}
