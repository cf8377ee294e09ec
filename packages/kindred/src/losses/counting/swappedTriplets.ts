import { pullGradients, type Comparison, type Distance, type DistanceGradients } from "../../distances/distance.ts";
import { heap, type Workspace } from "../../kernels/runtime.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { countOf, listTuples, rankOf } from "../../tuples/anchorLists.ts";
import { isTriplets, type Tuples } from "../../tuples/tuples.ts";
import type { Batch } from "../../batch/batch.ts";
import { PairedRows, type PositivePlaces, type RowPair } from "../../distances/stream/pairedRows.ts";
import { orderByClass, ownPlaces } from "../../batch/pairRows.ts";
import { TripletItems, type TripletItem } from "./tripletItems.ts";

/**
 * The triplets of a batch in which the negative's distance is the smaller one of those to the anchor and to the positive:
 * v = d_ap + margin - min(d_an, d_pn). Every triplet costs a step, none is listed.
 */
export class SwappedTriplets {
  readonly #batch: Batch;
  /** Distances of anchors, and of references among themselves. */
  readonly #anchors: Comparison;
  readonly #references: Comparison;
  readonly #source: TripletPlaces;
  readonly #rows: PairedRows;
  readonly #away: number;
  readonly #values: Float64Array;
  /** Whether the distance to the positive is the smaller one. */
  readonly #isSwapped: Uint8Array;

