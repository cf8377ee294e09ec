import { Reduction, type Counting, type Counts, type Reduced } from "./reduction.ts";

/** How a {@link LinearReduction} weighs and scales. */
export interface LinearRule {
  /** Only items with low < loss < high count. */
  readonly low: number;
  readonly high: number;
  /** The weight of each anchor's items; null: 1. */
  readonly anchorWeights: Float64Array | null;
  readonly scale: "mean" | "sum" | "divisor";
}

/**
 * sum of weight x loss over the items within bounds, divided by their number ("mean"), by 1 ("sum") or by a number that
 * the loss knows ("divisor"). No item within bounds: 0.
 */
export class LinearReduction extends Reduction {
  readonly #rule: LinearRule;
  readonly #counting: { low: number; high: number; weight: number };
  #count = 0;
  #total = 0;

  constructor(rule: LinearRule) {
    super();
    this.#rule = rule;
    this.#counting = { low: rule.low, high: rule.high, weight: 1 };
  }

  #weightOf(anchor: number): number {
    return this.#rule.anchorWeights?.[anchor] ?? 1;
  }

  protected take(anchor: number, losses: Float64Array, count: number, weights: Float64Array): void {
    const { low, high } = this.#rule;
    const weight = this.#weightOf(anchor);
    let total = 0;
    for (let k = 0; k < count; k++) {
      const loss = losses[k];
      if (loss > low && loss < high) {
        total += loss;
        this.#count++;
        weights[k] = weight;
      } else {
        weights[k] = 0;
      }
    }
    this.#total += weight * total;
  }

  override weighEqual(anchor: number, loss: number, count: number): number {
    const { low, high } = this.#rule;
    const within = loss > low && loss < high ? count : 0;
    if (loss === 0) this.takeCounted(anchor, { items: count, active: 0, counted: 0, total: 0 });
    else this.takeCounted(anchor, { items: count, active: count, counted: within, total: within * loss });
    return within * this.#weightOf(anchor);
  }

  /** The object is filled anew for the next anchor. */
  override counting(anchor: number): Counting {
    this.#counting.weight = this.factor * this.#weightOf(anchor);
    return this.#counting;
  }

  override takeCounted(anchor: number, { items, active, counted, total }: Counts): void {
    const { low, high } = this.#rule;
    const weight = this.#weightOf(anchor);
    this.items += items;
    this.activeItems += weight === 0 ? 0 : counted;
    this.#count += low < 0 && high > 0 ? counted + items - active : counted;
    this.#total += weight * total;
  }

  override knownScale(items: number, divisor: number): number | null {
    const { low, high, scale } = this.#rule;
    if (scale === "sum") return 1;
    if (scale === "mean" && (low !== -Infinity || high !== Infinity)) return null;
    const by = scale === "divisor" ? divisor : items;
    return by === 0 ? 0 : 1 / by;
  }

  result(divisor = 0): Reduced {
    const { scale: kind } = this.#rule;
    const by = kind === "sum" ? 1 : kind === "mean" ? this.#count : divisor;
    const scale = by === 0 ? 0 : 1 / by;
    return { value: this.#total * scale, scale };
  }
}
