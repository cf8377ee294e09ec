import type { ItemKind, Reducer, ReductionContext } from "./reducer.ts";
import { Reduction, type ItemPlace, type Reduced } from "./reduction.ts";

/**
 * Reduces nothing: `evaluate` hands out the item losses with their places as `subLosses`; value and slopes are 0.
 * All items are listed, so this is for looking into small batches.
 */
export class DoNothingReducer implements Reducer {
  readonly name = "DoNothingReducer";
  readonly handsOutItems = true;

  begin({ kind }: ReductionContext): Reduction {
    return new Recorder(kind);
  }
}

/** Keeps every item and where it stands. */
class Recorder extends Reduction {
  override readonly wantsPlaces = true;
  readonly #kind: ItemKind;
  readonly #losses: number[] = [];
  readonly #places: number[][] = [];
  readonly #ranks: number[] = [];

  constructor(kind: ItemKind) {
    super();
    this.#kind = kind;
  }

  override locate(count: number, place: ItemPlace, rank: (k: number) => number): void {
    for (let k = 0; k < count; k++) {
      this.#places.push(place(k));
      this.#ranks.push(rank(k));
    }
  }

  protected take(anchor: number, losses: Float64Array, count: number, weights: Float64Array): void {
    for (let k = 0; k < count; k++) {
      this.#losses.push(losses[k]);
      if (losses[k] !== 0) this.activeItems++;
    }
    if (this.#kind === "element")
      this.locate(
        count,
        () => [anchor],
        () => 0,
      );
    weights.fill(0, 0, count);
  }

  result(): Reduced {
    const order = this.#losses.map((_, k) => k).sort((a, b) => this.#ranks[a] - this.#ranks[b] || this.#compare(a, b));
    const width = this.#places[0]?.length ?? 0;
    const indices = Array.from({ length: width }, (_, w) => Int32Array.from(order, (k) => this.#places[k][w]));
    return {
      value: 0,
      scale: 0,
      subLoss: { losses: Float64Array.from(order, (k) => this.#losses[k]), indices, reductionType: this.#kind },
    };
  }

  #compare(a: number, b: number): number {
    const [x, y] = [this.#places[a], this.#places[b]];
    for (let w = 0; w < x.length; w++) if (x[w] !== y[w]) return x[w] - y[w];
    return 0;
  }
}
