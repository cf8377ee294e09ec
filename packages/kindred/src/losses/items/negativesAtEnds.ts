import type { AnchorRow } from "../../batch/anchorRow.ts";
import { logAddExp, logSumExp } from "./logSumExp.ts";

/**
 * The negatives at either end of each positive pair, as log-sum-exps over anchors and over references: n + m numbers
 * instead of a sum for each pair.
 *
 * In a batch by itself a sample's negatives are those it has as an anchor. With a reference the other end of a pair is no
 * anchor: its negatives are the anchors that form a negative pair with it.
 */
export class NegativesAtEnds {
  readonly #sign: number;
  readonly #isSelf: boolean;
  /** log sum e^(sign d) over the negatives of each anchor, and of each other end. */
  readonly #anchorLogs: Float64Array;
  readonly #otherLogs: Float64Array;
  /** What pulls at those sums. */
  readonly #anchorPulls: Float64Array;
  readonly #otherPulls: Float64Array;

  /**
   * @param sign 1: large distances (similarities) weigh most; -1: small ones
   * @param references how many there are; null: the batch itself
   */
  constructor(sign: 1 | -1, anchors: number, references: number | null) {
    this.#sign = sign;
    this.#isSelf = references === null;
    this.#anchorLogs = new Float64Array(anchors).fill(-Infinity);
    this.#anchorPulls = new Float64Array(anchors);
    this.#otherLogs = references === null ? this.#anchorLogs : new Float64Array(references).fill(-Infinity);
    this.#otherPulls = references === null ? this.#anchorPulls : new Float64Array(references);
  }

  /** Takes the negatives of an anchor into the sums; every anchor comes once. */
  add(row: AnchorRow): void {
    if (!this.#isSelf) {
      const count = row.negatives.read(row.values);
      for (let k = 0; k < count; k++) {
        const other = row.negatives.reference(k);
        this.#otherLogs[other] = logAddExp(this.#otherLogs[other], this.#sign * row.values[k]);
      }
    }
    this.#anchorLogs[row.anchor] = logSumExp(row.negatives, this.#sign).log;
  }

  /** log sum e^(sign d) over the negatives at both ends of a pair; -Infinity: there are none. */
  log(anchor: number, other: number): number {
    const log = this.#anchorLogs[anchor];
    return this.#isSamePlace(anchor, other) ? log : logAddExp(log, this.#otherLogs[other]);
  }

  /** Notes what the loss pulls at the logarithm of a pair: d loss / d log. */
  pull(anchor: number, other: number, slope: number): void {
    const log = this.log(anchor, other);
    if (log === -Infinity) return;
    this.#anchorPulls[anchor] += slope * Math.exp(this.#anchorLogs[anchor] - log);
    if (!this.#isSamePlace(anchor, other)) this.#otherPulls[other] += slope * Math.exp(this.#otherLogs[other] - log);
  }

  /** Replaces the distances of an anchor's negatives by d loss / d distance, when all pulls have been noted. */
  writeSlopes(row: AnchorRow): void {
    const { anchor, negatives } = row;
    const fromOthers = this.#isSelf ? null : this.#slopesFromOthers(row);
    const { total } = logSumExp(negatives, this.#sign);
    if (total > 0) negatives.affine((this.#sign * this.#anchorPulls[anchor]) / total, 0);
    if (fromOthers === null) return;
    const count = negatives.read(row.losses);
    for (let k = 0; k < count; k++) fromOthers[k] += row.losses[k];
    negatives.write(fromOthers);
  }

  /** d loss / d distance through the sums of the other ends, in the row's `values`. */
  #slopesFromOthers({ negatives, values }: AnchorRow): Float64Array {
    const count = negatives.read(values);
    for (let k = 0; k < count; k++) {
      const other = negatives.reference(k);
      const share = Math.exp(this.#sign * values[k] - this.#otherLogs[other]);
      values[k] = this.#sign * this.#otherPulls[other] * share;
    }
    return values;
  }

  #isSamePlace(anchor: number, other: number): boolean {
    return this.#isSelf && anchor === other;
  }
}
