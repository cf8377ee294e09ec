import type { Batch } from "../../batch/batch.ts";
import type { ColumnsOf, Takes } from "../../batch/takes.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients, type Distance } from "../../distances/distance.ts";
import { Dense } from "../../kernels/dense.ts";
import { borrow, type Workspace } from "../../kernels/runtime.ts";
import { checkNumber, describe } from "../../matrix/checks.ts";
import { learnedZeros, zeros, type Matrix } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { number, seed, wholeNumber } from "../../options/kinds.ts";
import type { OptionArguments, OptionsGiven } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { keptRandom } from "../../state/entries.ts";
import type { StateRecord } from "../../state/stateRecord.ts";
import { alreadyReduced } from "../core/alreadyReduced.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import { RandomWalk } from "../items/randomWalk.ts";

const options = extendOptions(comparingOptions<Distance>(new CosineSimilarity(), new MeanReducer()), {
  /** The width of the embeddings, >= 1. Required. */
  l: wholeNumber({ atLeast: 1 }),
  /** How many proxies there are, >= 1. Default 50. */
  K: wholeNumber({ default: 50, atLeast: 1 }),
  /** What the context term is multiplied by, >= 0; Infinity: the context term alone. Default 1. */
  lambdaC: number({ default: 1, atLeast: 0, infinite: true }),
  /** With which probability the random walk goes on, >= 0 and < 1. Default 0.8. */
  alpha: number({ default: 0.8, atLeast: 0, below: 1 }),
  /** By how much an embedding should be closer to its own proxy. Default 5e-4. */
  margin: number({ default: 5e-4 }),
  /** Of the proxies and the meta classes that are drawn. Default 0. */
  seed: seed(),
});

/** Options of {@link ManifoldLoss}. */
export type ManifoldLossOptions = OptionsGiven<typeof options>;

const takes = { labels: "none", reference: "none", tuples: "none", metaClasses: true } as const satisfies Takes;

/** What {@link ManifoldLoss.evaluate} may be given besides embeddings. */
export type ManifoldEvaluateOptions = ColumnsOf<typeof takes>;

/**
 * Embeddings should be closer to their own proxy than to others along the manifold that batch and proxies make, where
 * closeness is the steady state of a random walk among them all.
 *
 *     F     = (1 - alpha) (I - alpha D^(-1/2) S D^(-1/2))^(-1),  S_ij = e^([s_ij]+ / 0.5), S_ii = 0
 *     L_int = mean_i log(1 + sum_{k != c_i} [v_ik >= 0] e^(v_ik)),  v_ik = F_ik - F_i,c_i + margin
 *     L     = L_int + lambdaC L_ctx
 *
 * L_ctx is the same with the cosine of the rows F_i and F_k in place of F_ik; k are proxies, c_i is the meta class of
 * embedding i. One number for the batch, so that no reducer is needed. Takes embeddings alone: no labels, no reference, no
 * tuples. Default distance CosineSimilarity. The parameter `proxies` is K x l. Time grows with (n + K)^3 and memory with
 * (n + K)^2.
 *
 * Source: Aziere and Todorovic, "Ensemble Deep Manifold Similarity Learning Using Hard Proxies" (CVPR 2019).
 */
export class ManifoldLoss extends ComparingLoss<typeof options, typeof takes> {
  static readonly description = describeLoss({
    name: "ManifoldLoss",
    family: "classes",
    summary:
      "An embedding should be closer to its own proxy than to others along the manifold that batch and proxies make.",
    paper: 'Aziere and Todorovic, "Ensemble Deep Manifold Similarity Learning Using Hard Proxies" (CVPR 2019)',
    takes,
    needs: { positives: false, negatives: false, pairs: false },
    subLosses: { loss: "number" },
    options,
    example: ({ embeddingSize }) => ({ l: embeddingSize }),
  });
  /** K x l. */
  readonly proxies: Matrix;
  override readonly parameters: Readonly<Record<string, Matrix>>;
  #random: Random;

