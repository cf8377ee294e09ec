import type { TileRow } from "../distances/stream/tiles.ts";
import type { Reduction } from "../reducers/reduction.ts";
import { Others } from "./others.ts";

/**
 * One anchor with its positives and negatives. What stands in their places is a distance each when a loss is handed the
 * row, and must be d loss / d distance when it gives the row back.
 */
export class AnchorRow {
  /** The anchor's row in the embeddings. */
  anchor = 0;
  /** How much the anchor counts, by how often it stands in tuples that choose no pairs; 1 otherwise. */
  weight = 1;
  /** How many of the references are of the anchor's class, itself among them where it is one. */
  classSize = 0;
  readonly positives = new Others();
  readonly negatives = new Others();
  /** Room for as many numbers as a row has references, for the loss's own use. */
  readonly values: Float64Array;
  readonly losses: Float64Array;
  readonly weights: Float64Array;
  /** What has been pulled at the loss's own numbers, by name. */
  readonly pulls = new Map<string, number>();
  #tileRow: TileRow | null = null;

  constructor(capacity: number) {
    this.values = new Float64Array(capacity);
    this.losses = new Float64Array(capacity);
    this.weights = new Float64Array(capacity);
  }

  /** Moves to an anchor whose distances to all references stand in a row of a tile. */
  moveTo(anchor: number, row: TileRow): void {
    this.anchor = anchor;
    this.#tileRow = row;
  }

  /** Turns similarities into distances: changes the sign of the whole row. */
  negate(): void {
    this.#tileRow!.affine(-1, 0);
  }

  /** Hands `losses` of all positives to a reduction of positive pairs; `weights` holds the answer. */
  weighPositives(reduction: Reduction): void {
    this.weigh(this.positives, reduction);
  }

  /** The same for all negatives. */
  weighNegatives(reduction: Reduction): void {
    this.weigh(this.negatives, reduction);
  }

  /** The same for either of them. */
  weigh(others: Others, reduction: Reduction): void {
    const { count } = others;
    if (reduction.wantsPlaces)
      reduction.locate(
        count,
        (k) => [this.anchor, others.reference(k)],
        (k) => others.rank(k),
      );
    reduction.weigh(this.anchor, this.losses, count, this.weights);
  }

  /** Adds to the slope by one of the loss's own numbers, before the reducer's scale. */
  pullParameter(name: string, slope: number): void {
    this.pulls.set(name, (this.pulls.get(name) ?? 0) + slope);
  }

  /** Leaves the whole row without slope. */
  clear(): void {
    this.positives.fill(0);
    this.negatives.fill(0);
  }
}
