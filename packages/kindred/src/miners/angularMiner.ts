import { LpDistance } from "../distances/lpDistance.ts";
import { borrow, heap } from "../kernels/runtime.ts";
import type { Batch } from "../batch/batch.ts";
import { orderByClass } from "../batch/pairRows.ts";
import { checkNumber, describe, withDefaults } from "../matrix/checks.ts";
import { rowView, type Matrix } from "../matrix/matrix.ts";
import type { Triplets } from "../tuples/tuples.ts";
import { AngleFigures, noAngles, type AngularFigures } from "./search/angleFigures.ts";
import { AnchorSample } from "./search/anchorSample.ts";
import { checkNormalizedEuclidean } from "./search/normalizedEuclidean.ts";
import { minerDefaults, TupleMiner, type Mined, type MinerOptions } from "./tupleMiner.ts";

/** Options of {@link AngularMiner}. */
export interface AngularMinerOptions extends MinerOptions {
  /** Triplets with a larger angle are kept; in degrees, 0 .. 90. Default 20. */
  readonly angle: number;
  /** Whether `statistics` tells of the angles, which all triplets are looked at for. Default false. */
  readonly collectStats: boolean;
}

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
export class AngularMiner extends TupleMiner<Triplets<Int32Array>, AngularFigures> {
  readonly name = "AngularMiner";
  readonly angle: number;
  readonly collectStats: boolean;

  /** @throws TypeError for another distance */
  constructor(options?: Partial<AngularMinerOptions>) {
    const defaults = { ...minerDefaults, distance: new LpDistance(), angle: 20, collectStats: false };
    const given = withDefaults<AngularMinerOptions>(options, defaults, "AngularMiner");
    super(given, noAngles);
    checkNormalizedEuclidean(this.distance, "AngularMiner");
    this.angle = checkNumber(given.angle, "angle", { atLeast: 0, atMost: 90 });
    this.collectStats = given.collectStats;
    if (typeof this.collectStats !== "boolean")
      throw new TypeError(`collectStats is ${describe(this.collectStats)}; give true or false`);
  }

  protected collect(batch: Batch): Mined<Triplets<Int32Array>, AngularFigures> {
    const references = new References(batch);
    const sample = new AnchorSample(this.maxTuplesPerAnchor, this.random);
    const figures = this.collectStats ? new AngleFigures(this.angle) : null;
    const pairs = new PairBlock(batch.embeddings, references.matrix);
    // atan(x / 2y) > angle is the same as y^2 < x^2 / 4 tan^2(angle)
    const factor = this.angle === 90 ? 0 : 1 / (4 * Math.tan((this.angle * Math.PI) / 180) ** 2);
    for (let anchor = 0; anchor < batch.embeddings.rows; anchor++) {
      const code = batch.codes![anchor];
      for (let place = references.starts[code]; place < references.starts[code + 1]; place++) {
        const positive = references.order[place];
        if (batch.reference === null && positive === anchor) continue;
        pairs.add(anchor, positive);
        if (pairs.isFull) this.#mineBlock(pairs, batch, references, factor, sample, figures);
      }
    }
    this.#mineBlock(pairs, batch, references, factor, sample, figures);
    return { tuples: sample.toTriplets(), statistics: figures?.result() ?? noAngles };
  }

  /** Takes the triplets of a block of positive pairs, and empties it. */
  #mineBlock(
    pairs: PairBlock,
    batch: Batch,
    references: References,
    factor: number,
    sample: AnchorSample,
    figures: AngleFigures | null,
  ): void {
    if (pairs.count === 0) return;
    const { order, starts, rowSums, matrix } = references;
    const kept = new Int32Array(order.length + 1);
    const constant = matrix.cols * EPSILON ** 2;
    borrow((workspace) => {
      const { tiles } = squaredDistance.compare(workspace, pairs.centres, matrix, null, order);
      tiles.forEachRow((k, pointer) => {
        const floats = heap();
        const first = pointer >>> 2;
        const code = batch.codes![pairs.anchors[k]];
        const limit = pairs.squaredLengths[k] * factor;
        // |n - c + e|^2 = |n - c|^2 + 2 e sum(n - c) + d e^2
        const shift = constant - 2 * EPSILON * pairs.centreSums[k];
        let count = 0;
        const scan = (from: number, to: number): void => {
          for (let j = from; j < to; j++) {
            const squared = Math.max(0, floats[first + j] + 2 * EPSILON * rowSums[j] + shift);
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
}

const squaredDistance = new LpDistance({ normalizeEmbeddings: false, power: 2 });

/** The references in class order, with the sum of each one's coordinates. */
class References {
  readonly matrix: Matrix;
  readonly order: Int32Array;
  readonly starts: Int32Array;
  /** By place. */
  readonly rowSums: Float64Array;

  constructor({ embeddings, reference, referenceCodes, classes }: Batch) {
    this.matrix = reference ?? embeddings;
    const { order, starts } = orderByClass(referenceCodes!, classes.length);
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