  constructor(...given: OptionArguments<typeof options>) {
    super(...given);
    const { K, l, seed } = this.options;
    this.#random = new Random(seed);
    this.proxies = learnedZeros(K, l, "proxies");
    for (let k = 0; k < this.proxies.data.length; k++) this.proxies.data[k] = this.#random.normal();
    this.parameters = { proxies: this.proxies };
  }

  protected override get stateRecord(): StateRecord {
    const random = keptRandom({ get: () => this.#random, set: (drawn) => (this.#random = drawn) });
    return { ...super.stateRecord, random };
  }

  protected override check({ embeddings }: Batch): void {
    const { l } = this.options;
    if (embeddings.cols !== l && embeddings.rows > 0)
      throw new RangeError(`embeddings has ${embeddings.cols} columns; this ${this.name} was made for l = ${l}`);
  }

  protected compute({ embeddings, metaClasses: given }: Batch): Computed {
    const { rows } = embeddings;
    const metaClasses = given === null ? this.#draw(rows) : this.#checked(given, rows);
    if (rows === 0) return { value: 0, embeddings: zeros(0, embeddings.cols), items: 0, activeItems: 0 };
    const { lambdaC, alpha, margin } = this.options;
    const nodes = stack(embeddings, this.proxies);
    return borrow((workspace) => {
      const walk = new RandomWalk(workspace, nodes, this.distance, alpha);
      const terms = new ProxyTerms(metaClasses, margin);
      const slopes = Dense.of(workspace, nodes.rows, nodes.rows);
      slopes.view().fill(0);
      let value = 0;
      if (lambdaC < Infinity) value += this.#addIntrinsic(walk.states, slopes, terms);
      const weight = lambdaC < Infinity ? lambdaC : 1;
      if (weight > 0) value += weight * this.#addContext(workspace, walk.states, slopes, terms, weight);
      walk.pullBack(slopes);
      const { data } = pullGradients(walk.sides, nodes, null, 1).embeddings;
      const split = embeddings.data.length;
      return alreadyReduced(this.reducer, {
        value,
        embeddings: { rows, cols: embeddings.cols, data: data.slice(0, split) },
        parameters: { proxies: { ...this.proxies, data: data.slice(split) } },
        items: rows,
        activeItems: terms.activeItems,
      });
    });
  }

  /** L_int; adds its slopes by the walk's states. */
  #addIntrinsic(states: Dense, slopes: Dense, terms: ProxyTerms): number {
    const { K, alpha } = this.options;
    const rows = states.rows - K;
    const values = new Float64Array(K);
    let total = 0;
    for (let i = 0; i < rows; i++) {
      const entries = states.row(i).view().subarray(rows);
      const pulls = slopes.row(i).view().subarray(rows);
      for (let k = 0; k < K; k++) values[k] = (1 - alpha) * entries[k];
      total += terms.take(i, values);
      for (let k = 0; k < K; k++) pulls[k] += (1 - alpha) * values[k];
    }
    return total;
  }

  /** L_ctx; adds weight x its slopes by the walk's states. */
  #addContext(workspace: Workspace, states: Dense, slopes: Dense, terms: ProxyTerms, weight: number): number {
    const { K } = this.options;
    const n = states.rows;
    const rows = n - K;
    const [ofEmbeddings, ofProxies] = [states.slice(0, rows), states.slice(rows)];
    const cosines = Dense.of(workspace, rows, K);
    cosines.setProduct(ofEmbeddings, ofProxies.transposed);
    const lengths = Float64Array.from({ length: n }, (_, i) => Math.sqrt(states.row(i).dot(states.row(i))));
    const values = new Float64Array(K);
    const along = new Float64Array(n);
    let total = 0;
    for (let i = 0; i < rows; i++) {
      const row = cosines.row(i).view();
      for (let k = 0; k < K; k++) values[k] = row[k] / (lengths[i] * lengths[rows + k]);
      const cosine = values.slice();
      total += terms.take(i, values);
      // of cos = x . y / (|x| |y|): by x it is y / (|x| |y|) - cos x / |x|^2
      for (let k = 0; k < K; k++) {
        const slope = weight * values[k];
        along[i] -= (slope * cosine[k]) / lengths[i] ** 2;
        along[rows + k] -= (slope * cosine[k]) / lengths[rows + k] ** 2;
        row[k] = slope / (lengths[i] * lengths[rows + k]);
      }
    }
    slopes.slice(0, rows).addProduct(cosines, ofProxies);
    slopes.slice(rows).addProduct(cosines.transposed, ofEmbeddings);
    for (let i = 0; i < n; i++) slopes.row(i).addScaled(states.row(i), along[i]);
    return total;
  }

