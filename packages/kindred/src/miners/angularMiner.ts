import type { Batch } from "../batch/batch.ts";
import { LpDistance } from "../distances/lpDistance.ts";
import { borrow } from "../kernels/runtime.ts";
import { rowView, type Matrix } from "../matrix/matrix.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { flag, number } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import type { Triplets } from "../tuples/tuples.ts";
import { describeMiner } from "./minerDescription.ts";
import { minerOptions } from "./minerOptions.ts";
import { AnchorSample } from "./search/anchorSample.ts";
import { AngleFigures, noAngles, type AngularFigures } from "./search/angleFigures.ts";
import { TupleMiner, type Mined } from "./tupleMiner.ts";

const options = extendOptions(
  minerOptions(new LpDistance(), {
    only: LpDistance,
    settings: { p: 2, power: 1, normalizeEmbeddings: true },
  }),
  {
    /** Triplets with a larger angle are kept; in degrees, from 0 to 90. Default 20. */
    angle: number({ default: 20, atLeast: 0, atMost: 90 }),
    /** Whether `statistics` tells of the angles, which all triplets are looked at for. Default false. */
    collectStats: flag({ default: false }),
  },
);

/** Options of {@link AngularMiner}. */
export type AngularMinerOptions = OptionsGiven<typeof options>;

/** What pytorch-metric-learning adds to every difference of coordinates, so that no distance is 0. */
const EPSILON = 1e-6;

/** Positive pairs whose centres are compared with the references in one go. */
const BLOCK = 1024;

/**
 * Triplets in which the negative sees the positive pair under a large angle: with c the middle of anchor and positive,
 *
 *     (a, p, n) is kept when atan(|a - p| / (2 |n - c|)) > angle
 *
 * Distances are Euclidean, between the embeddings as given, and the angle does not depend on their scale. The distance is
 * LpDistance, p 2, of normalized embeddings, as in pytorch-metric-learning, which does not normalize here either.
 *
 * Source: Wang, Zhou, Wen, Liu and Lin, "Deep Metric Learning with Angular Loss" (ICCV 2017).
 */
export class AngularMiner extends TupleMiner<typeof options, Triplets<Int32Array>, AngularFigures> {
  static readonly description = describeMiner({
    name: "AngularMiner",
    summary: "Triplets in which the negative sees the positive pair under a large angle.",
    paper: 'Wang, Zhou, Wen, Liu and Lin, "Deep Metric Learning with Angular Loss" (ICCV 2017)',
    gives: "triplets",
    needs: { positives: true, negatives: true },
    figures: noAngles,
    options,
  });

  protected collect(batch: Batch): Mined<Triplets<Int32Array>, AngularFigures> {
    const { angle, collectStats } = this.options;
    const { embeddings, reference, anchorRows } = batch;
    const codes = batch.codes!;
    const references = new References(batch);
    const found: Found = {
      sample: new AnchorSample(this.most, this.random),
      figures: collectStats ? new AngleFigures(angle) : null,
      // atan(x / 2y) > angle is the same as y^2 < x^2 / 4 tan^2(angle)
      factor: angle === 90 ? 0 : 1 / (4 * Math.tan((angle * Math.PI) / 180) ** 2),
    };
    const pairs = new PairBlock(embeddings, references.matrix);
    for (let anchor = 0; anchor < embeddings.rows; anchor++) {
      const code = codes[anchor];
      const own = reference === null ? anchor : (anchorRows?.[anchor] ?? -1);
      for (let place = references.starts[code]; place < references.starts[code + 1]; place++) {
        const positive = references.order[place];
        if (positive === own) continue;
        pairs.add(anchor, positive);
        if (pairs.isFull) mineBlock(pairs, codes, references, found);
      }
    }
    mineBlock(pairs, codes, references, found);
    return { tuples: found.sample.toTriplets(), statistics: found.figures?.result() ?? noAngles };
  }
}

