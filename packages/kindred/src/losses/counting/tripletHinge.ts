import type { LinearReduction } from "../../reducers/linearReduction.ts";

/**
 * The hinge over all triplets of an anchor, counted and not listed: with violations v = x_p - y_n, items [v]+ of which
 * those within the reduction's bounds count. One side is sorted and the other looked up in it, so P positives and N
 * negatives cost (P + N) log min(P, N).
 */
export class TripletHinge {
  readonly #sorted: Float64Array;
  readonly #sums: Float64Array;
  readonly #steps: Float64Array;

  /** @param capacity the most positives or negatives that an anchor has */
  constructor(capacity: number) {
    this.#sorted = new Float64Array(capacity);
    this.#sums = new Float64Array(capacity + 1);
    this.#steps = new Float64Array(capacity + 1);
  }

  /**
   * Takes the triplets of an anchor into the reduction, and turns x and y into the slopes of their weighted sum.
   *
   * @param x distance to each positive plus the margin; @param y distance to each negative
   */
  row(
    anchor: number,
    x: Float64Array,
    positives: number,
    y: Float64Array,
    negatives: number,
    into: LinearReduction,
  ): void {
    const low = Math.max(into.rule.low, 0);
    const { high } = into.rule;
    const weight = into.anchorWeight(anchor);
    const found = { active: 0, counted: 0, total: 0 };
    if (positives <= negatives) this.#lookUp(y, negatives, x, positives, 1, low, high, weight, found);
    else this.#lookUp(x, positives, y, negatives, -1, low, high, weight, found);
    into.takeMany(anchor, positives * negatives, found.active, found.counted, found.total);
  }

  /** The same for `count` triplets that are given: the k-th positive goes with the k-th negative alone. */
  listed(anchor: number, x: Float64Array, y: Float64Array, count: number, into: LinearReduction): void {
    const low = Math.max(into.rule.low, 0);
    const { high } = into.rule;
    const weight = into.anchorWeight(anchor);
    let active = 0;
    let counted = 0;
    let total = 0;
    for (let k = 0; k < count; k++) {
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
    into.takeMany(anchor, count, active, counted, total);
  }

  /**
   * For each of `queries`, the run of the sorted `others` whose violation is within (low, high). With sign 1 the others
   * are positives and v = other - query; with -1 they are negatives and v = query - other.
   */
  #lookUp(
    queries: Float64Array,
    queryCount: number,
    others: Float64Array,
    otherCount: number,
    sign: 1 | -1,
    low: number,
    high: number,
    weight: number,
    found: { active: number; counted: number; total: number },
  ): void {
    // in terms of z = sign * value the violation is other - query either way
    const sorted = this.#sorted.subarray(0, otherCount);
    for (let k = 0; k < otherCount; k++) sorted[k] = sign * others[k];
    sorted.sort();
    const sums = this.#sums;
    const steps = this.#steps;
    for (let k = 0; k < otherCount; k++) {
      sums[k + 1] = sums[k] + sorted[k];
      steps[k] = 0;
    }
    steps[otherCount] = 0;
    for (let q = 0; q < queryCount; q++) {
      const query = sign * queries[q];
      const from = firstAbove(sorted, query + low);
      const to = high === Infinity ? otherCount : firstAtLeast(sorted, query + high);
      const count = to - from;
      found.active += otherCount - (low === 0 ? from : firstAbove(sorted, query));
      queries[q] = -sign * weight * Math.max(0, count);
      if (count <= 0) continue;
      found.counted += count;
      found.total += sums[to] - sums[from] - count * query;
      steps[from]++;
      steps[to]--;
    }
    // how many queries each sorted place was counted with
    for (let k = 1; k < otherCount; k++) steps[k] += steps[k - 1];
    for (let k = 0; k < otherCount; k++) others[k] = sign * weight * steps[firstAtLeast(sorted, sign * others[k])];
  }
}

/** The first place of an ascending list whose entry is above x. */
function firstAbove(sorted: Float64Array, x: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle] > x) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** The first place of an ascending list whose entry is at least x. */
function firstAtLeast(sorted: Float64Array, x: number): number {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle] >= x) to = middle;
    else from = middle + 1;
  }
  return from;
}
