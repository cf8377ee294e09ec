import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Comparison } from "../../distances/distance.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { encodeLabels, type Labels } from "../../matrix/labels.ts";
import { takeRows, zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { arcMargin } from "../logits/arcMargin.ts";
import type { RequiredClassificationOptions } from "./classificationLoss.ts";
import { normalColumns } from "../logits/classVectors.ts";
import type { LogitRows } from "../logits/logitRows.ts";
import { requireDistance } from "../../distances/requireDistance.ts";
import { SoftmaxLoss, softmaxDefaults, type SoftmaxLossOptions } from "./softmaxLoss.ts";
import { SubCenterLogits } from "../logits/subCenterLogits.ts";

/** Options of {@link SubCenterArcFaceLoss}. */
export interface SubCenterArcFaceLossOptions extends SoftmaxLossOptions {
  /** The angle added to that between an embedding and its own class, in degrees. Default 28.6. */
  readonly margin: number;
  /** What cosines are multiplied by, > 0. Default 64. */
  readonly scale: number;
  /** How many centers a class has, >= 1. Default 3. */
  readonly subCenters: number;
}

const defaults: SubCenterArcFaceLossOptions = { ...softmaxDefaults, margin: 28.6, scale: 64, subCenters: 3 };

/** What {@link SubCenterArcFaceLoss.getOutliers} finds. */
export interface Outliers {
  /** The rows that are far from the dominant center of their class, ascending. */
  readonly outliers: Int32Array;
  /** The dominant center of each class, a column each (embeddingSize x numClasses); 0 for classes without samples. */
  readonly dominantCenters: Matrix;
}

/**
 * ArcFaceLoss with several centers a class, of which the nearest counts, so that mislabelled and unusual samples gather
 * around centers of their own.
 *
 *     cos theta_ij = max over the centers w of class j of cos(x_i, w)
 *     L_i = -log( e^(scale t_i) / (e^(scale t_i) + sum_{j != y_i} e^(scale cos theta_ij)) )
 *
 * with the margin t_i of ArcFaceLoss. One item an anchor. Needs no pairs. Distance CosineSimilarity (no other), default
 * reducer MeanReducer. Class weights and sampled classes as in {@link SoftmaxLossOptions}.
 *
 * Parameter: W (embeddingSize x numClasses subCenters), the centers of class c in columns c subCenters and on, drawn from a
 * normal distribution.
 *
 * Source: Deng et al., "Sub-center ArcFace: Boosting Face Recognition by Large-Scale Noisy Web Faces" (ECCV 2020).
 */
export class SubCenterArcFaceLoss extends SoftmaxLoss {
  readonly name = "SubCenterArcFaceLoss";
  /** In radians. */
  readonly margin: number;
  readonly scale: number;
  readonly subCenters: number;

  constructor(options: Partial<SubCenterArcFaceLossOptions> & RequiredClassificationOptions) {
    const given = withDefaults(options, defaults, "SubCenterArcFaceLoss");
    const subCenters = checkNumber(given.subCenters, "subCenters", { atLeast: 1, integer: true });
    super(given, normalColumns("W", subCenters));
    requireDistance(this, CosineSimilarity);
    this.margin = (checkNumber(given.margin, "margin", { atLeast: 0, atMost: 180 }) * Math.PI) / 180;
    this.scale = checkNumber(given.scale, "scale", { above: 0 });
    this.subCenters = subCenters;
  }

  /** The centers, live. */
  get W(): Matrix {
    return this.parameters.W;
  }

  /**
   * Finds samples that are probably mislabelled: the dominant center of a class is the nearest of most of its samples (of
   * the first among equals), and an outlier is further from it than a threshold.
   *
   * @param embeddings n x embeddingSize
   * @param labels one a row
   * @param options threshold: in degrees, from 0 to 180, default 75
   * @throws RangeError when a label is no class's
   */
  getOutliers(embeddings: MatrixLike, labels: Labels, options?: { readonly threshold?: number }): Outliers {
    const { threshold } = withDefaults(options, { threshold: 75 }, `${this.name}.getOutliers`);
    checkNumber(threshold, "threshold", { atLeast: 0, atMost: 180 });
    const matrix = this.embeddingsOf(embeddings);
    const encoded = encodeLabels(labels, "labels");
    if (labels.length !== matrix.rows)
      throw new RangeError(
        `labels has ${labels.length} entries for ${matrix.rows} embeddings; each row needs one label`,
      );
    const codes = this.codesOf({ ...encoded, labels });
    const samplesOf = new Map<number, number[]>();
    codes.forEach((code, i) => {
      const samples = samplesOf.get(code);
      if (samples === undefined) samplesOf.set(code, [i]);
      else samples.push(i);
    });

    const limit = Math.cos((threshold * Math.PI) / 180);
    const dominantCenters = zeros(this.embeddingSize, this.numClasses);
    const outliers: number[] = [];
    for (const [code, samples] of samplesOf) {
      const centers = this.vectors.rows(Int32Array.of(code));
      const { data, cols } = this.distance.matrix(takeRows(matrix, samples), centers);
      const dominant = mostFrequentLargest(data, cols);
      for (let k = 0; k < centers.cols; k++)
        dominantCenters.data[k * this.numClasses + code] = centers.data[dominant * centers.cols + k];
      samples.forEach((i, r) => {
        if (data[r * cols + dominant] < limit) outliers.push(i);
      });
    }
    return { outliers: Int32Array.from(outliers).sort(), dominantCenters };
  }

  protected logitRows(workspace: Workspace, { reference }: Comparison): LogitRows {
    return new SubCenterLogits(workspace, this.scale, arcMargin(this.margin), this.subCenters, reference.rows);
  }
}

/** The column that holds the largest entry of most rows. */
function mostFrequentLargest(data: Float32Array, cols: number): number {
  const wins = new Int32Array(cols);
  for (let start = 0; start < data.length; start += cols) {
    const row = data.subarray(start, start + cols);
    wins[row.indexOf(row.reduce((max, x) => Math.max(max, x)))]++;
  }
  return wins.indexOf(wins.reduce((max, x) => Math.max(max, x)));
}
