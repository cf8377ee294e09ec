import { LpDistance } from "../distances/lpDistance.ts";
import { borrow } from "../kernels/runtime.ts";
import type { Batch } from "../batch/batch.ts";
import { checkNumber, withDefaults } from "../matrix/checks.ts";
import type { Labels } from "../matrix/labels.ts";
import type { MatrixLike } from "../matrix/matrix.ts";
import type { Random } from "../matrix/random.ts";
import { PairList } from "../tuples/indexList.ts";
import type { Pairs } from "../tuples/tuples.ts";
import { ClassRows, type ClassRow } from "../batch/classRows.ts";
import type { MineOptions } from "./miner.ts";
import { randomBelow } from "./search/randomBelow.ts";
import { minerDefaults, TupleMiner, type Mined, type MinerOptions } from "./tupleMiner.ts";

/** Options of {@link UniformHistogramMiner}. */
export interface UniformHistogramMinerOptions extends MinerOptions {
  /** Bins of equal width that the distances of a kind are put into, >= 1. Default 100. */
  readonly numBins: number;
  /** Positive pairs drawn from each bin that holds any, >= 1. Default 10. */
  readonly posPerBin: number;
  /** Negative pairs drawn from each bin that holds any, >= 1. Default 10. */
  readonly negPerBin: number;
}

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
export class UniformHistogramMiner extends TupleMiner<Pairs<Int32Array>> {
  readonly name = "UniformHistogramMiner";
  readonly numBins: number;
  readonly posPerBin: number;
  readonly negPerBin: number;

  constructor(options?: Partial<UniformHistogramMinerOptions>) {
    const defaults = { ...minerDefaults, distance: new LpDistance(), numBins: 100, posPerBin: 10, negPerBin: 10 };
    const given = withDefaults<UniformHistogramMinerOptions>(options, defaults, "UniformHistogramMiner");
    super(given, {});
    this.numBins = checkNumber(given.numBins, "numBins", { atLeast: 1, integer: true });
    this.posPerBin = checkNumber(given.posPerBin, "posPerBin", { atLeast: 1, integer: true });
    this.negPerBin = checkNumber(given.negPerBin, "negPerBin", { atLeast: 1, integer: true });
  }

  /** What `mine` would draw from: the bins of positive and of negative pairs. Draws nothing. */
  distribution(
    embeddings: MatrixLike,
    labels: Labels,
    options?: MineOptions,
  ): { readonly positives: PairHistogram; readonly negatives: PairHistogram } {
    const batch = this.check(embeddings, labels, options);
    return borrow((workspace) => {
      const { positives, negatives } = this.#fillBins(new ClassRows(workspace, batch, this.distance));
      return { positives: positives.histogram(), negatives: negatives.histogram() };
    });
  }

  protected collect(batch: Batch): Mined<Pairs<Int32Array>, object> {
    const pairs = new PairList();
    borrow((workspace) => {
      const rows = new ClassRows(workspace, batch, this.distance);
      const { positives, negatives } = this.#fillBins(rows);
      positives.draw(this.random);
      negatives.draw(this.random);
      rows.forEachRow((row) => {
        const positiveCount = positives.take(row, readPositives);
        pairs.addPositives(row.anchor, positives.taken, this.keep(positives.taken, positiveCount));
        const negativeCount = negatives.take(row, readNegatives);
        pairs.addNegatives(row.anchor, negatives.taken, this.keep(negatives.taken, negativeCount));
      });
    });
    return { tuples: pairs.toPairs(), statistics: {} };
  }

  #fillBins(rows: ClassRows): { positives: Bins; negatives: Bins } {
    const positives = new Bins(this.numBins, this.posPerBin, rows.order.length);
    const negatives = new Bins(this.numBins, this.negPerBin, rows.order.length);
    rows.forEachRow((row) => {
      positives.widen(row.positives.min(), row.positives.max());
      negatives.widen(row.negatives.min(), row.negatives.max());
    });
    positives.setEdges();
    negatives.setEdges();
    rows.forEachRow((row) => {
      positives.count(row, readPositives);
      negatives.count(row, readNegatives);
    });
    return { positives, negatives };
  }
}

/** Copies distances and references of one kind; returns how many there are. */
type Read = (row: ClassRow, values: Float64Array, others: Int32Array) => number;

const readPositives: Read = (row, values, others) => row.readPositives(values, others);
const readNegatives: Read = (row, values, others) => row.readNegatives(values, others);

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

  count(row: ClassRow, read: Read): void {
    const count = read(row, this.#values, this.#others);
    for (let k = 0; k < count; k++) this.#counts[this.#binOf(this.#values[k])]++;
  }

  /** Draws `perBin` of the pairs of each bin that holds any. */
  draw(random: Random): void {
    const perBin = this.#perBin;
    this.#counts.forEach((count, bin) => {
      const draws = this.#draws.subarray(bin * perBin, (bin + 1) * perBin);
      if (count > 0) draws.forEach((_, k) => (draws[k] = randomBelow(count, random)));
      draws.sort();
    });
  }

  /** Takes the pairs drawn of a row, each as often as it was; returns how many stand in `taken`. */
  take(row: ClassRow, read: Read): number {
    const perBin = this.#perBin;
    const count = read(row, this.#values, this.#others);
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
