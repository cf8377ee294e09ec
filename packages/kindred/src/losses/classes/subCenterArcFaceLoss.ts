import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Comparison } from "../../distances/distance.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { encodeLabels, type Labels } from "../../matrix/labels.ts";
import { takeRows, zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number, wholeNumber } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { arcMargin } from "../logits/arcMargin.ts";
import { normalColumns, type ClassVectorShape } from "../logits/classVectors.ts";
import type { LogitRows } from "../logits/logitRows.ts";
import { SubCenterLogits } from "../logits/subCenterLogits.ts";
import { classNeeds, classTakes } from "./classificationLoss.ts";
import { SoftmaxLoss } from "./softmaxLoss.ts";
import { softmaxOptions } from "./softmaxOptions.ts";

const options = extendOptions(softmaxOptions(new CosineSimilarity(), { only: CosineSimilarity }), {
  /** The angle added to that between an embedding and its own class, in degrees from 0 to 180. Default 28.6. */
  margin: number({ default: 28.6, atLeast: 0, atMost: 180 }),
  /** What cosines are multiplied by, > 0. Default 64. */
  scale: number({ default: 64, above: 0 }),
  /** How many centers a class has, >= 1. Default 3. */
  subCenters: wholeNumber({ default: 3, atLeast: 1 }),
});

/** Options of {@link SubCenterArcFaceLoss}. */
export type SubCenterArcFaceLossOptions = OptionsGiven<typeof options>;

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
 * reducer MeanReducer. Class weights and sampled classes as in {@link SoftmaxLoss}.
 *
 * Parameter: W (embeddingSize x numClasses subCenters), the centers of class c in columns c subCenters and on, drawn from a
 * normal distribution.
 *
 * Source: Deng et al., "Sub-center ArcFace: Boosting Face Recognition by Large-Scale Noisy Web Faces" (ECCV 2020).
 */
export class SubCenterArcFaceLoss extends SoftmaxLoss<typeof options> {
  static readonly description = describeLoss({
    name: "SubCenterArcFaceLoss",
    family: "classes",
    summary:
      "An embedding should be closer in angle to the nearest center of its class than to all of others, by an angular margin.",
    paper: 'Deng et al., "Sub-center ArcFace: Boosting Face Recognition by Large-Scale Noisy Web Faces" (ECCV 2020)',
    takes: classTakes,
    needs: classNeeds,
    subLosses: { loss: "element" },
    options,
    example: ({ embeddingSize, numClasses }) => ({ embeddingSize, numClasses }),
  });

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
    encodeLabels(labels, "labels");
    if (labels.length !== matrix.rows)
      throw new RangeError(
        `labels has ${labels.length} entries for ${matrix.rows} embeddings; each row needs one label`,
      );
    const codes = this.codesOf({ labels });
    const samplesOf = new Map<number, number[]>();
    codes.forEach((code, i) => {
      const samples = samplesOf.get(code);
      if (samples === undefined) samplesOf.set(code, [i]);
      else samples.push(i);
    });

    const limit = Math.cos((threshold * Math.PI) / 180);
    const { embeddingSize, numClasses } = this.options;
    const dominantCenters = zeros(embeddingSize, numClasses);
    const outliers: number[] = [];
    for (const [code, samples] of samplesOf) {
      const centers = this.vectors.rows(Int32Array.of(code));
      const { data, cols } = this.distance.matrix(takeRows(matrix, samples), centers);
      const dominant = mostFrequentLargest(data, cols);
      for (let k = 0; k < centers.cols; k++)
        dominantCenters.data[k * numClasses + code] = centers.data[dominant * centers.cols + k];
      samples.forEach((i, r) => {
        if (data[r * cols + dominant] < limit) outliers.push(i);
      });
    }
    return { outliers: Int32Array.from(outliers).sort(), dominantCenters };
  }

  protected shape(): ClassVectorShape {
    return normalColumns("W", this.options.subCenters);
  }

  protected logitRows(workspace: Workspace, { reference }: Comparison): LogitRows {
    const { scale, margin, subCenters } = this.options;
    return new SubCenterLogits(workspace, scale, arcMargin((margin * Math.PI) / 180), subCenters, reference.rows);
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
