import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { divisorOf, norm } from "../../distances/forms/normalization.ts";
import { borrow, heap, kernels } from "../../kernels/runtime.ts";
import { withDefaults } from "../../matrix/checks.ts";
import { zeros, type Matrix } from "../../matrix/matrix.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Batch } from "../../batch/batch.ts";
import { ClassificationLoss, classificationDefaults, type ClassificationLossOptions } from "./classificationLoss.ts";
import type { Computed } from "../core/metricLoss.ts";
import { requireDistance } from "../../distances/requireDistance.ts";

/** Options of {@link P2SGradLoss}. */
export interface P2SGradLossOptions extends Omit<ClassificationLossOptions, "embeddingSize"> {
  /** The width of the embeddings, >= 1. Required, or `embeddingSize`, which says the same. */
  readonly descriptorsDim: number;
  readonly embeddingSize: number;
}

type RequiredP2SGradOptions = Pick<P2SGradLossOptions, "numClasses"> &
  (Pick<P2SGradLossOptions, "descriptorsDim"> | Pick<P2SGradLossOptions, "embeddingSize">);

const defaults: P2SGradLossOptions = { ...classificationDefaults, descriptorsDim: NaN };

/**
 * The squared error of the cosines between an embedding and a learned vector a class, which should be 1 for the own class
 * and 0 for all others. Its slopes are those that P2SGrad gives to the cosines: no scale and no margin to choose.
 *
 *     L_i = 1/C sum_j (cos theta_ij - [j = y])^2,  y the class of i, C the number of classes
 *
 * One item an anchor. Needs no pairs; takes no tuples. Distance CosineSimilarity (no other), default reducer MeanReducer.
 *
 * Parameter: weight (embeddingSize x numClasses), one column of length 1 a class, drawn uniformly from a cube and
 * normalized. `evaluate` writes the columns back at length 1 when an optimizer has moved them off it; their slope is that
 * at length 1, with the part along the column, which that step undoes.
 *
 * Source: Zhang et al., "P2SGrad: Refined Gradients for Optimizing Deep Face Models" (CVPR 2019), equation 11.
 */
export class P2SGradLoss extends ClassificationLoss {
  readonly name = "P2SGradLoss";

  constructor(options: Partial<P2SGradLossOptions> & RequiredP2SGradOptions) {
    const given = withDefaults(options, defaults, "P2SGradLoss");
    const { descriptorsDim, embeddingSize } = given;
    const size = Number.isNaN(descriptorsDim) ? embeddingSize : descriptorsDim;
    if (!Number.isNaN(embeddingSize) && embeddingSize !== size)
      throw new RangeError(`descriptorsDim is ${descriptorsDim}, embeddingSize ${embeddingSize}; give one of the two`);
    const shape = { parameter: "weight", layout: "columns", perClass: 1 } as const;
    super(
      { ...given, embeddingSize: size },
      { ...shape, init: (random) => 2 * random.uniform() - 1 },
      new CosineSimilarity({ p: 2 }),
      new MeanReducer(),
    );
    requireDistance(this, CosineSimilarity, { p: 2, power: 1 });
    normalizeColumns(this.weight);
  }

  /** The class vectors, live. */
  get weight(): Matrix {
    return this.parameters.weight;
  }

  protected override check(batch: Batch): void {
    super.check(batch);
    if (batch.tuples !== null) throw new TypeError(`${this.name} takes no tuples; leave them out`);
  }

  protected classify(batch: Batch): Computed {
    const { embeddings, labels } = batch;
    const targets = this.codesOf(batch);
    normalizeColumns(this.weight);
    const vectors = this.vectors.rows(null);
    const count = vectors.rows;
    return borrow((workspace) => {
      const sides = this.distance.compare(workspace, embeddings, vectors);
      const reduction = this.reducerOf("loss").begin({ kind: "element", labels });
      sides.tiles.pullBack((i, row) => {
        heap()[(row >>> 2) + targets[i]] -= 1;
        const loss = kernels.dot(row, row, count) / count;
        kernels.affine(row, count, (2 * reduction.weighOne(i, loss)) / count, 0);
      });
      const result = reduction.result();
      // the slopes by the class vectors as they are compared: not pulled through their normalization
      const slopes = zeros(count, vectors.cols);
      const from = sides.reference.slopes >>> 2;
      for (let k = 0; k < slopes.data.length; k++) slopes.data[k] = result.scale * heap()[from + k];
      const gradient = zeros(embeddings.rows, embeddings.cols);
      sides.query.pullSlopes(embeddings, result.scale, gradient.data);
      return {
        ...this.total([reduction], [result]),
        embeddings: gradient,
        parameters: { weight: this.vectors.slopes(slopes, null) },
      };
    });
  }
}

/** Divides every column by its length, where float32 can tell that from 1. */
function normalizeColumns({ data, rows, cols }: Matrix): void {
  const column = new Float32Array(rows);
  for (let j = 0; j < cols; j++) {
    for (let k = 0; k < rows; k++) column[k] = data[k * cols + j];
    const length = norm(column, 0, rows, 2);
    if (Math.abs(length - 1) < 2 ** -22) continue;
    for (let k = 0; k < rows; k++) data[k * cols + j] = column[k] / divisorOf(length);
  }
}
