import type { AnchorRow } from "../../batch/anchorRow.ts";
import { countClasses } from "../../matrix/labels.ts";
import { asPairs } from "../../tuples/anchorLists.ts";
import type { Pairs, Tuples } from "../../tuples/tuples.ts";
import { SoftHistogram } from "./softHistogram.ts";

/** The histograms of the similarities of positive and of negative pairs, from -1 to 1. */
export class PairHistograms {
  readonly positives: SoftHistogram;
  readonly negatives: SoftHistogram;
  readonly #isLive: Uint8Array | null;

  /**
   * @param width of a bin
   * @param isLive whether each sample has positives: negative pairs of two that have none are left out; null: none is
   */
  constructor(width: number, isLive: Uint8Array | null) {
    const bins = { start: -1, width, bins: Math.ceil(2 / width) };
    this.positives = new SoftHistogram(bins);
    this.negatives = new SoftHistogram(bins);
    this.#isLive = isLive;
  }

  /** Counts the pairs of an anchor. */
  add(row: AnchorRow): void {
    const { positives, negatives, values } = row;
    const count = positives.read(values);
    for (let k = 0; k < count; k++) this.positives.add(values[k]);
    const negativeCount = negatives.read(values);
    for (let k = 0; k < negativeCount; k++) if (this.#counts(row, k)) this.negatives.add(values[k]);
  }

  /** Replaces an anchor's similarities by d loss / d similarity, once the histograms have their slopes. */
  writeSlopes(row: AnchorRow): void {
    const { positives, negatives, values } = row;
    const count = positives.read(values);
    for (let k = 0; k < count; k++) values[k] = this.positives.slope(values[k]);
    positives.write(values);
    const negativeCount = negatives.read(values);
    for (let k = 0; k < negativeCount; k++) values[k] = this.#counts(row, k) ? this.negatives.slope(values[k]) : 0;
    negatives.write(values);
  }

  /** Whether the k-th negative of the anchor counts. */
  #counts({ anchor, negatives }: AnchorRow, k: number): boolean {
    const isLive = this.#isLive;
    return isLive === null || isLive[anchor] === 1 || isLive[negatives.reference(k)] === 1;
  }
}

/** Whether each sample has a positive in the batch. */
export function hasPositives(codes: Int32Array, classes: number): Uint8Array {
  const counts = countClasses(codes, classes);
  return Uint8Array.from(codes, (code) => (counts[code] > 1 ? 1 : 0));
}

/** The pairs of anchors that have both, the smaller row first, so that (i, j) and (j, i) are one. */
export function unorderedPairs(tuples: Tuples): Pairs {
  const { anchors1, positives, anchors2, negatives } = asPairs(tuples);
  const [firsts, others] = sortedPairs(anchors1, positives, new Set(Array.from(anchors2)));
  const [negativeFirsts, negativeOthers] = sortedPairs(anchors2, negatives, new Set(Array.from(anchors1)));
  return { anchors1: firsts, positives: others, anchors2: negativeFirsts, negatives: negativeOthers };
}

function sortedPairs(
  anchors: ArrayLike<number>,
  others: ArrayLike<number>,
  live: ReadonlySet<number>,
): [number[], number[]] {
  const pairs = Array.from(anchors, (anchor, k) => [anchor, others[k]]).filter(([anchor]) => live.has(anchor));
  return [pairs.map(([a, b]) => Math.min(a, b)), pairs.map(([a, b]) => Math.max(a, b))];
}
