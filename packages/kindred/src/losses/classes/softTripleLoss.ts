import type { Comparison } from "../../distances/distance.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import type { RequiredClassificationOptions } from "./classificationLoss.ts";
import type { LogitRows } from "../logits/logitRows.ts";
import { SoftmaxLoss, softmaxDefaults, type SoftmaxLossOptions } from "./softmaxLoss.ts";
import { SoftTripleLogits } from "../logits/softTripleLogits.ts";

/** Options of {@link SoftTripleLoss}. */
export interface SoftTripleLossOptions extends SoftmaxLossOptions {
  /** How many centers a class has, >= 1. Default 10. */
  readonly centersPerClass: number;
  /** What logits are multiplied by, > 0. Default 20. */
  readonly la: number;
  /** How soft the choice among the centers of a class is, > 0; towards 0 the nearest counts alone. Default 0.1. */
  readonly gamma: number;
  /** What is taken off the similarity to the own class. Default 0.01. */
  readonly margin: number;
}

const defaults: SoftTripleLossOptions = { ...softmaxDefaults, centersPerClass: 10, la: 20, gamma: 0.1, margin: 0.01 };

/**
 * Softmax over the similarities between an embedding and each class, which has several learned centers.
 *
 *     L_i = -log( e^(la (S_iy - margin)) / (e^(la (S_iy - margin)) + sum_{j != y} e^(la S_ij)) )
 *     S_ij = sum_k q_k s_k,  q = softmax(s / gamma),  s_k the similarity of i and the k-th center of class j
 *
 * y is the class of i. One item an anchor. Needs no pairs. Default distance CosineSimilarity (any similarity will do),
 * default reducer MeanReducer. Class weights and sampled classes as in {@link SoftmaxLossOptions}. The paper's penalty on
 * centers of one class that lie apart is SparseCentersRegularizer as `weightRegularizer`.
 *
 * Parameter: fc (embeddingSize x numClasses centersPerClass), the centers of class c in columns c centersPerClass and on,
 * drawn uniformly between +- 1 / sqrt(numClasses centersPerClass).
 *
 * Source: Qian et al., "SoftTriple Loss: Deep Metric Learning Without Triplet Sampling" (ICCV 2019), equation 7.
 */
export class SoftTripleLoss extends SoftmaxLoss {
  readonly name = "SoftTripleLoss";
  readonly centersPerClass: number;
  readonly la: number;
  readonly gamma: number;
  readonly margin: number;
  /** Logits are the similarities S, as in PML. */
  protected override readonly hasScaledLogits = false;

  constructor(options: Partial<SoftTripleLossOptions> & RequiredClassificationOptions) {
    const given = withDefaults(options, defaults, "SoftTripleLoss");
    const perClass = checkNumber(given.centersPerClass, "centersPerClass", { atLeast: 1, integer: true });
    const bound = 1 / Math.sqrt(given.numClasses * perClass);
    const shape = { parameter: "fc", layout: "columns", perClass } as const;
    super(given, { ...shape, init: (random) => bound * (2 * random.uniform() - 1) });
    if (!this.distance.isInverted)
      throw new TypeError(
        `SoftTripleLoss needs a similarity, given ${this.distance.name}; choose CosineSimilarity or DotProductSimilarity`,
      );
    this.centersPerClass = perClass;
    this.la = checkNumber(given.la, "la", { above: 0 });
    this.gamma = checkNumber(given.gamma, "gamma", { above: 0 });
    this.margin = checkNumber(given.margin, "margin");
  }

  /** The centers, live. */
  get fc(): Matrix {
    return this.parameters.fc;
  }

  protected logitRows(workspace: Workspace, { reference }: Comparison): LogitRows {
    const settings = { scale: this.la, sharpness: 1 / this.gamma, margin: this.margin };
    return new SoftTripleLogits(workspace, settings, this.centersPerClass, reference.rows);
  }
}