  constructor(workspace: Workspace, batch: Batch, distance: Distance) {
    const { embeddings, reference, tuples, codes, referenceCodes, classes } = batch;
    this.#batch = batch;
    this.#away = distance.isInverted ? -1 : 1;
    const byClass = tuples === null ? orderByClass(referenceCodes!, classes.length) : null;
    const order = byClass?.order ?? null;
    this.#anchors = distance.compare(workspace, embeddings, reference, reference === null ? order : null, order);
    this.#references = reference === null ? this.#anchors : distance.compare(workspace, reference, null, order, order);
    const codeAt = (place: number): number => codes![this.#anchors.query.source(place)];
    const own = byClass && ownPlaces(batch, byClass.order);
    const ownAt = (place: number): number =>
      reference === null ? place : (own?.[this.#anchors.query.source(place)] ?? -1);
    this.#source =
      byClass === null
        ? new ListedTriplets(tuples!, embeddings.rows)
        : new ClassTriplets(codeAt, byClass.starts, ownAt);
    const anchorRows = this.#anchors.tiles.rowForm;
    const positiveRows = reference === null ? anchorRows : this.#references.tiles.rowForm;
    this.#rows = new PairedRows(workspace, anchorRows, positiveRows, this.#source);
    this.#values = new Float64Array(this.#source.capacity);
    this.#isSwapped = new Uint8Array(this.#source.capacity);
  }

  /** Takes all triplets into the reduction. */
  take(item: TripletItem, margin: number, reduction: Reduction): void {
    const items = new TripletItems(this.#source.capacity, item);
    this.#rows.forEachBlock((block) => {
      block.pullBack((pair) => {
        this.#takePair(pair, items, margin, reduction);
      });
    });
  }

  pullGradients(scale: number): DistanceGradients {
    const { embeddings, reference } = this.#batch;
    const pulled = pullGradients(this.#anchors, embeddings, reference, scale);
    if (reference === null) return pulled;
    const more = pullGradients(this.#references, reference, null, scale).embeddings.data;
    const data = pulled.reference!.data.map((slope, k) => slope + more[k]);
    return { ...pulled, reference: { ...reference, data } };
  }

  #takePair(pair: RowPair, items: TripletItems, margin: number, reduction: Reduction): void {
    const away = this.#away;
    const values = this.#values;
    const isSwapped = this.#isSwapped;
    const negatives = this.#source.negatives(pair.anchor, pair.k);
    const floats = heap();
    const [fromAnchor, fromPositive] = [pair.anchorRow >>> 2, pair.positiveRow >>> 2];
    for (let n = 0; n < negatives.length; n++) {
      const ofAnchor = away * floats[fromAnchor + negatives[n]];
      const ofPositive = away * floats[fromPositive + negatives[n]];
      isSwapped[n] = ofPositive < ofAnchor ? 1 : 0;
      values[n] = isSwapped[n] === 1 ? ofPositive : ofAnchor;
    }
    const { query } = this.#anchors;
    const { reference } = this.#anchors;
    const anchor = query.source(pair.anchor);
    const x = away * floats[fromAnchor + pair.positive] + margin;
    const pull = items.takePositive(
      anchor,
      x,
      values,
      negatives.length,
      reduction,
      (n) => [anchor, reference.source(pair.positive), reference.source(negatives[n])],
      () => this.#source.rank(pair.anchor, pair.k),
    );
    const [anchorSlopes, positiveSlopes] = [pair.anchorSlopes >>> 2, pair.positiveSlopes >>> 2];
    floats[anchorSlopes + pair.positive] += away * pull;
    for (let n = 0; n < negatives.length; n++)
      floats[(isSwapped[n] === 1 ? positiveSlopes : anchorSlopes) + negatives[n]] += away * values[n];
  }
}

/** The positives of each anchor and the negatives of each of them, by their places. */
interface TripletPlaces extends PositivePlaces {
  /** The most negatives of a positive. */
  readonly capacity: number;
  /** Good until the next call. */
  readonly negatives: (anchor: number, k: number) => Int32Array;
  /** Where in the list given the triplets of the k-th positive stood. */
  readonly rank: (anchor: number, k: number) => number;
}

/** All triplets of a batch in class order. */
class ClassTriplets implements TripletPlaces {
  readonly capacity: number;
  readonly #codeAt: (place: number) => number;
  readonly #starts: Int32Array;
  /** The place of an anchor itself among the references, -1: none. */
  readonly #ownAt: (place: number) => number;
  readonly #negatives: Int32Array;
  #code = -1;
  #count = 0;

  constructor(codeAt: (place: number) => number, starts: Int32Array, ownAt: (place: number) => number) {
    this.capacity = starts[starts.length - 1];
    this.#codeAt = codeAt;
    this.#starts = starts;
    this.#ownAt = ownAt;
    this.#negatives = new Int32Array(this.capacity);
  }

  readonly count = (anchor: number): number => {
    const code = this.#codeAt(anchor);
    return this.#starts[code + 1] - this.#starts[code] - (this.#ownAt(anchor) < 0 ? 0 : 1);
  };

  readonly place = (anchor: number, k: number): number => {
    const place = this.#starts[this.#codeAt(anchor)] + k;
    const own = this.#ownAt(anchor);
    return own < 0 || place < own ? place : place + 1;
  };

  readonly negatives = (anchor: number): Int32Array => {
    const code = this.#codeAt(anchor);
    if (code !== this.#code) {
      this.#code = code;
      this.#count = 0;
      for (let j = 0; j < this.capacity; j++) {
        if (j < this.#starts[code] || j >= this.#starts[code + 1]) this.#negatives[this.#count++] = j;
      }
    }
    return this.#negatives.subarray(0, this.#count);
  };

  readonly rank = (): number => 0;
}

/** Tuples: each positive of an anchor with each of its negatives, or triplets as they are given. */
class ListedTriplets implements TripletPlaces {
  readonly capacity: number;
  readonly count: (anchor: number) => number;
  readonly place: (anchor: number, k: number) => number;
  readonly negatives: (anchor: number, k: number) => Int32Array;
  readonly rank: (anchor: number, k: number) => number;

  constructor(tuples: Tuples, anchors: number) {
    const { positives: near, negatives: far } = listTuples(tuples, anchors);
    const isListed = isTriplets(tuples);
    this.capacity = isListed ? 1 : far.others.length;
    this.count = (anchor) => countOf(near, anchor);
    this.place = (anchor, k) => near.others[near.starts[anchor] + k];
    this.rank = (anchor, k) => rankOf(near, anchor, k);
    this.negatives = (anchor, k) => {
      const from = far.starts[anchor];
      return isListed ? far.others.subarray(from + k, from + k + 1) : far.others.subarray(from, far.ends[anchor]);
    };
  }
}
