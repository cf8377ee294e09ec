import { Reduction, type ItemKind, type Reduced, type Reducer, type ReductionContext } from "./reducer.ts";

/**
 * Reduces nothing: `evaluate` hands out the item losses with their places as `subLosses`; value and slopes are 0.
 * All items are listed, so this is for looking into small batches.
 */
export class DoNothingReducer implements Reducer {
  readonly name = "DoNothingReducer";

  begin({ kind }: ReductionContext): Recorder {
    return new Recorder(kind);
  }
}

/** Keeps every item and where it stands. */
export class Recorder extends Reduction {
  readonly #kind: ItemKind;
  readonly #losses: number[] = [];
  readonly #places: number[][] = [];
  readonly #ranks: number[] = [];

  constructor(kind: ItemKind) {
    super();
    this.#kind = kind;
  }

  /**
   * Says where the items of the next {@link Reduction.weigh} stand.
   *
   * @param place the k-th item's anchor and what goes with it
   * @param rank where the k-th item stands among all; equal ranks are ordered by place
   */
  locate(count: number, place: (k: number) => number[], rank: (k: number) => number): void {
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
