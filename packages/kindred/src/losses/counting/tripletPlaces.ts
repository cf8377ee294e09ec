import { ownPlaces } from "../../batch/anchorRows.ts";
import type { Batch } from "../../batch/batch.ts";
import type { Comparison } from "../../distances/distance.ts";
import type { PositivePlaces } from "../../distances/stream/pairedRows.ts";
import { placesOf } from "../../matrix/classOrder.ts";
import { countOf, listTuples, rankOf } from "../../tuples/anchorLists.ts";
import { groupingOf } from "../../tuples/grouping.ts";
import { isTriplets } from "../../tuples/tuples.ts";

/** The positives of each anchor and the negatives of each of them, by their places. */
export interface TripletPlaces extends PositivePlaces {
  /** The most negatives of a positive. */
  readonly capacity: number;
  /** Good until the next call. */
  readonly negatives: (anchor: number, k: number) => Int32Array;
  /** Where in the list given the triplets of the k-th positive stood. */
  readonly rank: (anchor: number, k: number) => number;
}

/** The triplets of a batch: those that its labels make, or its tuples. */
export function tripletPlaces(batch: Batch, sides: Comparison): TripletPlaces {
  return batch.tuples === null ? new ClassTriplets(batch, sides) : listedTriplets(batch, sides);
}

/** All triplets of a batch in class order. */
class ClassTriplets implements TripletPlaces {
  readonly capacity: number;
  readonly #batch: Batch;
  readonly #sides: Comparison;
  readonly #starts: Int32Array;
  readonly #ownPlaces: Int32Array | null;
  readonly #negatives: Int32Array;
  #code = -1;
  #count = 0;

  constructor(batch: Batch, sides: Comparison) {
    this.#batch = batch;
    this.#sides = sides;
    this.#starts = batch.prepared.classOrder.starts;
    this.#ownPlaces = ownPlaces(batch);
    this.capacity = sides.reference.rows;
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

  #codeAt(place: number): number {
    return this.#batch.codes![this.#sides.query.source(place)];
  }

  /** The place of an anchor itself among the references, -1: none. */
  #ownAt(place: number): number {
    const { query, reference } = this.#sides;
    return query === reference ? place : (this.#ownPlaces?.[query.source(place)] ?? -1);
  }
}

/** Tuples: each positive of an anchor with each of its negatives, or triplets as they are given. */
function listedTriplets({ tuples, prepared, embeddings }: Batch, { query, reference }: Comparison): TripletPlaces {
  const { positives, negatives } = groupingOf(tuples!, prepared) ?? listTuples(tuples!, embeddings.rows);
  const isListed = isTriplets(tuples!);
  const placeOf = reference.order === null ? null : placesOf(reference.order);
  const far = placeOf === null ? negatives.others : negatives.others.map((other) => placeOf[other]);
  return {
    capacity: isListed ? 1 : far.length,
    count: (anchor) => countOf(positives, query.source(anchor)),
    place: (anchor, k) => {
      const other = positives.others[positives.starts[query.source(anchor)] + k];
      return placeOf === null ? other : placeOf[other];
    },
    rank: (anchor, k) => rankOf(positives, query.source(anchor), k),
    negatives: (anchor, k) => {
      const source = query.source(anchor);
      const from = negatives.starts[source];
      return isListed ? far.subarray(from + k, from + k + 1) : far.subarray(from, negatives.ends[source]);
    },
  };
}
