import type { AnchorRow } from "../batch/anchorRow.ts";
import { withAnchorRows } from "../batch/anchorRows.ts";
import type { Batch } from "../batch/batch.ts";
import type { Others } from "../batch/others.ts";
import { LpDistance } from "../distances/lpDistance.ts";
import type { Labels } from "../matrix/labels.ts";
import { zeros, type Matrix, type MatrixLike } from "../matrix/matrix.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { number } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import { TripletList } from "../tuples/indexList.ts";
import type { Triplets } from "../tuples/tuples.ts";
import type { MineOptions } from "./miner.ts";
import { describeMiner } from "./minerDescription.ts";
import { minerOptions } from "./minerOptions.ts";
import { TupleMiner, type Mined } from "./tupleMiner.ts";

const options = extendOptions(
  minerOptions(new LpDistance(), {
    only: LpDistance,
    settings: { p: 2, power: 1, normalizeEmbeddings: true },
  }),
  {
    /** Closer negatives are drawn as often as if they were this far away, >= 0. Default 0.5. */
    cutoff: number({ default: 0.5, atLeast: 0 }),
    /** Negatives this far away or farther are not drawn. Default 1.4. */
    nonzeroLossCutoff: number({ default: 1.4 }),
  },
);

/** Options of {@link DistanceWeightedMiner}. */
export type DistanceWeightedMinerOptions = OptionsGiven<typeof options>;

/** What triplets are drawn from. */
export interface NegativeDistribution {
  /** n x m: row a holds how likely each reference is the negative of a triplet of anchor a. */
  readonly negativeProbabilities: Matrix;
  readonly tripletsPerAnchor: Int32Array;
}

/**
 * Random triplets whose negatives are spread evenly over distances: on a sphere of d dimensions most points are about
 * sqrt(2) apart, so each negative is weighted by the inverse of how common its distance is:
 *
 *     weight_an = 1 / q(max(d_an, cutoff)) where that is below nonzeroLossCutoff, else 0
 *     q(x) = x^(d - 2) (1 - x^2 / 4)^((d - 3) / 2)
 *
 * Each anchor gets as many triplets as there are samples of its class (itself among them); their positives are drawn
 * uniformly. An anchor without positives or without a negative of any weight gets none. The distance is LpDistance, p 2,
 * of normalized embeddings.
 *
 * Source: Wu, Manmatha, Smola and Krähenbühl, "Sampling Matters in Deep Embedding Learning" (ICCV 2017).
 */
export class DistanceWeightedMiner extends TupleMiner<typeof options, Triplets<Int32Array>> {
  static readonly description = describeMiner({
    name: "DistanceWeightedMiner",
    summary: "Random triplets whose negatives are spread evenly over distances.",
    paper: 'Wu, Manmatha, Smola and Krähenbühl, "Sampling Matters in Deep Embedding Learning" (ICCV 2017)',
    gives: "triplets",
    needs: { positives: true, negatives: true },
    options,
  });

  /** What `mine` would draw from. Draws nothing; the matrix takes n x m floats. */
  distribution(embeddings: MatrixLike, labels: Labels, options?: MineOptions): NegativeDistribution {
    const batch = this.check(embeddings, labels, options);
    const { rows } = batch.embeddings;
    const references = (batch.reference ?? batch.embeddings).rows;
    const negativeProbabilities = zeros(rows, references);
    const tripletsPerAnchor = new Int32Array(rows);
    this.#forEachAnchor(batch, (row, negatives) => {
      const { cumulated, others, count, total } = negatives;
      for (let k = 0; k < count; k++) {
        const weight = cumulated[k] - (k === 0 ? 0 : cumulated[k - 1]);
        negativeProbabilities.data[row.anchor * references + others[k]] = weight / total;
      }
      tripletsPerAnchor[row.anchor] = this.#tripletsOf(row);
    });
    return { negativeProbabilities, tripletsPerAnchor };
  }

  protected collect(batch: Batch): Mined<Triplets<Int32Array>> {
    const triplets = new TripletList();
    this.#forEachAnchor(batch, (row, negatives) => {
      const { positives, anchor } = row;
      for (let k = this.#tripletsOf(row); k > 0; k--) {
        const positive = positives.reference(this.random.integer(positives.count));
        triplets.add(anchor, positive, negatives.at(this.random.uniform()));
      }
    });
    return { tuples: triplets.toTriplets(), statistics: {} };
  }

  #tripletsOf({ classSize }: AnchorRow): number {
    return Math.min(classSize, this.most ?? Infinity);
  }

  /** Visits the anchors that have triplets, each with the weights of its negatives. */
  #forEachAnchor(batch: Batch, visit: (row: AnchorRow, negatives: WeightedNegatives) => void): void {
    const { cutoff, nonzeroLossCutoff } = this.options;
    withAnchorRows(batch, this.distance, "list", (rows) => {
      const negatives = new WeightedNegatives(rows.capacity);
      rows.forEach((row) => {
        if (row.positives.count === 0 || row.negatives.count === 0) return;
        negatives.weigh(row.negatives, batch.embeddings.cols, cutoff, nonzeroLossCutoff);
        if (negatives.total > 0) visit(row, negatives);
      });
    });
  }
}

/** The negatives of one anchor with their weights summed up, to draw from. */
class WeightedNegatives {
  readonly others: Int32Array;
  /** The weights of the first k + 1 negatives together. */
  readonly cumulated: Float64Array;
  count = 0;

  constructor(capacity: number) {
    this.others = new Int32Array(capacity);
    this.cumulated = new Float64Array(capacity);
  }

  get total(): number {
    return this.count === 0 ? 0 : this.cumulated[this.count - 1];
  }

  /** Weights, relative to the largest, which would be too large or too small a number in many dimensions. */
  weigh(others: Others, dimensions: number, cutoff: number, nonzeroLossCutoff: number): void {
    const values = this.cumulated;
    this.count = others.readWith(values, this.others);
    let largest = -Infinity;
    for (let k = 0; k < this.count; k++) {
      const distance = Math.max(values[k], cutoff);
      const logWeight =
        (2 - dimensions) * Math.log(distance) - ((dimensions - 3) / 2) * Math.log(1 - 0.25 * distance * distance);
      values[k] = distance < nonzeroLossCutoff && Number.isFinite(logWeight) ? logWeight : -Infinity;
      largest = Math.max(largest, values[k]);
    }
    let total = 0;
    for (let k = 0; k < this.count; k++) {
      if (values[k] > -Infinity) total += Math.exp(values[k] - largest);
      values[k] = total;
    }
  }

  /** The negative at a share (0 <= share < 1) of the total weight. */
  at(share: number): number {
    const weight = share * this.total;
    let from = 0;
    let to = this.count - 1;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.cumulated[middle] > weight) to = middle;
      else from = middle + 1;
    }
    // a product rounded up to the whole total ends behind the last weight
    while (from > 0 && this.cumulated[from - 1] === this.cumulated[from]) from--;
    return this.others[from];
  }
}