  /** A proxy for each of `rows` embeddings: every proxy has one, or if they are too few, every embedding another. */
  #draw(rows: number): Int32Array {
    const random = this.#random;
    const { K } = this.options;
    const proxies = random.shuffle(Int32Array.from({ length: K }, (_, k) => k));
    const drawn = Int32Array.from({ length: rows }, (_, i) => (i < K ? proxies[i] : random.integer(K)));
    return random.shuffle(drawn);
  }

  #checked(metaClasses: ArrayLike<number>, rows: number): Int32Array {
    if (typeof metaClasses !== "object" || metaClasses.length !== rows)
      throw new RangeError(`metaClasses is ${describe(metaClasses)}; give one proxy for each of ${rows} embeddings`);
    return Int32Array.from({ length: rows }, (_, i) =>
      checkNumber(metaClasses[i], `metaClasses[${i}]`, { atLeast: 0, below: this.options.K, integer: true }),
    );
  }
}

/** mean_i log(1 + sum_{k != c_i} [v_ik >= 0] e^(v_ik)), v_ik = x_ik - x_i,c_i + margin, an embedding at a time. */
class ProxyTerms {
  readonly #metaClasses: Int32Array;
  readonly #margin: number;
  readonly #isActive: Uint8Array;

  constructor(metaClasses: Int32Array, margin: number) {
    this.#metaClasses = metaClasses;
    this.#margin = margin;
    this.#isActive = new Uint8Array(metaClasses.length);
  }

  /** Embeddings that any of the terms was above 0 for. */
  get activeItems(): number {
    return this.#isActive.reduce((sum, isActive) => sum + isActive, 0);
  }

  /** An embedding's share of the mean; replaces its values by the slopes. */
  take(i: number, values: Float64Array): number {
    const own = this.#metaClasses[i];
    const share = 1 / this.#metaClasses.length;
    const start = this.#margin - values[own];
    const shift = Math.max(0, largest(values) + start - MOST_EXPONENT);
    let total = Math.exp(-shift);
    for (let k = 0; k < values.length; k++) {
      const v = values[k] + start;
      const isRival = k !== own && v >= 0;
      values[k] = isRival ? Math.exp(v - shift) : 0;
      total += values[k];
      if (isRival) this.#isActive[i] = 1;
    }
    let pull = 0;
    for (let k = 0; k < values.length; k++) {
      values[k] *= share / total;
      pull += values[k];
    }
    values[own] = -pull;
    return share * (shift + Math.log(total));
  }
}

/** Sums of some e^x are in float64's range up to here. */
const MOST_EXPONENT = 600;

function largest(values: Float64Array): number {
  let most = -Infinity;
  for (const value of values) if (value > most) most = value;
  return most;
}

/** The rows of one matrix above those of another. */
function stack(upper: Matrix, lower: Matrix): Matrix {
  const stacked = zeros(upper.rows + lower.rows, upper.cols);
  stacked.data.set(upper.data);
  stacked.data.set(lower.data, upper.data.length);
  return stacked;
}
