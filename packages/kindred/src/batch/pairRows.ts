import type { Comparison, Distance } from "../distances/distance.ts";
import { heap, type Workspace } from "../kernels/runtime.ts";
import {
  countOf,
  listTuples,
  rankOf,
  withoutPairsOf,
  withoutRepeats,
  type AnchorLists,
} from "../tuples/anchorLists.ts";
import type { Batch } from "./batch.ts";
import { PairRow } from "./pairRow.ts";

/**
 * How tuples are taken: as a "list", in which a pair may stand several times; as a "set", in which it counts once; or as
 * a "partition" of each anchor's pairs, in which one given as positive and as negative counts once, as positive.
 */
export type TupleMeaning = "list" | "set" | "partition";

export type PairRowVisitor = (row: PairRow) => void;

/**
 * Streams a batch anchor by anchor, each with its positives and negatives.
 *
 * Without tuples the references are ordered by class, so that positives and negatives of an anchor are runs of the row
 * and need no lists. With tuples the distances named are gathered beside the row and their slopes scattered back.
 */
export class PairRows {
  readonly sides: Comparison;
  readonly #source: RowSource;
  readonly #row: PairRow;

  constructor(workspace: Workspace, batch: Batch, distance: Distance, meaning: TupleMeaning) {
    const { embeddings, reference, tuples, learnReference } = batch;
    if (tuples === null) {
      const { order, starts } = orderByClass(batch.referenceCodes!, batch.classes.length);
      const queryOrder = reference === null ? order : null;
      this.sides = distance.compare(workspace, embeddings, reference, queryOrder, order, learnReference);
      this.#row = new PairRow(order.length);
      this.#source = new LabelledRows(this.sides, batch.codes!, starts, ownPlaces(batch, order));
      return;
    }
    this.sides = distance.compare(workspace, embeddings, reference, null, null, learnReference);
    const given = listTuples(tuples, embeddings.rows);
    const { rows } = this.sides.reference;
    const positives = meaning === "list" ? given.positives : withoutRepeats(given.positives, rows);
    const negatives =
      meaning === "list"
        ? given.negatives
        : meaning === "set"
          ? withoutRepeats(given.negatives, rows)
          : withoutPairsOf(given.negatives, rows, positives);
    const source = new ListedRows(workspace, this.sides, positives, negatives);
    this.#source = source;
    this.#row = new PairRow(Math.max(source.capacity, rows));
  }

  /** The most positives or negatives that a row can have. */
  get capacity(): number {
    return this.#row.values.length;
  }

