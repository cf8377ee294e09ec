import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients } from "../../distances/distance.ts";
import { SNRDistance } from "../../distances/snrDistance.ts";
import { borrow, heap } from "../../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import type { Matrix, MatrixLike } from "../../matrix/matrix.ts";
import { DivisorReducer } from "../../reducers/divisorReducer.ts";
import type { Reduced, Reduction } from "../../reducers/reduction.ts";
import type { Batch } from "../../batch/batch.ts";
import {
  ClassificationLoss,
  classificationDefaults,
  type ClassificationLossOptions,
  type RequiredClassificationOptions,
} from "./classificationLoss.ts";
import { knownScale } from "../../reducers/knownScale.ts";
import type { Computed } from "../core/metricLoss.ts";
import { OnePlusSum } from "../items/onePlusSum.ts";
import { orderByClass } from "../../batch/pairRows.ts";
import { ProxyRow, type ProxyExponent } from "../logits/proxyRow.ts";
import { sampleWeights } from "../../batch/sampleWeights.ts";

/** Options of {@link ProxyAnchorLoss}. */
export interface ProxyAnchorLossOptions extends ClassificationLossOptions {
  /** How far positives should be on the right side, and negatives on the other. Default 0.1. */
  readonly margin: number;
  /** How much the hardest embeddings count beyond the rest, > 0. Default 32. */
  readonly alpha: number;
}

const defaults: ProxyAnchorLossOptions = { ...classificationDefaults, margin: 0.1, alpha: 32 };

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
export class ProxyAnchorLoss extends ClassificationLoss {
  readonly name = "ProxyAnchorLoss";
  readonly margin: number;
  readonly alpha: number;
  protected override readonly hasDivisor = true;

  constructor(options: Partial<ProxyAnchorLossOptions> & RequiredClassificationOptions) {
    const given = withDefaults(options, defaults, "ProxyAnchorLoss");
    const deviation = Math.sqrt(2 / given.numClasses);
    super(
      given,
      { parameter: "proxies", layout: "rows", perClass: 1, init: (random) => deviation * random.normal() },
      new CosineSimilarity(),
      new DivisorReducer(),
    );
    this.margin = checkNumber(given.margin, "margin");
    this.alpha = checkNumber(given.alpha, "alpha", { above: 0 });
  }

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

  protected override get subLossNames(): readonly string[] {
    return ["posLoss", "negLoss"];
  }

  protected classify(batch: Batch): Computed {
    const codes = this.codesOf(batch);
    const divisors = [new Set(codes).size, this.numClasses];
    // a distance that tells its sides apart is that from an embedding to a proxy, so that proxies must be columns
    return this.distance instanceof SNRDistance
      ? this.#byEmbedding(batch, codes, divisors)
      : this.#byProxy(batch, codes, divisors);
  }

  get #exponent(): ProxyExponent {
    const scale = this.distance.isInverted ? -this.alpha : this.alpha;
    return { scale, constant: -scale * this.margin };
  }

  #begin(): Reduction[] {
    return this.subLossNames.map((name) => this.reducerOf(name).begin({ kind: "element", labels: this.classes }));
  }

  /** A row a proxy, the embeddings in it ordered by class. */
  #byProxy(batch: Batch, codes: Int32Array, divisors: readonly number[]): Computed {
    const { embeddings } = batch;
    const { order, starts } = orderByClass(codes, this.numClasses);
    return borrow((workspace) => {
      const sides = this.distance.compare(workspace, this.proxies, embeddings, null, order);
      const row = new ProxyRow(this.#exponent, order.length, batch.tuples === null ? null : offsetsOf(batch, order));
      const reductions = this.#begin();
      const visit = (proxy: number, pointer: number, [positive, negative]: readonly Reduction[]): void => {
        row.open(pointer, starts[proxy], starts[proxy + 1]);
        row.pullPositives(positive.weighOne(proxy, row.positiveLoss()));
        row.pullNegatives(negative.weighOne(proxy, row.negativeLoss()));
      };
      // the sub-losses have scales of their own, which must be known before slopes are added up
      const known = reductions.map((reduction, k) => knownScale(reduction, this.numClasses, divisors[k]));
      let results: Reduced[];
      if (known.every((scale) => scale !== null)) {
        reductions.forEach((reduction, k) => reduction.scaledBy(known[k]));
        sides.tiles.pullBack((proxy, pointer) => visit(proxy, pointer, reductions));
        results = reductions.map((reduction, k) => reduction.result(divisors[k]));
      } else {
        sides.tiles.forEachRow((proxy, pointer) => visit(proxy, pointer, reductions));
        results = reductions.map((reduction, k) => reduction.result(divisors[k]));
        const again = this.#begin().map((reduction, k) => reduction.scaledBy(results[k].scale));
        sides.tiles.pullBack((proxy, pointer) => visit(proxy, pointer, again));
      }
      const pulled = pullGradients(sides, this.proxies, embeddings, 1);
      return {
        ...this.total(reductions, results),
        embeddings: pulled.reference!,
        parameters: { proxies: pulled.embeddings },
      };
    });
  }

  /** A row an embedding: what each proxy sums up is known after a first pass over all rows. */
  #byEmbedding(batch: Batch, codes: Int32Array, divisors: readonly number[]): Computed {
    const { embeddings } = batch;
    const { scale, constant } = this.#exponent;
    const offsets = offsetsOf(
      batch,
      codes.map((_, i) => i),
    );
    return borrow((workspace) => {
      const sides = this.distance.compare(workspace, embeddings, this.proxies);
      const forEachPair = (i: number, row: number, visit: (proxy: number, place: number, x: number) => void): void => {
        const floats = heap();
        for (let c = 0, place = row >>> 2; c < this.numClasses; c++, place++)
          visit(c, place, (codes[i] === c ? scale : -scale) * floats[place] + constant + offsets[i]);
      };
      const sums = this.subLossNames.map(() => Array.from({ length: this.numClasses }, () => new OnePlusSum()));
      sides.tiles.forEachRow((i, row) => {
        forEachPair(i, row, (c, _, x) => sums[codes[i] === c ? 0 : 1][c].add(x));
      });
      const reductions = this.#begin();
      const weights = sums.map((ofProxies, k) => ofProxies.map((sum, c) => reductions[k].weighOne(c, sum.log)));
      const results = reductions.map((reduction, k) => reduction.result(divisors[k]));
      sides.tiles.pullBack((i, row) => {
        const floats = heap();
        forEachPair(i, row, (c, place, x) => {
          const k = codes[i] === c ? 0 : 1;
          const slope = weights[k][c] * results[k].scale * sums[k][c].share(x);
          floats[place] = (k === 0 ? scale : -scale) * slope;
        });
      });
      const pulled = pullGradients(sides, embeddings, this.proxies, 1);
      return {
        ...this.total(reductions, results),
        embeddings: pulled.embeddings,
        parameters: { proxies: pulled.reference! },
      };
    });
  }
}

/** w_i - 1 of each embedding, in the order of the row. */
function offsetsOf({ tuples, embeddings }: Batch, order: Int32Array): Float64Array {
  const weights = sampleWeights(tuples, embeddings.rows);
  return Float64Array.from(order, (i) => weights[i] - 1);
}
