import type { Comparison, Distance } from "../distances/distance.ts";
import type { TileRow } from "../distances/stream/tiles.ts";
import { Run } from "../kernels/run.ts";
import type { Workspace } from "../kernels/runtime.ts";
import { placesOf } from "../matrix/classOrder.ts";
import {
  countOf,
  listTuples,
  withoutPairsOf,
  withoutRepeats,
  type AnchorLists,
  type GroupedTuples,
} from "../tuples/anchorLists.ts";
import { groupingOf } from "../tuples/grouping.ts";
import { AnchorRow } from "./anchorRow.ts";
import type { Batch } from "./batch.ts";

/**
 * How tuples are taken: as a "list", in which a pair may stand several times; as a "set", in which it counts once; or as
 * a "partition" of each anchor's pairs, in which one given as positive and as negative counts once, as positive.
 */
export type TupleMeaning = "list" | "set" | "partition";

type AnchorVisitor = (row: AnchorRow) => void;

/** Streams a batch anchor by anchor to `work`: see {@link AnchorRows}. */
export function withAnchorRows<T>(
  batch: Batch,
  distance: Distance,
  meaning: TupleMeaning,
  work: (rows: AnchorRows, workspace: Workspace) => T,
): T {
  const order = batch.tuples === null ? "class" : "given";
  return batch.prepared.compare(distance, order, (sides, workspace) =>
    work(new AnchorRows(workspace, batch, sides, meaning), workspace),
  );
}

/**
 * A batch anchor by anchor, each with its positives and negatives.
 *
 * Without tuples the references are ordered by class, so that positives and negatives of an anchor are runs of the row
 * and need no lists. With tuples the distances named are gathered beside the row and their slopes scattered back.
 */
export class AnchorRows {
  readonly sides: Comparison;
  readonly #finder: RowFinder;
  readonly #row: AnchorRow;

  constructor(workspace: Workspace, batch: Batch, sides: Comparison, meaning: TupleMeaning) {
    this.sides = sides;
    if (batch.tuples === null) {
      this.#finder = new ClassFinder(sides, batch);
      this.#row = new AnchorRow(sides.reference.rows);
    } else {
      const finder = new ListFinder(workspace, sides, groupsOf(batch, meaning));
      this.#finder = finder;
      this.#row = new AnchorRow(Math.max(finder.capacity, sides.reference.rows));
    }
  }

  /** The most positives or negatives that a row can have. */
  get capacity(): number {
    return this.#row.values.length;
  }

