import type { Comparison } from "../../distances/distance.ts";
import { floatsAt } from "../../kernels/runtime.ts";

/**
 * The pairs (row i, reference i), each with its hardest negative: the nearest other reference of row i, or the nearest
 * other row of reference i, whichever is nearer. Takes n + m numbers.
 */
export class HardestNegatives {
  /** Distance of each pair, and to its hardest negative. */
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  readonly #sides: Comparison;
  /** Where in the matrix the hardest negative of each pair stands. */
  readonly #rows: Int32Array;
  readonly #columns: Int32Array;

  /** @param sides of at least one row and reference, and two of one of them */
  constructor(sides: Comparison) {
    const pairs = Math.min(sides.query.rows, sides.reference.rows);
    this.#sides = sides;
    this.positives = new Float64Array(pairs);
    this.negatives = new Float64Array(pairs).fill(Infinity);
    this.#rows = new Int32Array(pairs);
    this.#columns = new Int32Array(pairs);
    sides.tiles.forEachRow((i, row) => {
      this.#see(i, floatsAt(row, sides.reference.rows));
    });
  }

  /** Pulls back d value / d (positive - negative) of each pair. */
  pullBack(slopes: Float64Array): void {
    const pairsOfRow = new Map<number, number[]>();
    this.#rows.forEach((row, pair) => {
      const pairs = pairsOfRow.get(row);
      if (pairs === undefined) pairsOfRow.set(row, [pair]);
      else pairs.push(pair);
    });
    this.#sides.tiles.pullBack((i, row) => {
      const floats = floatsAt(row, this.#sides.reference.rows).fill(0);
      if (i < slopes.length) floats[i] = slopes[i];
      for (const pair of pairsOfRow.get(i) ?? []) floats[this.#columns[pair]] -= slopes[pair];
    });
  }

  #see(i: number, row: Float32Array): void {
    const { positives, negatives } = this;
    const pairs = positives.length;
    let nearest = -1;
    for (let j = 0; j < row.length; j++) {
      if (j === i) continue;
      if (nearest < 0 || row[j] < row[nearest]) nearest = j;
      if (j < pairs && row[j] < negatives[j]) this.#set(j, i, j, row[j]);
    }
    if (i >= pairs) return;
    positives[i] = row[i];
    if (nearest >= 0 && row[nearest] < negatives[i]) this.#set(i, i, nearest, row[nearest]);
  }

  #set(pair: number, row: number, column: number, distance: number): void {
    this.negatives[pair] = distance;
    this.#rows[pair] = row;
    this.#columns[pair] = column;
  }
}
