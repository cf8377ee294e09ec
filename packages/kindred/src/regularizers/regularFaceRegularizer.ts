import { CosineSimilarity } from "../distances/cosineSimilarity.ts";
import { distanceOption } from "../distances/distanceOption.ts";
import { DotProductSimilarity } from "../distances/dotProductSimilarity.ts";
import { norm, pullThroughNormalization } from "../distances/forms/normalization.ts";
import { slopeOfPower } from "../distances/forms/slopeOfPower.ts";
import { borrow } from "../kernels/runtime.ts";
import { rowView, type Matrix } from "../matrix/matrix.ts";
import { extendOptions } from "../options/extendOptions.ts";
import type { OptionsGiven } from "../options/option.ts";
import type { Reduction } from "../reducers/reduction.ts";
import { ReducedRegularizer, regularizerOptions } from "./reducedRegularizer.ts";
import { describeRegularizer } from "./regularizerDescription.ts";

const options = extendOptions(regularizerOptions(), {
  /** How class vectors are compared: CosineSimilarity or DotProductSimilarity. Default CosineSimilarity. */
  distance: distanceOption<DotProductSimilarity>(new CosineSimilarity(), { only: DotProductSimilarity }),
});

/** Options of {@link RegularFaceRegularizer}. */
export type RegularFaceRegularizerOptions = OptionsGiven<typeof options>;

/**
 * Keeps class vectors apart: the similarity of each to the one most alike.
 *
 *     R_i = max_{j != i} s_ij
 *
 * One item a row; a single row has none. The slope goes to both rows of the pair; among equals the first counts. Memory is
 * one tile, however many classes there are. Default reducer MeanReducer.
 *
 * Source: Zhao et al., "RegularFace: Deep Face Recognition via Exclusive Regularization" (CVPR 2019), equation 5.
 */
export class RegularFaceRegularizer extends ReducedRegularizer<typeof options> {
  static readonly description = describeRegularizer({
    name: "RegularFaceRegularizer",
    summary: "Keeps class vectors apart: the similarity of each to the one most alike.",
    paper: 'Zhao et al., "RegularFace: Deep Face Recognition via Exclusive Regularization" (CVPR 2019)',
    options,
  });

  protected override itemsOf(x: Matrix): number {
    return x.rows < 2 ? 0 : x.rows;
  }

  protected penalize(x: Matrix, reduction: Reduction, slopes: Float64Array): void {
    if (x.rows < 2) return;
    const { distance } = this.options;
    const nearest = new Int32Array(x.rows);
    const weights = new Float64Array(x.rows);
    borrow((workspace) => {
      distance.compare(workspace, x).tiles.forEachRow((row) => {
        const i = row.place;
        row.put(i, -Infinity);
        const largest = row.max();
        nearest[i] = row.view().indexOf(largest);
        weights[i] = reduction.weighOne(i, largest);
      });
    });
    const unit = distance.normalize(x);
    for (let i = 0; i < x.rows; i++) this.#pullPair(unit, i, nearest[i], weights[i], slopes);
    if (distance.normalizeEmbeddings) pullRows(x, unit, distance.p, slopes);
  }

  /** Adds weight ds_ij to the slopes of both rows, as they are compared. */
  #pullPair(unit: Matrix, i: number, j: number, weight: number, slopes: Float64Array): void {
    if (weight === 0) return;
    const { power } = this.options.distance;
    const [x, y] = [rowView(unit, i), rowView(unit, j)];
    const product = power === 1 ? 1 : x.reduce((sum, value, k) => sum + value * y[k], 0);
    const factor = weight * slopeOfPower(product, power);
    for (let k = 0; k < unit.cols; k++) {
      slopes[i * unit.cols + k] += factor * y[k];
      slopes[j * unit.cols + k] += factor * x[k];
    }
  }
}

/** Pulls slopes by normalized rows back to the rows themselves, in place. */
function pullRows(x: Matrix, unit: Matrix, p: number, slopes: Float64Array): void {
  const { data, cols } = x;
  for (let start = 0; start < data.length; start += cols) {
    const end = start + cols;
    const length = { norm: norm(data, start, cols, p), p };
    pullThroughNormalization(
      slopes.slice(start, end),
      unit.data.subarray(start, end),
      length,
      slopes.subarray(start, end),
    );
  }
}
