import { withAnchorRows, type AnchorRows } from "../batch/anchorRows.ts";
import type { Batch } from "../batch/batch.ts";
import type { Others } from "../batch/others.ts";
import { LpDistance } from "../distances/lpDistance.ts";
import type { Labels } from "../matrix/labels.ts";
import type { MatrixLike } from "../matrix/matrix.ts";
import type { Random } from "../matrix/random.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { wholeNumber } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import { PairList } from "../tuples/indexList.ts";
import type { Pairs } from "../tuples/tuples.ts";
import type { MineOptions } from "./miner.ts";
import { describeMiner } from "./minerDescription.ts";
import { minerOptions } from "./minerOptions.ts";
import { TupleMiner, type Mined } from "./tupleMiner.ts";

const options = extendOptions(minerOptions(new LpDistance()), {
  /** Bins of equal width that the distances of a kind are put into, from 1 to 100000. Default 100. */
  numBins: wholeNumber({ default: 100, atLeast: 1, atMost: 100000 }),
  /** Positive pairs drawn from each bin that holds any, from 1 to 1000000. Default 10. */
  posPerBin: wholeNumber({ default: 10, atLeast: 1, atMost: 1000000 }),
  /** Negative pairs drawn from each bin that holds any, from 1 to 1000000. Default 10. */
  negPerBin: wholeNumber({ default: 10, atLeast: 1, atMost: 1000000 }),
});

/** Options of {@link UniformHistogramMiner}. */
export type UniformHistogramMinerOptions = OptionsGiven<typeof options>;

/** The bins of one kind of pairs; empty lists when there is no pair. */
export interface PairHistogram {
  /** numBins + 1 equally spaced distances, from the smallest to the largest. A bin holds its lower edge, the last both. */
  readonly edges: Float64Array;
  readonly candidatesPerBin: Float64Array;
  /** Draws from each bin, with replacement. */
  readonly sampledPerBin: Int32Array;
}

/**
 * Random pairs whose distances are spread evenly: positive and negative distances are each put into bins between the
 * smallest and the largest, and as many pairs are drawn (with replacement) from every bin that holds any. Default distance
 * LpDistance.
 *
 * Source: pytorch-metric-learning.
 */
export class UniformHistogramMiner extends TupleMiner<typeof options, Pairs<Int32Array>> {
  static readonly description = describeMiner({
    name: "UniformHistogramMiner",
    summary: "Random positive and negative pairs whose distances are spread evenly.",
    paper: "pytorch-metric-learning",
    gives: "pairs",
    needs: { positives: false, negatives: false },
    options,
  });

  /** What `mine` would draw from: the bins of positive and of negative pairs. Draws nothing. */
  distribution(
    embeddings: MatrixLike,
    labels: Labels,
    options?: MineOptions,
  ): { readonly positives: PairHistogram; readonly negatives: PairHistogram } {
    const batch = this.check(embeddings, labels, options);
    return withAnchorRows(batch, this.distance, "list", (rows) => {
      const { positives, negatives } = this.#fillBins(rows);
      return { positives: positives.histogram(), negatives: negatives.histogram() };
    });
  }

  protected collect(batch: Batch): Mined<Pairs<Int32Array>> {
    const pairs = new PairList();
    withAnchorRows(batch, this.distance, "list", (rows) => {
      const { positives, negatives } = this.#fillBins(rows);
      positives.draw(this.random);
      negatives.draw(this.random);
      rows.forEach((row) => {
        const positiveCount = positives.take(row.positives);
        pairs.addPositives(row.anchor, positives.taken, this.keep(positives.taken, positiveCount));
        const negativeCount = negatives.take(row.negatives);
        pairs.addNegatives(row.anchor, negatives.taken, this.keep(negatives.taken, negativeCount));
      });
    });
    return { tuples: pairs.toPairs(), statistics: {} };
  }