  /** Visits every anchor; what the visitor leaves in the places is thrown away. */
  forEach(visit: AnchorVisitor): void {
    this.sides.tiles.forEachRow((row) => {
      this.#finder.open(this.#row, row);
      visit(this.#row);
    });
  }

  /** Visits every anchor and pulls the slopes left in the places back to the sides. */
  pullBack(visit: AnchorVisitor): void {
    this.sides.tiles.pullBack((row) => {
      this.#finder.open(this.#row, row);
      visit(this.#row);
      this.#finder.close(row);
    });
  }
}

/** Finds the positives and negatives of an anchor in its row. */
interface RowFinder {
  /** Points the anchor's row at its distances. */
  open(anchorRow: AnchorRow, row: TileRow): void;
  /** Leaves in the tile's row the slopes of all its references. */
  close(row: TileRow): void;
}

/** References in class order: positives are the class's run without the anchor, negatives the row without that run. */
class ClassFinder implements RowFinder {
  readonly #sides: Comparison;
  readonly #codes: Int32Array;
  readonly #order: Int32Array;
  readonly #starts: Int32Array;
  /** The place among the references where each anchor itself stands; null: nowhere, or in its own place. */
  readonly #ownPlaces: Int32Array | null;

  constructor(sides: Comparison, batch: Batch) {
    this.#sides = sides;
    this.#codes = batch.codes!;
    const { order, starts } = batch.prepared.classOrder;
    this.#order = order;
    this.#starts = starts;
    this.#ownPlaces = ownPlaces(batch);
  }

  open(anchorRow: AnchorRow, row: TileRow): void {
    const { query, reference } = this.#sides;
    const anchor = query.source(row.place);
    const code = this.#codes[anchor];
    const start = this.#starts[code];
    const end = this.#starts[code + 1];
    const own = query === reference ? row.place : (this.#ownPlaces?.[anchor] ?? -1);
    anchorRow.moveTo(anchor, row);
    anchorRow.classSize = end - start;
    const hole = own < 0 ? end : own;
    anchorRow.positives.name(row, this.#order).set(row, start, end, hole, own < 0 ? end : own + 1);
    anchorRow.negatives.name(row, this.#order).set(row, 0, reference.rows, start, end);
    if (own >= 0) row.put(own, 0);
  }

  close(): void {}
}

/** The place in class order of each anchor's own row of the reference, -1 where it has none; null: nobody has one. */
export function ownPlaces({ anchorRows, prepared }: Batch): Int32Array | null {
  if (anchorRows === null) return null;
  const places = placesOf(prepared.classOrder.order);
  return anchorRows.map((row) => (row < 0 ? -1 : places[row]));
}

/** Pairs as listed: distances are gathered into one run, positives first, and slopes scattered into a cleared row. */
class ListFinder implements RowFinder {
  readonly #sides: Comparison;
  readonly #positives: AnchorLists;
  readonly #negatives: AnchorLists;
  readonly #gathered: Run;
  /** Where each reference stands in a row; null: in its own place. */
  readonly #places: Int32Array | null;
  /** The most pairs that one anchor has. */
  readonly capacity: number;

  constructor(workspace: Workspace, sides: Comparison, { positives, negatives }: GroupedTuples) {
    this.#sides = sides;
    this.#positives = positives;
    this.#negatives = negatives;
    this.#places = sides.reference.order === null ? null : placesOf(sides.reference.order);
    this.capacity = 0;
    for (let a = 0; a < sides.query.rows; a++)
      this.capacity = Math.max(this.capacity, countOf(positives, a) + countOf(negatives, a));
    this.#gathered = Run.of(workspace, this.capacity);
  }

  open(anchorRow: AnchorRow, row: TileRow): void {
    const anchor = this.#sides.query.source(row.place);
    const [positives, negatives] = [this.#positives, this.#negatives];
    const gathered = this.#gathered.view();
    const distances = row.view();
    const count = countOf(positives, anchor);
    const both = count + countOf(negatives, anchor);
    this.#gather(positives, anchor, distances, gathered, 0);
    this.#gather(negatives, anchor, distances, gathered, count);
    anchorRow.moveTo(anchor, row);
    const run = this.#gathered;
    anchorRow.positives.name(run, positives.others, positives.starts[anchor], positives.ranks).set(run, 0, count);
    const shift = negatives.starts[anchor] - count;
    anchorRow.negatives.name(run, negatives.others, shift, negatives.ranks).set(run, count, both);
  }

  close(row: TileRow): void {
    const anchor = this.#sides.query.source(row.place);
    const slopes = row.view().fill(0);
    const gathered = this.#gathered.view();
    this.#scatter(this.#positives, anchor, gathered, 0, slopes);
    this.#scatter(this.#negatives, anchor, gathered, countOf(this.#positives, anchor), slopes);
  }

  /** Copies the entries of an anchor's others from its row into the run, from `at` on. */
  #gather(
    { starts, ends, others }: AnchorLists,
    anchor: number,
    row: Float32Array,
    run: Float32Array,
    at: number,
  ): void {
    const places = this.#places;
    const end = ends[anchor];
    let to = at;
    if (places === null) for (let k = starts[anchor]; k < end; k++) run[to++] = row[others[k]];
    else for (let k = starts[anchor]; k < end; k++) run[to++] = row[places[others[k]]];
  }

  /** Adds the entries of the run, from `at` on, to those of an anchor's others in its row. */
  #scatter(
    { starts, ends, others }: AnchorLists,
    anchor: number,
    run: Float32Array,
    at: number,
    row: Float32Array,
  ): void {
    const places = this.#places;
    const end = ends[anchor];
    let from = at;
    if (places === null) for (let k = starts[anchor]; k < end; k++) row[others[k]] += run[from++];
    else for (let k = starts[anchor]; k < end; k++) row[places[others[k]]] += run[from++];
  }
}

/** The tuples of a batch by anchor, pairs that stand several times taken as they are meant. */
function groupsOf({ tuples, prepared, embeddings, reference }: Batch, meaning: TupleMeaning): GroupedTuples {
  const groups = groupingOf(tuples!, prepared) ?? listTuples(tuples!, embeddings.rows);
  if (meaning === "list") return groups;
  const { rows } = reference ?? embeddings;
  const positives = withoutRepeats(groups.positives, rows);
  const negatives =
    meaning === "set" ? withoutRepeats(groups.negatives, rows) : withoutPairsOf(groups.negatives, rows, positives);
  return { positives, negatives };
}
