import { AnchorRows } from "../../batch/anchorRows.ts";
import type { Batch } from "../../batch/batch.ts";
import type { Takes } from "../../batch/takes.ts";
import { pullGradients, type Comparison, type Distance } from "../../distances/distance.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import type { OptionArguments } from "../../options/option.ts";
import type { Reducer } from "../../reducers/reducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import type { StateRecord } from "../../state/stateRecord.ts";
import { listTuples } from "../../tuples/anchorLists.ts";
import { groupingOf } from "../../tuples/grouping.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { comparingOptions, type ComparingOptionRecord } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import { ListedTripletHinge } from "../counting/listedTripletHinge.ts";
import { SwappedTriplets } from "../counting/swappedTriplets.ts";
import { hinge, TripletItems, type TripletItem } from "../counting/tripletItems.ts";
import { isListOfTriplets, TripletSource, tripletSourceOptions } from "../counting/tripletSource.ts";

/** What losses on triplets take: labels or tuples, and a reference. */
export const tripletTakes = { labels: "classes", reference: "any", tuples: "triplets" } as const satisfies Takes;

type TripletSourceOptions = typeof tripletSourceOptions;

/** The options of a loss on triplets. */
export interface TripletOptionRecord extends ComparingOptionRecord, TripletSourceOptions {}

/** What every loss on triplets can be told. @param distance, reducer the loss's own defaults */
export function tripletOptions(distance: Distance, reducer: Reducer): TripletOptionRecord {
  return extendOptions(comparingOptions<Distance>(distance, reducer), tripletSourceOptions);
}

/**
 * A loss on triplets. A subclass says by how much a triplet violates what it wants, and what that costs; which triplets there
 * are, how they are counted without being listed, tuples, references and reducers are handled below.
 */
export abstract class TripletLoss<R extends TripletOptionRecord = TripletOptionRecord> extends ComparingLoss<
  R,
  typeof tripletTakes
> {
  readonly #source: TripletSource;

  constructor(...given: OptionArguments<R>) {
    super(...given);
    this.#source = new TripletSource(this.options);
  }

  /**
   * By how much a triplet violates what the loss wants. It must fall one for one with d_an; similarities come with their
   * sign changed.
   */
  protected abstract violation(d_ap: number, d_an: number): number;

  /** What a violation costs. */
  protected abstract get item(): TripletItem;

  /** Whether the distance from positive to negative counts instead of d_an where it is the smaller one. */
  protected get isSwapped(): boolean {
    return false;
  }

  protected override get stateRecord(): StateRecord {
    return { ...super.stateRecord, ...this.#source.stateRecord };
  }

  protected compute(given: Batch): Computed {
    const batch = this.#source.fill(given);
    const order = batch.tuples === null ? "class" : "given";
    const reduction = this.begin("loss", batch.labels);
    return batch.prepared.compare(this.distance, order, (sides, workspace) => {
      if (this.isSwapped) return this.#swapped(workspace, batch, sides, reduction);
      if (isListOfTriplets(batch.tuples) && this.item === hinge && reduction.counting(0) !== null)
        this.#takeListedHinges(batch, sides, reduction);
      else this.#takeRows(workspace, batch, sides, reduction);
      const result = reduction.result();
      const { embeddings, reference } = batch;
      return { ...this.total([reduction], [result]), ...pullGradients(sides, embeddings, reference, result.scale) };
    });
  }

  #swapped(workspace: Workspace, batch: Batch, sides: Comparison, reduction: Reduction): Computed {
    const triplets = new SwappedTriplets(workspace, batch, sides, this.distance);
    triplets.take(this.item, (d_ap) => this.violation(d_ap, 0), reduction);
    const result = reduction.result();
    return { ...this.total([reduction], [result]), ...triplets.pullGradients(result.scale) };
  }

  #takeListedHinges({ tuples, prepared, embeddings }: Batch, sides: Comparison, reduction: Reduction): void {
    const triplets = groupingOf(tuples!, prepared) ?? listTuples(tuples!, embeddings.rows);
    const { rows, order } = sides.reference;
    const violation = { away: this.distance.away, margin: this.violation(0, 0) };
    const hinges = new ListedTripletHinge(triplets, rows, order, violation);
    sides.tiles.pullBack((row) => {
      const anchor = sides.query.source(row.place);
      reduction.takeCounted(anchor, hinges.row(anchor, row, reduction.counting(anchor)!));
    });
  }

  #takeRows(workspace: Workspace, batch: Batch, sides: Comparison, reduction: Reduction): void {
    const { away } = this.distance;
    const rows = new AnchorRows(workspace, batch, sides, "list");
    const items = new TripletItems(rows.capacity, this.item, isListOfTriplets(batch.tuples));
    const x = new Float64Array(rows.capacity);
    const y = new Float64Array(rows.capacity);
    rows.pullBack((row) => {
      const count = row.positives.read(x);
      const negativeCount = row.negatives.read(y);
      for (let k = 0; k < count; k++) x[k] = this.violation(away * x[k], 0);
      for (let k = 0; k < negativeCount; k++) y[k] *= away;
      items.take(row, x, y, reduction);
      for (let k = 0; k < count; k++) x[k] *= away;
      for (let k = 0; k < negativeCount; k++) y[k] *= away;
      row.positives.write(x);
      row.negatives.write(y);
    });
  }
}