  #fillBins(rows: AnchorRows): { positives: Bins; negatives: Bins } {
    const { numBins, posPerBin, negPerBin } = this.options;
    const positives = new Bins(numBins, posPerBin, rows.capacity);
    const negatives = new Bins(numBins, negPerBin, rows.capacity);
    rows.forEach((row) => {
      positives.widen(row.positives.min(), row.positives.max());
      negatives.widen(row.negatives.min(), row.negatives.max());
    });
    positives.setEdges();
    negatives.setEdges();
    rows.forEach((row) => {
      positives.count(row.positives);
      negatives.count(row.negatives);
    });
    return { positives, negatives };
  }
}

/** The bins of one kind of pairs, and what is drawn from them. */
class Bins {
  /** The references that `take` took. */
  readonly taken: Int32Array;
  readonly #edges: Float64Array;
  readonly #counts: Float64Array;
  readonly #perBin: number;
  readonly #values: Float64Array;
  readonly #others: Int32Array;
  /** Which of its pairs are drawn from each bin, ascending, `perBin` a bin; how many of them and of the pairs are past. */
  readonly #draws: Float64Array;
  readonly #drawsTaken: Int32Array;
  readonly #pairsPast: Float64Array;
  #smallest = Infinity;
  #largest = -Infinity;

  constructor(bins: number, perBin: number, references: number) {
    this.#perBin = perBin;
    this.#edges = new Float64Array(bins + 1);
    this.#counts = new Float64Array(bins);
    this.#values = new Float64Array(references);
    this.#others = new Int32Array(references);
    this.#draws = new Float64Array(bins * perBin);
    this.#drawsTaken = new Int32Array(bins);
    this.#pairsPast = new Float64Array(bins);
    this.taken = new Int32Array(bins * perBin);
  }

  get #isEmpty(): boolean {
    return this.#smallest > this.#largest;
  }

  widen(smallest: number, largest: number): void {
    this.#smallest = Math.min(this.#smallest, smallest);
    this.#largest = Math.max(this.#largest, largest);
  }

  /** Spaces the edges evenly; from both ends, so that the outer ones are exact. */
  setEdges(): void {
    const last = this.#edges.length - 1;
    const step = (this.#largest - this.#smallest) / last;
    for (let b = 0; b <= last; b++) {
      this.#edges[b] = 2 * b < last ? this.#smallest + step * b : this.#largest - step * (last - b);
    }
  }

  count(others: Others): void {
    const count = others.read(this.#values);
    for (let k = 0; k < count; k++) this.#counts[this.#binOf(this.#values[k])]++;
  }

  /** Draws `perBin` of the pairs of each bin that holds any. */
  draw(random: Random): void {
    const perBin = this.#perBin;
    this.#counts.forEach((count, bin) => {
      const draws = this.#draws.subarray(bin * perBin, (bin + 1) * perBin);
      if (count > 0) draws.forEach((_, k) => (draws[k] = random.below(count)));
      draws.sort();
    });
  }

  /** Takes the pairs drawn of a row, each as often as it was; returns how many stand in `taken`. */
  take(others: Others): number {
    const perBin = this.#perBin;
    const count = others.readWith(this.#values, this.#others);
    let taken = 0;
    for (let k = 0; k < count; k++) {
      const bin = this.#binOf(this.#values[k]);
      const rank = this.#pairsPast[bin]++;
      while (this.#drawsTaken[bin] < perBin && this.#draws[bin * perBin + this.#drawsTaken[bin]] === rank) {
        this.#drawsTaken[bin]++;
        this.taken[taken++] = this.#others[k];
      }
    }
    return taken;
  }

  histogram(): PairHistogram {
    if (this.#isEmpty)
      return { edges: new Float64Array(), candidatesPerBin: new Float64Array(), sampledPerBin: new Int32Array() };
    const sampledPerBin = Int32Array.from(this.#counts, (count) => (count > 0 ? this.#perBin : 0));
    return { edges: this.#edges, candidatesPerBin: this.#counts, sampledPerBin };
  }

  #binOf(value: number): number {
    const edges = this.#edges;
    const last = edges.length - 2;
    const width = (this.#largest - this.#smallest) / (last + 1);
    let bin = width > 0 ? Math.min(last, Math.floor((value - this.#smallest) / width)) : last;
    while (bin < last && value >= edges[bin + 1]) bin++;
    while (bin > 0 && value < edges[bin]) bin--;
    return bin;
  }
}
