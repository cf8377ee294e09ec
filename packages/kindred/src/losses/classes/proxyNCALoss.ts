import { LpDistance } from "../../distances/lpDistance.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { isTriplets } from "../../tuples/tuples.ts";
import type { Batch } from "../../batch/batch.ts";
import type { RequiredClassificationOptions } from "./classificationLoss.ts";
import { PlainLogits, type LogitRows } from "../logits/logitRows.ts";
import { SoftmaxLoss, softmaxDefaults, type SoftmaxLossOptions } from "./softmaxLoss.ts";

/** Options of {@link ProxyNCALoss}. */
export interface ProxyNCALossOptions extends SoftmaxLossOptions {
  /** What distances are multiplied by in the exponent, > 0. Default 1. */
  readonly softmaxScale: number;
}

const defaults: ProxyNCALossOptions = { ...softmaxDefaults, softmaxScale: 1 };

/**
 * NCALoss with a learned proxy for each class in place of samples: the proxy drawn at random, nearer ones more likely,
 * should be that of the embedding's class.
 *
 *     L_i = -log( e^(-a d_iy) / sum_j e^(-a d_ij) ),  a = softmaxScale, y the class of i
 *
 * One item an anchor. Needs no pairs. Tuples weigh each anchor by how often it is one in them (1 for the most frequent).
 * Similarities enter without the minus. Default distance LpDistance with power 2, default reducer MeanReducer. Class
 * weights and sampled classes as in {@link SoftmaxLossOptions}.
 *
 * Parameter: proxies (numClasses x embeddingSize), drawn from a normal distribution.
 *
 * Source: Movshovitz-Attias et al., "No Fuss Distance Metric Learning using Proxies" (ICCV 2017), equation 4, with the
 * own proxy in the sum too.
 */
export class ProxyNCALoss extends SoftmaxLoss {
  readonly name = "ProxyNCALoss";
  readonly softmaxScale: number;
  /** Logits are the distances themselves, as in PML. */
  protected override readonly hasScaledLogits = false;

  constructor(options: Partial<ProxyNCALossOptions> & RequiredClassificationOptions) {
    const given = withDefaults(options, defaults, "ProxyNCALoss");
    const shape = { parameter: "proxies", layout: "rows", perClass: 1 } as const;
    super(given, { ...shape, init: (random) => random.normal() }, new LpDistance({ power: 2 }));
    this.softmaxScale = checkNumber(given.softmaxScale, "softmaxScale", { above: 0 });
  }

  /** The proxies, live. */
  get proxies(): Matrix {
    return this.parameters.proxies;
  }

  protected logitRows(): LogitRows {
    return new PlainLogits((this.distance.isInverted ? 1 : -1) * this.softmaxScale);
  }

  /** Only anchors count: positives and negatives are taken to be of a reference, as the proxies are. */
  protected override sampleWeights(batch: Batch): Float64Array {
    const { tuples } = batch;
    if (tuples === null) return super.sampleWeights(batch);
    const anchors = isTriplets(tuples)
      ? { anchors: tuples.anchors, positives: [], negatives: [] }
      : { anchors1: tuples.anchors1, positives: [], anchors2: tuples.anchors2, negatives: [] };
    return super.sampleWeights({ ...batch, tuples: anchors });
  }
}
