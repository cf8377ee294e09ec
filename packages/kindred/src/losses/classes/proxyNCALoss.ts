import type { Batch } from "../../batch/batch.ts";
import type { Distance } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { toWeights } from "../../tuples/toWeights.ts";
import { describeLoss } from "../core/lossDescription.ts";
import type { ClassVectorShape } from "../logits/classVectors.ts";
import { PlainLogits, type LogitRows } from "../logits/logitRows.ts";
import { classNeeds, classTakes } from "./classificationLoss.ts";
import { SoftmaxLoss } from "./softmaxLoss.ts";
import { softmaxOptions } from "./softmaxOptions.ts";

const options = extendOptions(softmaxOptions<Distance>(new LpDistance({ power: 2 })), {
  /** What distances are multiplied by in the exponent, > 0. Default 1. */
  softmaxScale: number({ default: 1, above: 0 }),
});

/** Options of {@link ProxyNCALoss}. */
export type ProxyNCALossOptions = OptionsGiven<typeof options>;

/**
 * NCALoss with a learned proxy for each class in place of samples: the proxy drawn at random, nearer ones more likely,
 * should be that of the embedding's class.
 *
 *     L_i = -log( e^(-a d_iy) / sum_j e^(-a d_ij) ),  a = softmaxScale, y the class of i
 *
 * One item an anchor. Needs no pairs. Tuples weigh each anchor by how often it is one in them (1 for the most frequent).
 * Similarities enter without the minus. Default distance LpDistance with power 2, default reducer MeanReducer. Class
 * weights and sampled classes as in {@link SoftmaxLoss}.
 *
 * Parameter: proxies (numClasses x embeddingSize), drawn from a normal distribution.
 *
 * Source: Movshovitz-Attias et al., "No Fuss Distance Metric Learning using Proxies" (ICCV 2017), equation 4, with the
 * own proxy in the sum too.
 */
export class ProxyNCALoss extends SoftmaxLoss<typeof options> {
  static readonly description = describeLoss({
    name: "ProxyNCALoss",
    family: "classes",
    summary: "The proxy drawn at random, nearer ones more likely, should be that of the class of the embedding.",
    paper: 'Movshovitz-Attias et al., "No Fuss Distance Metric Learning using Proxies" (ICCV 2017)',
    takes: classTakes,
    needs: classNeeds,
    subLosses: { loss: "element" },
    options,
    example: ({ embeddingSize, numClasses }) => ({ embeddingSize, numClasses }),
  });
  /** Logits are the distances themselves, as in PML. */
  protected override readonly hasScaledLogits = false;

  /** The proxies, live. */
  get proxies(): Matrix {
    return this.parameters.proxies;
  }

  protected shape(): ClassVectorShape {
    return { parameter: "proxies", layout: "rows", perClass: 1, init: (random) => random.normal() };
  }

  protected logitRows(): LogitRows {
    return new PlainLogits(-this.distance.away * this.options.softmaxScale);
  }

  /** Only anchors count: positives and negatives are taken to be of a reference, as the proxies are. */
  protected override sampleWeights({ tuples, embeddings }: Batch): Float64Array {
    return toWeights(tuples, embeddings.rows, { usingReference: true });
  }
}
