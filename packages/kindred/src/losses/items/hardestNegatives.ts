import type { Comparison } from "../../distances/distance.ts";
import type { TileRow } from "../../distances/stream/tiles.ts";
import { placesOf } from "../../matrix/classOrder.ts";
import type { Differences } from "./differences.ts";

/**
 * The pairs (row i, reference i), each with its hardest negative: the nearest other reference of row i, or the nearest
 * other row of reference i, whichever is nearer. Takes n + m numbers.
 */
export class HardestNegatives implements Differences {
  readonly sides: Comparison;
  /** Distance of each pair, and to its hardest negative. */
  readonly #positives: Float64Array;
  readonly #negatives: Float64Array;
  /** At which place of the rows and of the references the hardest negative of each pair stands. */
  readonly #rows: Int32Array;
  readonly #columns: Int32Array;
  /** Which reference stands at each place. */
  readonly #references: Int32Array;

  /** @param sides of at least one row and reference, and two of one of them */
  constructor(sides: Comparison) {
    const pairs = Math.min(sides.query.rows, sides.reference.rows);
    this.sides = sides;
    this.#positives = new Float64Array(pairs);
    this.#negatives = new Float64Array(pairs).fill(Infinity);
    this.#rows = new Int32Array(pairs);
    this.#columns = new Int32Array(pairs);
    this.#references = sides.reference.order ?? Int32Array.from({ length: sides.reference.rows }, (_, j) => j);
    sides.tiles.forEachRow((row) => {
      this.#see(row);
    });
  }

  forEach(visit: (differences: Float64Array) => void): void {
    visit(this.#differences());
  }

  pullBack(toSlopes: (differences: Float64Array) => void): void {
    const { query, tiles } = this.sides;
    const slopes = this.#differences();
    toSlopes(slopes);
    const pairsOfRow = new Map<number, number[]>();
    this.#rows.forEach((row, pair) => {
      const pairs = pairsOfRow.get(row);
      if (pairs === undefined) pairsOfRow.set(row, [pair]);
      else pairs.push(pair);
    });
    const places = placesOf(this.#references);
    tiles.pullBack((row) => {
      const i = query.source(row.place);
      const floats = row.view().fill(0);
      if (i < slopes.length) floats[places[i]] = slopes[i];
      for (const pair of pairsOfRow.get(row.place) ?? []) floats[this.#columns[pair]] -= slopes[pair];
    });
  }

  #differences(): Float64Array {
    return this.#positives.map((distance, i) => distance - this.#negatives[i]);
  }

  #see(row: TileRow): void {
    const [negatives, references] = [this.#negatives, this.#references];
    const pairs = negatives.length;
    const i = this.sides.query.source(row.place);
    const floats = row.view();
    let nearest = -1;
    for (let place = 0; place < floats.length; place++) {
      const j = references[place];
      const distance = floats[place];
      if (j === i) {
        this.#positives[i] = distance;
        continue;
      }
      if (nearest < 0 || distance < floats[nearest]) nearest = place;
      if (j < pairs && distance < negatives[j]) this.#set(j, row.place, place, distance);
    }
    if (i < pairs && nearest >= 0 && floats[nearest] < negatives[i]) this.#set(i, row.place, nearest, floats[nearest]);
  }

  #set(pair: number, row: number, column: number, distance: number): void {
    this.#negatives[pair] = distance;
    this.#rows[pair] = row;
    this.#columns[pair] = column;
  }
}
