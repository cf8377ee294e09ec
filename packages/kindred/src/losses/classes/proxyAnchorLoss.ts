import type { Batch } from "../../batch/batch.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import type { Distance } from "../../distances/distance.ts";
import { borrow, type Workspace } from "../../kernels/runtime.ts";
import type { Matrix, MatrixLike } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number } from "../../options/kinds.ts";
import type { OptionsGiven } from "../../options/option.ts";
import { DivisorReducer } from "../../reducers/divisorReducer.ts";
import type { Reduced, Reduction } from "../../reducers/reduction.ts";
import { toWeights } from "../../tuples/toWeights.ts";
import { describeLoss } from "../core/lossDescription.ts";
import type { Computed } from "../core/metricLoss.ts";
import type { ClassVectorShape } from "../logits/classVectors.ts";
import type { ProxyExponent, ProxySlopes, ProxySums, ProxyVisitor } from "../logits/proxySums.ts";
import { SumsByEmbedding } from "../logits/sumsByEmbedding.ts";
import { SumsByProxy } from "../logits/sumsByProxy.ts";
import { ClassificationLoss, classNeeds, classTakes } from "./classificationLoss.ts";
import { classificationOptions } from "./classificationOptions.ts";

const options = extendOptions(classificationOptions<Distance>(new CosineSimilarity(), new DivisorReducer()), {
  /** How far positives should be on the right side, and negatives on the other. Default 0.1. */
  margin: number({ default: 0.1 }),
  /** How much the hardest embeddings count beyond the rest, > 0. Default 32. */
  alpha: number({ default: 32, above: 0 }),
});

/** Options of {@link ProxyAnchorLoss}. */
export type ProxyAnchorLossOptions = OptionsGiven<typeof options>;

/**
 * A learned proxy for each class is an anchor: it pulls at the embeddings of its class and pushes all others away, the
 * hardest most.
 *
 *     posLoss_c = log( 1 + sum_{i of class c} e^(-alpha (s_ci - margin)) )
 *     negLoss_c = log( 1 + sum_{i of no class c} e^(alpha (s_ci + margin)) )
 *
 * s_ci is the similarity of proxy c and embedding i; distances that are not inverted enter negated. Tuples weigh each
 * embedding: those that stand in them less than the most frequent get w_i - 1 < 0 added to the exponent. Two sub-losses of
 * one item a class; a proxy without positives (negatives) has loss 0. Needs no pairs. Default distance CosineSimilarity;
 * default reducer DivisorReducer: posLoss is divided by the number of classes in the batch, negLoss by that of all classes.
 *
 * Parameter: proxies (numClasses x embeddingSize), drawn from a normal distribution with variance 2 / numClasses.
 *
 * Source: Kim et al., "Proxy Anchor Loss for Deep Metric Learning" (CVPR 2020), equation 4.
 */
export class ProxyAnchorLoss extends ClassificationLoss<typeof options> {
  static readonly description = describeLoss({
    name: "ProxyAnchorLoss",
    family: "classes",
    summary: "The proxy of a class pulls at the embeddings of the class and pushes all others away, the hardest most.",
    paper: 'Kim et al., "Proxy Anchor Loss for Deep Metric Learning" (CVPR 2020)',
    takes: classTakes,
    needs: classNeeds,
    subLosses: { posLoss: "element", negLoss: "element" },
    options,
    example: ({ embeddingSize, numClasses }) => ({ embeddingSize, numClasses }),
  });
  protected override readonly hasDivisor = true;

  /** The proxies, live. */
  get proxies(): Matrix {
    return this.parameters.proxies;
  }

  /**
   * The distance of each embedding to each proxy.
   *
   * @param embeddings n x embeddingSize
   * @returns n x numClasses
   */
  getLogits(embeddings: MatrixLike): Matrix {
    return this.distance.matrix(this.embeddingsOf(embeddings), this.proxies);
  }

  protected shape(): ClassVectorShape {
    const deviation = Math.sqrt(2 / this.options.numClasses);
    return { parameter: "proxies", layout: "rows", perClass: 1, init: (random) => deviation * random.normal() };
  }

  /** Positives: -alpha (s - margin); negatives: alpha (s + margin). */
  get #exponent(): ProxyExponent {
    const scale = this.distance.away * this.options.alpha;
    return { scale, constant: -scale * this.options.margin };
  }

  protected classify(batch: Batch): Computed {
    const { numClasses } = this.options;
    const codes = this.codesOf(batch);
    const divisors = [new Set(codes).size, numClasses];
    return borrow((workspace) => {
      const sums = this.#sums(workspace, batch, codes);
      const reductions = this.#begin();
      // the sub-losses have scales of their own, which must be known before slopes are added up
      const known = reductions.map((reduction, k) => reduction.knownScale(numClasses, divisors[k]));
      let results: readonly Reduced[];
      let slopes: ProxySlopes;
      if (known.every((scale) => scale !== null)) {
        reductions.forEach((reduction, k) => reduction.scaledBy(known[k]));
        slopes = sums.pullBack(weighedBy(reductions));
        results = reductions.map((reduction, k) => reduction.result(divisors[k]));
      } else {
        sums.forEach(weighedBy(reductions));
        results = reductions.map((reduction, k) => reduction.result(divisors[k]));
        slopes = sums.pullBack(weighedBy(this.#begin().map((reduction, k) => reduction.scaledBy(results[k].scale))));
      }
      return {
        ...this.total(reductions, results),
        embeddings: slopes.embeddings,
        parameters: { proxies: slopes.proxies },
      };
    });
  }

  #sums(workspace: Workspace, { embeddings, tuples }: Batch, codes: Int32Array): ProxySums {
    const { distance, proxies } = this;
    // w_i - 1
    const offsets = tuples === null ? null : toWeights(tuples, embeddings.rows).map((weight) => weight - 1);
    const terms = { proxies, embeddings, codes, exponent: this.#exponent, offsets };
    // a distance that tells its sides apart is that from an embedding to a proxy, so that proxies must be columns
    return distance.isSymmetric
      ? new SumsByProxy(workspace, distance, terms)
      : new SumsByEmbedding(workspace, distance, terms);
  }

  #begin(): Reduction[] {
    return this.subLossNames.map((name) => this.begin(name, this.classes));
  }
}

/** Hands the losses of a proxy to the reductions of both sub-losses. */
function weighedBy([positive, negative]: readonly Reduction[]): ProxyVisitor {
  return (proxy, losses) => [positive.weighOne(proxy, losses[0]), negative.weighOne(proxy, losses[1])];
}