/** What is kept of the triplets looked at, and what is told of them. */
interface Found {
  readonly sample: AnchorSample;
  readonly figures: AngleFigures | null;
  /** A triplet is kept where |n - c|^2 < factor |a - p|^2. */
  readonly factor: number;
}

/** Takes the triplets of a block of positive pairs, and empties it. */
function mineBlock(pairs: PairBlock, codes: Int32Array, references: References, found: Found): void {
  if (pairs.count === 0) return;
  const { order, starts, rowSums, matrix } = references;
  const { sample, figures, factor } = found;
  const kept = new Int32Array(order.length + 1);
  const constant = matrix.cols * EPSILON ** 2;
  borrow((workspace) => {
    const { tiles } = squaredDistance.compare(workspace, pairs.centres, { reference: matrix, referenceOrder: order });
    tiles.forEachRow((row) => {
      const distances = row.view();
      const k = row.place;
      const code = codes[pairs.anchors[k]];
      const limit = pairs.squaredLengths[k] * factor;
      // |n - c + e|^2 = |n - c|^2 + 2 e sum(n - c) + d e^2
      const shift = constant - 2 * EPSILON * pairs.centreSums[k];
      let count = 0;
      const scan = (from: number, to: number): void => {
        for (let j = from; j < to; j++) {
          const squared = Math.max(0, distances[j] + 2 * EPSILON * rowSums[j] + shift);
          kept[count] = order[j];
          if (squared < limit) count++;
          figures?.add(pairs.squaredLengths[k], squared, squared < limit);
        }
      };
      scan(0, starts[code]);
      scan(starts[code + 1], order.length);
      sample.add(pairs.anchors[k], pairs.positives[k], kept, count);
    });
  });
  pairs.clear();
}

const squaredDistance = new LpDistance({ normalizeEmbeddings: false, power: 2 });

/** The references in class order, with the sum of each one's coordinates. */
class References {
  readonly matrix: Matrix;
  readonly order: Int32Array;
  readonly starts: Int32Array;
  /** By place. */
  readonly rowSums: Float64Array;

  constructor({ embeddings, reference, prepared }: Batch) {
    this.matrix = reference ?? embeddings;
    const { order, starts } = prepared.classOrder;
    this.order = order;
    this.starts = starts;
    this.rowSums = Float64Array.from(order, (j) => sumOf(rowView(this.matrix, j)));
  }
}

/** Positive pairs, their centres and lengths. */
class PairBlock {
  readonly anchors = new Int32Array(BLOCK);
  readonly positives = new Int32Array(BLOCK);
  /** |a - p + e|^2 */
  readonly squaredLengths = new Float64Array(BLOCK);
  readonly centreSums = new Float64Array(BLOCK);
  count = 0;
  readonly #embeddings: Matrix;
  readonly #reference: Matrix;
  readonly #centres: Float32Array;

  constructor(embeddings: Matrix, reference: Matrix) {
    this.#embeddings = embeddings;
    this.#reference = reference;
    this.#centres = new Float32Array(BLOCK * embeddings.cols);
  }

  get isFull(): boolean {
    return this.count === BLOCK;
  }

  get centres(): Matrix {
    const { cols } = this.#embeddings;
    return { data: this.#centres.subarray(0, this.count * cols), rows: this.count, cols };
  }

  add(anchor: number, positive: number): void {
    const a = rowView(this.#embeddings, anchor);
    const p = rowView(this.#reference, positive);
    const k = this.count++;
    const centre = this.#centres.subarray(k * a.length, (k + 1) * a.length);
    let squared = 0;
    for (let c = 0; c < a.length; c++) {
      squared += (a[c] - p[c] + EPSILON) ** 2;
      centre[c] = (a[c] + p[c]) / 2;
    }
    this.anchors[k] = anchor;
    this.positives[k] = positive;
    this.squaredLengths[k] = squared;
    this.centreSums[k] = sumOf(centre);
  }

  clear(): void {
    this.count = 0;
  }
}

function sumOf(row: Float32Array): number {
  let sum = 0;
  for (const entry of row) sum += entry;
  return sum;
}
