import { prefix } from "../../matrix/prefix.ts";
import { firstAbove, firstAtLeast } from "../../matrix/sortedSearch.ts";
import type { Counting, Counts } from "../../reducers/reduction.ts";

/**
 * The hinge over all triplets of an anchor, counted and not listed: with violations v = x_p - y_n, items [v]+ of which
 * those within the reduction's bounds count. One side is sorted and the other looked up in it, so P positives and N
 * negatives cost (P + N) log min(P, N).
 */
export class TripletHinge {
  readonly #sorted: Float64Array;
  readonly #sums: Float64Array;
  readonly #steps: Float64Array;
  #view: Float64Array = new Float64Array();
  readonly #counts = { items: 0, active: 0, counted: 0, total: 0 };

  /** @param capacity the most positives or negatives that an anchor has */
  constructor(capacity: number) {
    this.#sorted = new Float64Array(capacity);
    this.#sums = new Float64Array(capacity + 1);
    this.#steps = new Float64Array(capacity + 1);
  }

  /**
   * Counts the triplets of every positive with every negative, and turns x and y into the slopes of their weighted sum.
   *
   * @param x distance to each positive plus the margin; @param y distance to each negative
   * @returns good until the next call
   */
  all(x: Float64Array, y: Float64Array, counting: Counting): Counts {
    const counts = x.length <= y.length ? this.#lookUp(y, x, 1, counting) : this.#lookUp(x, y, -1, counting);
    return this.#count(x.length * y.length, counts);
  }

  /** The same for triplets that are given: the k-th positive goes with the k-th negative alone. */
  listed(x: Float64Array, y: Float64Array, { low: least, high, weight }: Counting): Counts {
    const low = Math.max(least, 0);
    let [active, counted, total] = [0, 0, 0];
    for (let k = 0; k < x.length; k++) {
      const violation = x[k] - y[k];
      x[k] = y[k] = 0;
      if (violation <= 0) continue;
      active++;
      if (violation <= low || violation >= high) continue;
      counted++;
      total += violation;
      x[k] = weight;
      y[k] = -weight;
    }
    return this.#count(x.length, { active, counted, total });
  }

  #count(items: number, { active, counted, total }: Omit<Counts, "items">): Counts {
    const counts = this.#counts;
    counts.items = items;
    counts.active = active;
    counts.counted = counted;
    counts.total = total;
    return counts;
  }

  /**
   * For each of `queries`, the run of the sorted `others` whose violation is within the bounds. With sign 1 the others
   * are positives and v = other - query; with -1 they are negatives and v = query - other.
   */
  #lookUp(
    queries: Float64Array,
    others: Float64Array,
    sign: 1 | -1,
    { low: least, high, weight }: Counting,
  ): Omit<Counts, "items"> {
    const low = Math.max(least, 0);
    const pull = -sign * weight;
    // in terms of z = sign * value the violation is other - query either way
    const sorted = (this.#view = prefix(this.#sorted, others.length, this.#view));
    for (let k = 0; k < others.length; k++) sorted[k] = sign * others[k];
    sorted.sort();
    const sums = this.#sums;
    const steps = this.#steps;
    for (let k = 0; k < others.length; k++) {
      // what is infinitely far violates nothing, and is in no sum
      sums[k + 1] = sums[k] + (sorted[k] === -Infinity ? 0 : sorted[k]);
      steps[k] = 0;
    }
    steps[others.length] = 0;
    let [active, counted, total] = [0, 0, 0];
    for (let q = 0; q < queries.length; q++) {
      // an infinite query violates nothing: 0 times it must be 0
      const query = Math.min(sign * queries[q], Number.MAX_VALUE);
      const above = firstAbove(sorted, query + low);
      const to = high === Infinity ? others.length : firstAtLeast(sorted, query + high);
      const from = Math.min(above, to);
      const count = to - from;
      active += others.length - (low === 0 ? above : firstAbove(sorted, query));
      queries[q] = pull * count;
      counted += count;
      total += sums[to] - sums[from] - count * query;
      steps[from]++;
      steps[to]--;
    }
    // how many queries each sorted place was counted with
    for (let k = 1; k < others.length; k++) steps[k] += steps[k - 1];
    for (let k = 0; k < others.length; k++) others[k] = sign * weight * steps[firstAtLeast(sorted, sign * others[k])];
    return { active, counted, total };
  }
}