  /** Visits every anchor; what the visitor leaves in the places is thrown away. */
  forEachRow(visit: PairRowVisitor): void {
    this.sides.tiles.forEachRow((place, pointer) => {
      this.#source.open(this.#row, place, pointer);
      visit(this.#row);
    });
  }

  /** Visits every anchor and pulls the slopes left in the places back to the sides. */
  pullBack(visit: PairRowVisitor): void {
    this.sides.tiles.pullBack((place, pointer) => {
      this.#source.open(this.#row, place, pointer);
      visit(this.#row);
      this.#source.close(place, pointer);
    });
  }
}

/** Where the positives and negatives of a row are found. */
interface RowSource {
  /** Points the row's places at the distances of an anchor. */
  open(row: PairRow, place: number, pointer: number): void;
  /** Leaves in the tile's row the slopes of all its references. */
  close(place: number, pointer: number): void;
}

/** References in class order: positives are the class's run without the anchor, negatives the row without that run. */
class LabelledRows implements RowSource {
  readonly #sides: Comparison;
  readonly #codes: Int32Array;
  readonly #starts: Int32Array;
  /** The place among the references where each anchor itself stands; null: nowhere, or in its own place. */
  readonly #ownPlaces: Int32Array | null;

  constructor(sides: Comparison, codes: Int32Array, starts: Int32Array, ownPlaces: Int32Array | null) {
    this.#sides = sides;
    this.#codes = codes;
    this.#starts = starts;
    this.#ownPlaces = ownPlaces;
  }

  open(row: PairRow, place: number, pointer: number): void {
    const { query, reference } = this.#sides;
    const anchor = query.source(place);
    const code = this.#codes[anchor];
    const start = this.#starts[code];
    const end = this.#starts[code + 1];
    const own = query === reference ? place : (this.#ownPlaces?.[anchor] ?? -1);
    row.anchor = anchor;
    row.positives.set(pointer, start, end, own < 0 ? end : own, own < 0 ? end : own + 1);
    row.negatives.set(pointer, 0, reference.rows, start, end);
    if (own >= 0) heap()[(pointer >>> 2) + own] = 0;
    row.positiveAt = (k) => reference.source(row.positives.place(k));
    row.negativeAt = (k) => reference.source(row.negatives.place(k));
    row.positiveRank = zero;
    row.negativeRank = zero;
  }

  close(): void {}
}

/** Pairs as listed: distances are gathered into one run, positives first, and slopes scattered into a cleared row. */
class ListedRows implements RowSource {
  readonly #sides: Comparison;
  readonly #positives: AnchorLists;
  readonly #negatives: AnchorLists;
  readonly #gathered: number;
  /** The most pairs that one anchor has. */
  readonly capacity: number;

  constructor(workspace: Workspace, sides: Comparison, positives: AnchorLists, negatives: AnchorLists) {
    this.#sides = sides;
    this.#positives = positives;
    this.#negatives = negatives;
    this.capacity = 0;
    for (let a = 0; a < sides.query.rows; a++)
      this.capacity = Math.max(this.capacity, countOf(positives, a) + countOf(negatives, a));
    this.#gathered = workspace.floats(this.capacity);
  }

  open(row: PairRow, anchor: number, pointer: number): void {
    const [positives, negatives] = [this.#positives, this.#negatives];
    const count = countOf(positives, anchor);
    gather(positives, anchor, pointer, this.#gathered);
    gather(negatives, anchor, pointer, this.#gathered + 4 * count);
    row.anchor = anchor;
    row.positives.set(this.#gathered, 0, count);
    row.negatives.set(this.#gathered, count, count + countOf(negatives, anchor));
    row.positiveAt = (k) => positives.others[positives.starts[anchor] + k];
    row.negativeAt = (k) => negatives.others[negatives.starts[anchor] + k];
    row.positiveRank = (k) => rankOf(positives, anchor, k);
    row.negativeRank = (k) => rankOf(negatives, anchor, k);
  }

  close(anchor: number, pointer: number): void {
    heap().fill(0, pointer >>> 2, (pointer >>> 2) + this.#sides.reference.rows);
    scatter(this.#positives, anchor, this.#gathered, pointer);
    scatter(this.#negatives, anchor, this.#gathered + 4 * countOf(this.#positives, anchor), pointer);
  }
}

/** Copies the entries of an anchor's others from its row into one run. */
function gather({ starts, ends, others }: AnchorLists, anchor: number, row: number, run: number): void {
  const floats = heap();
  const from = row >>> 2;
  const end = ends[anchor];
  let to = run >>> 2;
  for (let k = starts[anchor]; k < end; k++) floats[to++] = floats[from + others[k]];
}

/** Adds the entries of a run to those of an anchor's others in its row. */
function scatter({ starts, ends, others }: AnchorLists, anchor: number, run: number, row: number): void {
  const floats = heap();
  const to = row >>> 2;
  const end = ends[anchor];
  let from = run >>> 2;
  for (let k = starts[anchor]; k < end; k++) floats[to + others[k]] += floats[from++];
}

/** The place in class order of each anchor's own row of the reference, -1 where it has none. */
export function ownPlaces({ anchorRows }: Batch, order: Int32Array): Int32Array | null {
  if (anchorRows === null) return null;
  const placeOf = new Int32Array(order.length);
  order.forEach((row, place) => (placeOf[row] = place));
  return anchorRows.map((row) => (row < 0 ? -1 : placeOf[row]));
}

/** The rows of each class one after the other: class c at order[starts[c]] .. order[starts[c + 1] - 1]. */
export function orderByClass(codes: Int32Array, classes: number): { order: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(classes + 1);
  for (const code of codes) starts[code + 1]++;
  for (let c = 0; c < classes; c++) starts[c + 1] += starts[c];
  const next = starts.slice(0, classes);
  const order = new Int32Array(codes.length);
  for (let i = 0; i < codes.length; i++) order[next[codes[i]]++] = i;
  return { order, starts };
}

function zero(): number {
  return 0;
}
