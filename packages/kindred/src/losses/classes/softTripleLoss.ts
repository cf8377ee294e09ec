import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Comparison, Distance } from "../../distances/distance.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number, wholeNumber } from "../../options/kinds.ts";
import type { OptionArguments, OptionsGiven } from "../../options/option.ts";
import { describeLoss } from "../core/lossDescription.ts";
import type { ClassVectorShape } from "../logits/classVectors.ts";
import type { LogitRows } from "../logits/logitRows.ts";
import { SoftTripleLogits } from "../logits/softTripleLogits.ts";
import { classNeeds, classTakes } from "./classificationLoss.ts";
import { SoftmaxLoss } from "./softmaxLoss.ts";
import { softmaxOptions } from "./softmaxOptions.ts";

const options = extendOptions(softmaxOptions<Distance>(new CosineSimilarity()), {
  /** How many centers a class has, >= 1. Default 10. */
  centersPerClass: wholeNumber({ default: 10, atLeast: 1 }),
  /** What logits are multiplied by, > 0. Default 20. */
  la: number({ default: 20, above: 0 }),
  /** How soft the choice among the centers of a class is, > 0; towards 0 the nearest counts alone. Default 0.1. */
  gamma: number({ default: 0.1, above: 0 }),
  /** What is taken off the similarity to the own class. Default 0.01. */
  margin: number({ default: 0.01 }),
});

/** Options of {@link SoftTripleLoss}. */
export type SoftTripleLossOptions = OptionsGiven<typeof options>;

/**
 * Softmax over the similarities between an embedding and each class, which has several learned centers.
 *
 *     L_i = -log( e^(la (S_iy - margin)) / (e^(la (S_iy - margin)) + sum_{j != y} e^(la S_ij)) )
 *     S_ij = sum_k q_k s_k,  q = softmax(s / gamma),  s_k the similarity of i and the k-th center of class j
 *
 * y is the class of i. One item an anchor. Needs no pairs. Default distance CosineSimilarity (any similarity will do),
 * default reducer MeanReducer. Class weights and sampled classes as in {@link SoftmaxLoss}. The paper's penalty on
 * centers of one class that lie apart is SparseCentersRegularizer as `weightRegularizer`.
 *
 * Parameter: fc (embeddingSize x numClasses centersPerClass), the centers of class c in columns c centersPerClass and on,
 * drawn uniformly between +- 1 / sqrt(numClasses centersPerClass).
 *
 * Source: Qian et al., "SoftTriple Loss: Deep Metric Learning Without Triplet Sampling" (ICCV 2019), equation 7.
 */
export class SoftTripleLoss extends SoftmaxLoss<typeof options> {
  static readonly description = describeLoss({
    name: "SoftTripleLoss",
    family: "classes",
    summary:
      "An embedding should be more similar to the centers of its class, of which there are several, than to those of all others.",
    paper: 'Qian et al., "SoftTriple Loss: Deep Metric Learning Without Triplet Sampling" (ICCV 2019)',
    takes: classTakes,
    needs: classNeeds,
    subLosses: { loss: "element" },
    options,
    example: ({ embeddingSize, numClasses }) => ({ embeddingSize, numClasses }),
  });
  /** Logits are the similarities S, as in PML. */
  protected override readonly hasScaledLogits = false;

  constructor(...given: OptionArguments<typeof options>) {
    super(...given);
    if (!this.distance.isInverted)
      throw new TypeError(
        `SoftTripleLoss needs a similarity, given ${this.distance.name}; choose CosineSimilarity or DotProductSimilarity`,
      );
  }

  /** The centers, live. */
  get fc(): Matrix {
    return this.parameters.fc;
  }

  protected shape(): ClassVectorShape {
    const { numClasses, centersPerClass: perClass } = this.options;
    const bound = 1 / Math.sqrt(numClasses * perClass);
    return { parameter: "fc", layout: "columns", perClass, init: (random) => bound * (2 * random.uniform() - 1) };
  }

  protected logitRows(workspace: Workspace, { reference }: Comparison): LogitRows {
    const { la, gamma, margin, centersPerClass } = this.options;
    return new SoftTripleLogits(
      workspace,
      { scale: la, sharpness: 1 / gamma, margin },
      centersPerClass,
      reference.rows,
    );
  }
}
