import { CosineSimilarity } from "../distances/cosineSimilarity.ts";
import { divisorOf, norm, pullThroughNormalization } from "../distances/forms/normalization.ts";
import { slopeOfPower } from "../distances/forms/slopeOfPower.ts";
import { requireDistance } from "../distances/requireDistance.ts";
import { checkRequired, withDefaults } from "../matrix/checks.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { DivisorReducer } from "../reducers/divisorReducer.ts";
import type { Reduction } from "../reducers/reduction.ts";
import { ReducedRegularizer, regularizerDefaults, type RegularizerOptions } from "./reducedRegularizer.ts";

/** Options of {@link SparseCentersRegularizer}. */
export interface SparseCentersRegularizerOptions extends RegularizerOptions {
  /** How many classes there are, >= 1. Required. */
  readonly numClasses: number;
  /** How many centers a class has, >= 2. Required. */
  readonly centersPerClass: number;
  /** How centers are compared: a CosineSimilarity. Default that. */
  readonly distance: CosineSimilarity | null;
}

const defaults: SparseCentersRegularizerOptions = {
  ...regularizerDefaults,
  numClasses: NaN,
  centersPerClass: NaN,
  distance: null,
};

/** 2 - 2s below this is rounding: two such centers are one, and pull at each other no more. */
const SMALLEST_SQUARE = 1e-14;

/**
 * Draws the centers of a class together, so that it has no more of them than it needs: how far apart two centers are on
 * the unit sphere.
 *
 *     R_jk = sqrt(2 - 2 s_jk),  j < k centers of one class, s their cosine
 *
 * One item a pair of centers of one class. The rows are the centers, class by class. The slope of equal centers, a pole, is
 * 0. Default reducer DivisorReducer, which divides by twice the number of pairs.
 *
 * Source: Qian et al., "SoftTriple Loss: Deep Metric Learning Without Triplet Sampling" (ICCV 2019), section 3.3.
 */
export class SparseCentersRegularizer extends ReducedRegularizer {
  readonly name = "SparseCentersRegularizer";
  readonly numClasses: number;
  readonly centersPerClass: number;
  readonly distance: CosineSimilarity;

  /** @throws RangeError when a class has fewer than two centers; TypeError when the distance is another */
  constructor(
    options: Partial<SparseCentersRegularizerOptions> &
      Pick<SparseCentersRegularizerOptions, "numClasses" | "centersPerClass">,
  ) {
    const given = withDefaults(options, defaults, "SparseCentersRegularizer");
    super(given, new DivisorReducer());
    this.numClasses = checkRequired(given.numClasses, "numClasses", "SparseCentersRegularizer", {
      atLeast: 1,
      integer: true,
    });
    this.centersPerClass = checkRequired(given.centersPerClass, "centersPerClass", "SparseCentersRegularizer", {
      atLeast: 2,
      integer: true,
    });
    this.distance = given.distance ?? new CosineSimilarity();
    requireDistance(this, CosineSimilarity);
  }

  protected override check({ rows }: Matrix): void {
    const needed = this.numClasses * this.centersPerClass;
    if (rows !== needed)
      throw new RangeError(
        `x has ${rows} rows; SparseCentersRegularizer was made for ${this.numClasses} classes of ${this.centersPerClass} centers, ${needed} rows`,
      );
  }

  protected override itemsOf(): number {
    return (this.numClasses * this.centersPerClass * (this.centersPerClass - 1)) / 2;
  }

  protected override divisorFor(): number {
    return 2 * this.itemsOf();
  }

  protected penalize({ data, cols }: Matrix, reduction: Reduction, slopes: Float64Array): void {
    const { p } = this.distance;
    const size = this.centersPerClass * cols;
    const unit = new Float64Array(size);
    const pulled = new Float64Array(size);
    for (let start = 0, item = 0; start < data.length; start += size) {
      const norms: number[] = [];
      for (let k = 0; k < size; k++) {
        if (k % cols === 0) norms.push(norm(data, start + k, cols, p));
        unit[k] = data[start + k] / divisorOf(norms[norms.length - 1]);
      }
      pulled.fill(0);
      for (let j = 0; j < size; j += cols) {
        for (let k = j + cols; k < size; k += cols) this.#pair(unit, j, k, cols, item++, reduction, pulled);
      }
      norms.forEach((length, j) => {
        const slope = pulled.subarray(j * cols, (j + 1) * cols);
        pullThroughNormalization(slope, unit, j * cols, cols, length, p, slopes, start + j * cols);
      });
    }
  }

  #pair(
    unit: Float64Array,
    j: number,
    k: number,
    cols: number,
    item: number,
    reduction: Reduction,
    pulled: Float64Array,
  ): void {
    const { power } = this.distance;
    let product = 0;
    for (let l = 0; l < cols; l++) product += unit[j + l] * unit[k + l];
    const square = Math.max(0, 2 - 2 * product ** power);
    const weight = reduction.weighOne(item, Math.sqrt(square));
    if (square < SMALLEST_SQUARE) return;
    const factor = (-weight * slopeOfPower(product, power)) / Math.sqrt(square);
    for (let l = 0; l < cols; l++) {
      pulled[j + l] += factor * unit[k + l];
      pulled[k + l] += factor * unit[j + l];
    }
  }
}
