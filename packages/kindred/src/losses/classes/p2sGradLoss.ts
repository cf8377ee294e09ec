import type { Batch } from "../../batch/batch.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { divisorOf, norm } from "../../distances/forms/normalization.ts";
import { borrow } from "../../kernels/runtime.ts";
import { zeros, type Matrix } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { wholeNumber } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { describeLoss } from "../core/lossDescription.ts";
import type { Computed } from "../core/metricLoss.ts";
import type { ClassVectorShape } from "../logits/classVectors.ts";
import { ClassificationLoss, classNeeds, classTakes } from "./classificationLoss.ts";
import { classificationOptions } from "./classificationOptions.ts";

const options = extendOptions(
  classificationOptions(new CosineSimilarity({ p: 2 }), new MeanReducer(), {
    only: CosineSimilarity,
    settings: { p: 2, power: 1 },
  }),
  {
    /** Another name for `embeddingSize`, >= 1; one of the two is required. Default null: the other is given. */
    descriptorsDim: wholeNumber({ default: null, atLeast: 1 }),
  },
);

type Given = OptionsGiven<typeof options>;

/** Options of {@link P2SGradLoss}: the width of the embeddings stands in one of the two that say it. */
export type P2SGradLossOptions = Omit<Given, "embeddingSize" | "descriptorsDim"> &
  (
    | { readonly embeddingSize: number; readonly descriptorsDim?: number | null }
    | { readonly embeddingSize?: undefined; readonly descriptorsDim: number }
  );

const takes = { ...classTakes, tuples: "none" } as const;

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
export class P2SGradLoss extends ClassificationLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "P2SGradLoss",
    family: "classes",
    summary: "The cosine of an embedding with the vector of its class should be 1, and 0 with all others.",
    paper: 'Zhang et al., "P2SGrad: Refined Gradients for Optimizing Deep Face Models" (CVPR 2019)',
    takes: takes,
    needs: classNeeds,
    subLosses: { loss: "element" },
    options,
    example: ({ embeddingSize, numClasses }) => ({ embeddingSize, numClasses }),
  });

  constructor(given: P2SGradLossOptions) {
    super(withEmbeddingSize(given));
    const { descriptorsDim, embeddingSize } = this.options;
    if (descriptorsDim !== null && descriptorsDim !== embeddingSize)
      throw new RangeError(`descriptorsDim is ${descriptorsDim}, embeddingSize ${embeddingSize}; give one of the two`);
    normalizeColumns(this.weight);
  }

  /** The class vectors, live. */
  get weight(): Matrix {
    return this.parameters.weight;
  }

  protected shape(): ClassVectorShape {
    return { parameter: "weight", layout: "columns", perClass: 1, init: (random) => 2 * random.uniform() - 1 };
  }

  protected classify(batch: Batch): Computed {
    const { embeddings, labels } = batch;
    const targets = this.codesOf(batch);
    normalizeColumns(this.weight);
    const vectors = this.vectors.rows(null);
    const count = vectors.rows;
    return borrow((workspace) => {
      const sides = this.distance.compare(workspace, embeddings, { reference: vectors });
      const reduction = this.begin("loss", labels);
      sides.tiles.pullBack((row) => {
        const target = targets[row.place];
        row.put(target, row.at(target) - 1);
        const loss = row.dot(row) / count;
        row.affine((2 * reduction.weighOne(row.place, loss)) / count, 0);
      });
      const result = reduction.result();
      // the slopes by the class vectors as they are compared: not pulled through their normalization
      const slopes = { ...vectors, data: sides.reference.preparedSlopes(result.scale) };
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

/** The width of the embeddings under the name that all losses with class vectors have for it. */
function withEmbeddingSize(given: P2SGradLossOptions): Given {
  const isOtherName = given?.embeddingSize === undefined && typeof given?.descriptorsDim === "number";
  return isOtherName ? { ...given, embeddingSize: given.descriptorsDim } : (given as Given);
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
