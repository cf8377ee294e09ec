import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients } from "../../distances/distance.ts";
import { borrow, floatsAt, kernels, type Workspace } from "../../kernels/runtime.ts";
import { checkNumber, checkRequired, describe, withDefaults } from "../../matrix/checks.ts";
import type { Labels } from "../../matrix/labels.ts";
import { zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { alreadyReduced } from "../core/alreadyReduced.ts";
import type { Batch } from "../../batch/batch.ts";
import type { BatchStatus } from "../../batch/batchReport.ts";
import type { EvaluateOptions, Evaluation, LossState } from "../core/loss.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import { RandomWalk } from "../items/randomWalk.ts";
import { refuseReference, refuseTuples } from "../../batch/requirements.ts";

/** Options of {@link ManifoldLoss}. */
export interface ManifoldLossOptions extends MetricLossOptions {
  /** The width of the embeddings, >= 1. Required. */
  readonly l: number;
  /** How many proxies there are, >= 1. Default 50. */
  readonly K: number;
  /** What the context term is multiplied by, >= 0; Infinity: the context term alone. Default 1. */
  readonly lambdaC: number;
  /** With which probability the random walk goes on, >= 0 and < 1. Default 0.8. */
  readonly alpha: number;
  /** By how much an embedding should be closer to its own proxy. Default 5e-4. */
  readonly margin: number;
  /** Of the proxies and the meta classes that are drawn. Default 0. */
  readonly seed: number;
}

const defaults: ManifoldLossOptions = {
  ...metricLossDefaults,
  l: NaN,
  K: 50,
  lambdaC: 1,
  alpha: 0.8,
  margin: 5e-4,
  seed: 0,
};

/** What {@link ManifoldLoss.evaluate} may be given besides embeddings. */
export interface ManifoldEvaluateOptions extends EvaluateOptions {
  /** The proxy that each embedding belongs to, 0 .. K - 1. Without: drawn, so that as many proxies as can have some. */
  readonly metaClasses?: ArrayLike<number> | undefined;
}

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
export class ManifoldLoss extends MetricLoss {
  readonly name = "ManifoldLoss";
  readonly needs = { positives: false, negatives: false, pairs: false };
  readonly l: number;
  readonly K: number;
  readonly lambdaC: number;
  readonly alpha: number;
  readonly margin: number;
  /** K x l. */
  readonly proxies: Matrix;
  override readonly parameters: Readonly<Record<string, Matrix>>;
  #random: Random;
  #metaClasses: ArrayLike<number> | undefined;

  constructor(options?: Partial<ManifoldLossOptions>) {
    const given = withDefaults(options, defaults, "ManifoldLoss");
    super(given, new CosineSimilarity(), new MeanReducer());
    this.l = checkRequired(given.l, "l", "ManifoldLoss", { atLeast: 1, integer: true });
    this.K = checkNumber(given.K, "K", { atLeast: 1, integer: true });
    this.lambdaC = checkNumber(given.lambdaC, "lambdaC", { atLeast: 0, infinite: true });
    this.alpha = checkNumber(given.alpha, "alpha", { atLeast: 0, below: 1 });
    this.margin = checkNumber(given.margin, "margin");
    this.#random = new Random(given.seed);
    this.proxies = zeros(this.K, this.l);
    for (let k = 0; k < this.proxies.data.length; k++) this.proxies.data[k] = this.#random.normal();
    this.parameters = { proxies: this.proxies };
  }

  override evaluate(embeddings: MatrixLike, labels: Labels | null, options?: ManifoldEvaluateOptions): Evaluation {
    const { metaClasses, ...others } = options ?? {};
    this.#metaClasses = metaClasses;
    try {
      return super.evaluate(embeddings, labels, others);
    } finally {
      this.#metaClasses = undefined;
    }
  }

  override state(): LossState {
    // without the spare normal number: normal numbers are drawn for the proxies alone
    return { ...super.state(), random: this.#random.state().slice(0, 4) };
  }

  override load(state: LossState): void {
    const { random } = state;
    if (!Array.isArray(random) || random.length !== 4)
      throw new RangeError(`the state's random is ${describe(random)}; it is not of this ${this.name}`);
    const restored = Random.restore(random as number[]);
    super.load(state);
    this.#random = restored;
  }

  protected override check(batch: Batch): void {
    const { embeddings, labels } = batch;
    if (labels !== null)
      throw new TypeError(`${this.name} takes no labels; give null, and metaClasses if you know them`);
    refuseReference(this.name, batch);
    refuseTuples(this.name, batch);
    if (embeddings.cols !== this.l && embeddings.rows > 0)
      throw new RangeError(`embeddings has ${embeddings.cols} columns; this ${this.name} was made for l = ${this.l}`);
  }

  protected override silenceBefore(): BatchStatus | null {
    return null;
  }

  protected compute({ embeddings }: Batch): Computed {
    const { rows } = embeddings;
    const metaClasses = this.#metaClasses === undefined ? this.#draw(rows) : this.#checked(this.#metaClasses, rows);
    if (rows === 0) return { value: 0, embeddings: zeros(0, embeddings.cols), items: 0, activeItems: 0 };
    const nodes = stack(embeddings, this.proxies);
    const n = nodes.rows;
    return borrow((workspace) => {
      const walk = new RandomWalk(workspace, nodes, this.distance, this.alpha);
      const terms = new ProxyTerms(metaClasses, this.margin);
      const slopes = workspace.floats(n * n);
      floatsAt(slopes, n * n).fill(0);
      let value = 0;
      if (this.lambdaC < Infinity) value += this.#addIntrinsic(walk.states, slopes, n, terms);
      const weight = this.lambdaC < Infinity ? this.lambdaC : 1;
      if (weight > 0) value += weight * this.#addContext(workspace, walk.states, slopes, n, terms, weight);
      walk.pullBack(slopes);
      const { data } = pullGradients(walk.sides, nodes, null, 1).embeddings;
      const split = embeddings.data.length;
      return alreadyReduced(this.reducer, {
        value,
        embeddings: { ...embeddings, data: data.slice(0, split) },
        parameters: { proxies: { ...this.proxies, data: data.slice(split) } },
        items: rows,
        activeItems: terms.activeItems,
      });
    });
  }

  /** L_int; adds its slopes by the walk's states. */
  #addIntrinsic(states: number, slopes: number, n: number, terms: ProxyTerms): number {
    const { K, alpha } = this;
    const rows = n - K;
    const entries = floatsAt(states, n * n);
    const pulls = floatsAt(slopes, n * n);
    const values = new Float64Array(K);
    let total = 0;
    for (let i = 0; i < rows; i++) {
      const from = i * n + rows;
      for (let k = 0; k < K; k++) values[k] = (1 - alpha) * entries[from + k];
      total += terms.take(i, values);
      for (let k = 0; k < K; k++) pulls[from + k] += (1 - alpha) * values[k];
    }
    return total;
  }

  /** L_ctx; adds weight x its slopes by the walk's states. */
  #addContext(
    workspace: Workspace,
    states: number,
    slopes: number,
    n: number,
    terms: ProxyTerms,
    weight: number,
  ): number {
    const { K } = this;
    const rows = n - K;
    const proxyStates = states + 4 * rows * n;
    const cosines = workspace.floats(rows * K);
    kernels.gemm(rows, K, n, states, n, 1, proxyStates, 1, n, cosines, K, false, false);
    const lengths = Float64Array.from({ length: n }, (_, i) =>
      Math.sqrt(kernels.dot(states + 4 * i * n, states + 4 * i * n, n)),
    );
    const entries = floatsAt(cosines, rows * K);
    const values = new Float64Array(K);
    const along = new Float64Array(n);
    let total = 0;
    for (let i = 0; i < rows; i++) {
      const row = entries.subarray(i * K, (i + 1) * K);
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
    kernels.gemm(rows, n, K, cosines, K, 1, proxyStates, n, 1, slopes, n, true, false);
    kernels.gemm(K, n, rows, cosines, 1, K, states, n, 1, slopes + 4 * rows * n, n, true, false);
    for (let i = 0; i < n; i++) kernels.addScaled(slopes + 4 * i * n, states + 4 * i * n, n, along[i]);
    return total;
  }

  /** A proxy for each of `rows` embeddings: every proxy has one, or if they are too few, every embedding another. */
  #draw(rows: number): Int32Array {
    const random = this.#random;
    const proxies = random.shuffle(Int32Array.from({ length: this.K }, (_, k) => k));
    const drawn = Int32Array.from({ length: rows }, (_, i) => (i < this.K ? proxies[i] : random.integer(this.K)));
    return random.shuffle(drawn);
  }

  #checked(metaClasses: ArrayLike<number>, rows: number): Int32Array {
    if (typeof metaClasses !== "object" || metaClasses.length !== rows)
      throw new RangeError(`metaClasses is ${describe(metaClasses)}; give one proxy for each of ${rows} embeddings`);
    return Int32Array.from({ length: rows }, (_, i) =>
      checkNumber(metaClasses[i], `metaClasses[${i}]`, { atLeast: 0, below: this.K, integer: true }),
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
    let total = 1;
    for (let k = 0; k < values.length; k++) {
      const v = values[k] + start;
      values[k] = k !== own && v >= 0 ? Math.exp(v) : 0;
      total += values[k];
    }
    if (total > 1) this.#isActive[i] = 1;
    let pull = 0;
    for (let k = 0; k < values.length; k++) {
      values[k] *= share / total;
      pull += values[k];
    }
    values[own] = -pull;
    return share * Math.log(total);
  }
}

/** The rows of one matrix above those of another. */
function stack(upper: Matrix, lower: Matrix): Matrix {
  const stacked = zeros(upper.rows + lower.rows, upper.cols);
  stacked.data.set(upper.data);
  stacked.data.set(lower.data, upper.data.length);
  return stacked;
}
