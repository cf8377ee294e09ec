import type { Batch } from "../../batch/batch.ts";
import { pullGradients, type Comparison, type Distance, type DistanceGradients } from "../../distances/distance.ts";
import { PairedRows, type RowPair } from "../../distances/stream/pairedRows.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { TripletItems, type TripletItem } from "./tripletItems.ts";
import { tripletPlaces, type TripletPlaces } from "./tripletPlaces.ts";

/**
 * The triplets of a batch in which the negative's distance is the smaller one of those to the anchor and to the positive:
 * v = violation(d_ap, min(d_an, d_pn)). Every triplet costs a step, none is listed.
 */
export class SwappedTriplets {
  readonly #batch: Batch;
  /** Distances of anchors, and of references among themselves. */
  readonly #anchors: Comparison;
  readonly #references: Comparison;
  readonly #places: TripletPlaces;
  readonly #rows: PairedRows;
  readonly #away: number;
  readonly #values: Float64Array;
  /** Whether the distance to the positive is the smaller one. */
  readonly #isSwapped: Uint8Array;

  constructor(workspace: Workspace, batch: Batch, sides: Comparison, distance: Distance) {
    this.#batch = batch;
    this.#away = distance.away;
    this.#anchors = sides;
    const { order } = sides.reference;
    this.#references =
      batch.reference === null
        ? sides
        : distance.compare(workspace, batch.reference, { queryOrder: order, referenceOrder: order });
    this.#places = tripletPlaces(batch, sides);
    const anchorRows = sides.tiles.rowForm;
    const positiveRows = batch.reference === null ? anchorRows : this.#references.tiles.rowForm;
    this.#rows = new PairedRows(workspace, anchorRows, positiveRows, this.#places);
    this.#values = new Float64Array(this.#places.capacity);
    this.#isSwapped = new Uint8Array(this.#places.capacity);
  }

  /** Takes all triplets into the reduction. @param violation of a positive at d_ap, apart from its negative's distance */
  take(item: TripletItem, violation: (d_ap: number) => number, reduction: Reduction): void {
    const items = new TripletItems(this.#places.capacity, item, false);
    this.#rows.forEachBlock((block) => {
      block.pullBack((pair) => {
        this.#takePair(pair, items, violation, reduction);
      });
    });
  }

  pullGradients(scale: number): DistanceGradients {
    const { embeddings, reference } = this.#batch;
    const pulled = pullGradients(this.#anchors, embeddings, reference, scale);
    if (reference === null || pulled.reference === undefined) return pulled;
    const more = pullGradients(this.#references, reference, null, scale).embeddings.data;
    const data = pulled.reference.data.map((slope, k) => slope + more[k]);
    return { ...pulled, reference: { data, rows: reference.rows, cols: reference.cols } };
  }

  #takePair(pair: RowPair, items: TripletItems, violation: (d_ap: number) => number, reduction: Reduction): void {
    const away = this.#away;
    const values = this.#values;
    const isSwapped = this.#isSwapped;
    const negatives = this.#places.negatives(pair.anchor, pair.k);
    const [anchorRow, positiveRow] = [pair.anchorRow.view(), pair.positiveRow.view()];
    for (let n = 0; n < negatives.length; n++) {
      const ofAnchor = away * anchorRow[negatives[n]];
      const ofPositive = away * positiveRow[negatives[n]];
      isSwapped[n] = ofPositive < ofAnchor ? 1 : 0;
      values[n] = isSwapped[n] === 1 ? ofPositive : ofAnchor;
    }
    const { query, reference } = this.#anchors;
    const anchor = query.source(pair.anchor);
    const pull = items.takePositive(
      {
        anchor,
        x: violation(away * anchorRow[pair.positive]),
        y: values,
        count: negatives.length,
        place: (n) => [anchor, reference.source(pair.positive), reference.source(negatives[n])],
        rank: this.#places.rank(pair.anchor, pair.k),
      },
      reduction,
    );
    const [anchorSlopes, positiveSlopes] = [pair.anchorSlopes.view(), pair.positiveSlopes.view()];
    anchorSlopes[pair.positive] += away * pull;
    for (let n = 0; n < negatives.length; n++)
      (isSwapped[n] === 1 ? positiveSlopes : anchorSlopes)[negatives[n]] += away * values[n];
  }
}
