import { Reduction, type Reduced } from "./reducer.ts";

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
  readonly rule: LinearRule;
  #count = 0;
  #total = 0;

  constructor(rule: LinearRule) {
    super();
    this.rule = rule;
  }

  anchorWeight(anchor: number): number {
    return this.rule.anchorWeights?.[anchor] ?? 1;
  }

  /** What the slopes of an anchor's items are multiplied by when they are within the bounds. */
  slopeWeight(anchor: number): number {
    return this.factor * this.anchorWeight(anchor);
  }

  /** Whether it takes hinges, losses of at least 0, by their number and sum, so that they need not be listed. */
  get countsHinges(): boolean {
    return this.rule.low <= 0 && this.rule.high === Infinity;
  }

  /** Takes the hinges of one anchor, `active` of them above 0: see {@link LinearReduction.countsHinges}. */
  takeHinges(anchor: number, items: number, active: number, total: number): void {
    this.takeMany(anchor, items, active, active, total);
  }

  protected take(anchor: number, losses: Float64Array, count: number, weights: Float64Array): void {
    const { low, high } = this.rule;
    const weight = this.anchorWeight(anchor);
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

  /**
   * Takes many items of one anchor that were counted and not listed.
   *
   * @param items how many there are; @param active those other than 0
   * @param counted how many of the active ones are within the bounds; @param total their sum
   */
  takeMany(anchor: number, items: number, active: number, counted: number, total: number): void {
    const { low, high } = this.rule;
    const weight = this.anchorWeight(anchor);
    this.items += items;
    this.activeItems += weight === 0 ? 0 : counted;
    this.#count += low < 0 && high > 0 ? counted + items - active : counted;
    this.#total += weight * total;
  }

  result(divisor = 0): Reduced {
    const by = this.rule.scale === "sum" ? 1 : this.rule.scale === "mean" ? this.#count : divisor;
    const scale = by === 0 ? 0 : 1 / by;
    return { value: this.#total * scale, scale };
  }
}
