import { CosineSimilarity } from "../distances/cosineSimilarity.ts";
import { distanceOption } from "../distances/distanceOption.ts";
import { divisorOf, norm, pullThroughNormalization } from "../distances/forms/normalization.ts";
import { slopeOfPower } from "../distances/forms/slopeOfPower.ts";
import type { Matrix } from "../matrix/matrix.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { wholeNumber } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import { DivisorReducer } from "../reducers/divisorReducer.ts";
import type { Reduction } from "../reducers/reduction.ts";
import { ReducedRegularizer, regularizerOptions } from "./reducedRegularizer.ts";
import { describeRegularizer } from "./regularizerDescription.ts";

const options = extendOptions(regularizerOptions(new DivisorReducer()), {
  /** How many classes there are, >= 1. Required. */
  numClasses: wholeNumber({ atLeast: 1 }),
  /** How many centers a class has, >= 2. Required. */
  centersPerClass: wholeNumber({ atLeast: 2 }),
  /** How centers are compared: a CosineSimilarity. Default that. */
  distance: distanceOption(new CosineSimilarity(), { only: CosineSimilarity }),
});

/** Options of {@link SparseCentersRegularizer}. */
export type SparseCentersRegularizerOptions = OptionsGiven<typeof options>;

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
export class SparseCentersRegularizer extends ReducedRegularizer<typeof options> {
  static readonly description = describeRegularizer({
    name: "SparseCentersRegularizer",
    summary: "Draws the centers of a class together, so that it has no more of them than it needs.",
    paper: 'Qian et al., "SoftTriple Loss: Deep Metric Learning Without Triplet Sampling" (ICCV 2019)',
    example: () => ({ numClasses: 3, centersPerClass: 2 }),
    options,
  });

  protected override check({ rows }: Matrix): void {
    const { numClasses, centersPerClass } = this.options;
    const needed = numClasses * centersPerClass;
    if (rows !== needed)
      throw new RangeError(
        `x has ${rows} rows; SparseCentersRegularizer was made for ${numClasses} classes of ${centersPerClass} centers, ${needed} rows`,
      );
  }

  protected override itemsOf(): number {
    const { numClasses, centersPerClass } = this.options;
    return (numClasses * centersPerClass * (centersPerClass - 1)) / 2;
  }

  protected override divisorFor(): number {
    return 2 * this.itemsOf();
  }

  protected penalize({ data, cols }: Matrix, reduction: Reduction, slopes: Float64Array): void {
    const { centersPerClass, distance } = this.options;
    const { p } = distance;
    const size = centersPerClass * cols;
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
        for (let k = j + cols; k < size; k += cols) {
          const pair = { x: unit.subarray(j, j + cols), y: unit.subarray(k, k + cols) };
          const factor = this.#slope(pair, item++, reduction);
          for (let l = 0; l < cols; l++) {
            pulled[j + l] += factor * pair.y[l];
            pulled[k + l] += factor * pair.x[l];
          }
        }
      }
      norms.forEach((length, j) => {
        const [from, end] = [j * cols, (j + 1) * cols];
        const out = slopes.subarray(start + from, start + end);
        pullThroughNormalization(pulled.subarray(from, end), unit.subarray(from, end), { norm: length, p }, out);
      });
    }
  }

  /** Hands the item of two centers to the reduction; returns weight x slope by their cosine. */
  #slope({ x, y }: { readonly x: Float64Array; readonly y: Float64Array }, item: number, reduction: Reduction): number {
    const { power } = this.options.distance;
    let product = 0;
    for (let l = 0; l < x.length; l++) product += x[l] * y[l];
    const square = Math.max(0, 2 - 2 * product ** power);
    const weight = reduction.weighOne(item, Math.sqrt(square));
    return square < SMALLEST_SQUARE ? 0 : (-weight * slopeOfPower(product, power)) / Math.sqrt(square);
  }
}
