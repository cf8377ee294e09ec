import type { AnchorRow } from "../../batch/anchorRow.ts";
import type { Places } from "../../kernels/places.ts";
import type { Reduction } from "../../reducers/reduction.ts";

/**
 * The squares of how far pairs of one kind lie beyond a multiple of their mean, over the whole batch:
 *
 *     [v]+^2,  v = sign (x - bound mean(x))
 *
 * Each pair pulls at its own distance and, through the mean, at those of all. So it takes three passes over a batch: the
 * mean, the items, the slopes.
 */
export class SquaredExcess {
  readonly #kind: "positives" | "negatives";
  readonly #sign: number;
  readonly #bound: number;
  #count = 0;
  #total = 0;
  /** sum of dL/dv over all pairs, before the reducer's scale. */
  #pull = 0;

  constructor(kind: "positives" | "negatives", sign: number, bound: number) {
    this.#kind = kind;
    this.#sign = sign;
    this.#bound = bound;
  }

  /** Takes an anchor's pairs into the mean. */
  addToMean(row: AnchorRow): void {
    const places = row[this.#kind];
    this.#count += places.count;
    this.#total += places.sum();
  }

  /** Hands an anchor's items [v]+^2 to the reduction, and notes what pulls at the mean: dL/dv = 2 weight [v]+. */
  takeItems(row: AnchorRow, reduction: Reduction): void {
    const { anchor, values, weights } = row;
    const places = this.#violations(row);
    const evenWeight = evenWeightOf(reduction, anchor);
    let pull = 0;
    if (evenWeight !== null) {
      const active = places.countAbove(0);
      reduction.takeCounted(anchor, { items: places.count, active, counted: active, total: places.sumOfSquares() });
      pull = evenWeight * places.sum();
    } else {
      const count = this.#weigh(row, places, reduction);
      for (let k = 0; k < count; k++) pull += weights[k] * values[k];
    }
    this.#pull += 2 * pull;
  }

  /** x <- dL/dx = scale sign (2 weight [v]+ - bound pull / count), the second term through the mean. */
  writeSlopes(row: AnchorRow, reduction: Reduction, scale: number): void {
    const { anchor, values, weights } = row;
    const factor = scale * this.#sign;
    const throughMean = (factor * this.#bound * this.#pull) / this.#count;
    const places = this.#violations(row);
    const evenWeight = evenWeightOf(reduction, anchor);
    if (evenWeight !== null) {
      places.affine(2 * factor * evenWeight, -throughMean);
      return;
    }
    const count = this.#weigh(row, places, reduction);
    for (let k = 0; k < count; k++) values[k] = 2 * factor * weights[k] * values[k] - throughMean;
    places.write(values);
  }

  /** x <- [v]+ */
  #violations(row: AnchorRow): Places {
    const places = row[this.#kind];
    places.hinge(this.#sign, (this.#bound * this.#total) / this.#count);
    return places;
  }

  /** values <- [v]+ and their weights; returns how many there are. */
  #weigh(row: AnchorRow, places: Places, reduction: Reduction): number {
    const count = places.read(row.values);
    for (let k = 0; k < count; k++) row.losses[k] = row.values[k] ** 2;
    row.weigh(row[this.#kind], reduction);
    return count;
  }
}

/** The weight that every item of an anchor has, so that none need be listed; null: each has its own. */
function evenWeightOf(reduction: Reduction, anchor: number): number | null {
  const counting = reduction.counting(anchor);
  return counting !== null && counting.low === -Infinity && counting.high === Infinity ? counting.weight : null;
}
