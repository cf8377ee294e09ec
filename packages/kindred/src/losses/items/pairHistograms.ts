import type { PairRow } from "../../batch/pairRow.ts";
import { SoftHistogram } from "./softHistogram.ts";

/** The histograms of the similarities of positive and of negative pairs, from -1 to 1, and HistogramLoss of them. */
export class PairHistograms {
  readonly #positives: SoftHistogram;
  readonly #negatives: SoftHistogram;
  readonly #isLive: Uint8Array | null;
  #positiveCount = 0;
  #negativeCount = 0;

  /**
   * @param width of a bin
   * @param isLive whether each sample has positives: negative pairs of two that have none are left out; null: none is
   */
  constructor(width: number, isLive: Uint8Array | null) {
    const bins = { start: -1, width, bins: Math.ceil(2 / width) };
    this.#positives = new SoftHistogram(bins);
    this.#negatives = new SoftHistogram(bins);
    this.#isLive = isLive;
  }

  /** Counts the pairs of an anchor. */
  add(row: PairRow): void {
    const { positives, negatives, values } = row;
    const count = positives.read(values);
    for (let k = 0; k < count; k++) this.#positives.add(values[k]);
    this.#positiveCount += count;
    const negativeCount = negatives.read(values);
    for (let k = 0; k < negativeCount; k++) {
      if (!this.#counts(row, k)) continue;
      this.#negatives.add(values[k]);
      this.#negativeCount++;
    }
  }

  /** sum_r h-_r sum_{q <= r} h+_q over shares, 0 without pairs of either kind; readies the slopes. */
  loss(): number {
    const [positives, negatives] = [this.#positives, this.#negatives];
    if (this.#positiveCount === 0 || this.#negativeCount === 0) return 0;
    const edges = positives.counts.length;
    let [below, total] = [0, 0];
    for (let r = 0; r < edges; r++) {
      below += positives.counts[r] / this.#positiveCount;
      total += (below * negatives.counts[r]) / this.#negativeCount;
      negatives.slopes[r] = below / this.#negativeCount;
    }
    let above = 0;
    for (let r = edges - 1; r >= 0; r--) {
      above += negatives.counts[r] / this.#negativeCount;
      positives.slopes[r] = above / this.#positiveCount;
    }
    return total;
  }

  /** Replaces an anchor's similarities by d loss / d similarity. */
  writeSlopes(row: PairRow): void {
    const { positives, negatives, values } = row;
    const count = positives.read(values);
    for (let k = 0; k < count; k++) values[k] = this.#positives.slope(values[k]);
    positives.write(values);
    const negativeCount = negatives.read(values);
    for (let k = 0; k < negativeCount; k++) values[k] = this.#counts(row, k) ? this.#negatives.slope(values[k]) : 0;
    negatives.write(values);
  }

  /** Whether the k-th negative of the anchor counts. */
  #counts({ anchor, negativeAt }: PairRow, k: number): boolean {
    const isLive = this.#isLive;
    return isLive === null || isLive[anchor] === 1 || isLive[negativeAt(k)] === 1;
  }
}
