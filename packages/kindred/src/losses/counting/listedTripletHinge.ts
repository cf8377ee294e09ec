import type { TileRow } from "../../distances/stream/tiles.ts";
import type { Counting, Counts } from "../../reducers/reduction.ts";
import type { GroupedTuples } from "../../tuples/anchorLists.ts";

/** What turns the distances of a triplet into its violation: v = away (d_ap - d_an) + margin. */
interface ListedViolation {
  readonly margin: number;
  /** Which way distances grow apart: 1, or -1 for similarities. */
  readonly away: number;
}

/**
 * The hinge over triplets that are given: items [v]+ of which those within the reduction's bounds count. A triplet costs one
 * step in its anchor's row; nothing is gathered or kept beside it.
 */
export class ListedTripletHinge {
  readonly #violation: ListedViolation;
  readonly #triplets: GroupedTuples;
  /** Which reference stands at each place of a row; null: each in its own. */
  readonly #order: Int32Array | null;
  /** The anchor's distances and slopes, by reference. */
  readonly #distances: Float32Array;
  readonly #slopes: Float64Array;
  readonly #counts = { items: 0, active: 0, counted: 0, total: 0 };

  constructor(triplets: GroupedTuples, references: number, order: Int32Array | null, violation: ListedViolation) {
    this.#violation = violation;
    this.#triplets = triplets;
    this.#order = order;
    this.#distances = new Float32Array(references);
    this.#slopes = new Float64Array(references);
  }

  /** Counts the triplets of an anchor, and turns its row of distances into their slopes. Good until the next call. */
  row(anchor: number, row: TileRow, { low: least, high, weight }: Counting): Counts {
    const { starts, ends, others: positives } = this.#triplets.positives;
    const negatives = this.#triplets.negatives.others;
    const { away, margin } = this.#violation;
    const low = Math.max(least, 0);
    const floats = row.view();
    const distances = this.#read(floats);
    const slopes = this.#slopes.fill(0);
    const end = ends[anchor];
    let active = 0;
    let counted = 0;
    let total = 0;
    for (let k = starts[anchor]; k < end; k++) {
      const [positive, negative] = [positives[k], negatives[k]];
      const violation = away * (distances[positive] - distances[negative]) + margin;
      if (violation <= 0) continue;
      active++;
      if (violation <= low || violation >= high) continue;
      counted++;
      total += violation;
      slopes[positive] += weight;
      slopes[negative] -= weight;
    }
    this.#write(floats, away);
    return Object.assign(this.#counts, { items: end - starts[anchor], active, counted, total });
  }

  /** A row's distances by reference. */
  #read(row: Float32Array): Float32Array {
    const order = this.#order;
    if (order === null) return row;
    const distances = this.#distances;
    for (let place = 0; place < order.length; place++) distances[order[place]] = row[place];
    return distances;
  }

  /** Leaves the slopes in the row. */
  #write(row: Float32Array, away: number): void {
    const order = this.#order;
    const slopes = this.#slopes;
    if (order === null) for (let j = 0; j < slopes.length; j++) row[j] = away * slopes[j];
    else for (let place = 0; place < order.length; place++) row[place] = away * slopes[order[place]];
  }
}
