import { pullGradients } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { borrow } from "../../kernels/runtime.ts";
import { checkNumber, checkOneOf, withDefaults } from "../../matrix/checks.ts";
import type { Label } from "../../matrix/labels.ts";
import { zeros, type Matrix } from "../../matrix/matrix.ts";
import { DivisorReducer } from "../../reducers/divisorReducer.ts";
import { LinearReduction } from "../../reducers/linearReduction.ts";
import type { Reduced, Reduction } from "../../reducers/reduction.ts";
import type { Batch } from "../../batch/batch.ts";
import { ClassIndex } from "../logits/classIndex.ts";
import type { LossState } from "../core/loss.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import type { PairRow } from "../../batch/pairRow.ts";
import { PairRows } from "../../batch/pairRows.ts";
import { requireLabels } from "../../batch/requirements.ts";
import { hinge, TripletItems } from "../counting/tripletItems.ts";
import { isListOfTriplets, TripletSource, tripletSourceDefaults, type TripletSourceOptions } from "../counting/tripletSource.ts";
import { withoutItems } from "../core/withoutItems.ts";

/** Options of {@link MarginLoss}. */
export interface MarginLossOptions extends MetricLossOptions, TripletSourceOptions {
  /** How far positives should be within the boundary beta, and negatives beyond it. Default 0.2. */
  readonly margin: number;
  /** What beta is multiplied by in the penalty on learned boundaries. Default 0: none. */
  readonly nu: number;
  /** The boundary between positive and negative distances, or where learning it starts. Default 1.2. */
  readonly beta: number;
  /** Whether beta is a parameter. Default false. */
  readonly learnBeta: boolean;
  /** How many classes have a boundary of their own, >= 1. Default null: one boundary for all. */
  readonly numClasses: number | null;
  /** The label of each class. Default null: labels are 0 .. numClasses - 1. */
  readonly classes: readonly Label[] | null;
}

const defaults: MarginLossOptions = {
  ...metricLossDefaults,
  ...tripletSourceDefaults,
  margin: 0.2,
  nu: 0,
  beta: 1.2,
  learnBeta: false,
  numClasses: null,
  classes: null,
};

/**
 * Positives should be closer to the anchor than a boundary beta and negatives farther away, both by a margin.
 *
 *     marginLoss:  L_apn = [d_ap - beta_a + margin]+ + [beta_a - d_an + margin]+
 *     betaRegLoss: nu beta (learnBeta); with a boundary a class an item nu beta_a a triplet
 *
 * One item a triplet; all triplets are counted by sorting, never listed. For similarities the differences turn round.
 * beta_a is the anchor's class's boundary with `numClasses`, else one for all; with `learnBeta` it is the parameter `beta`
 * (1 x numClasses or 1 x 1). Needs positive and negative pairs in the batch. Default distance LpDistance, default
 * reducer DivisorReducer: it divides by the number of brackets above 0.
 *
 * Source: Wu et al., "Sampling Matters in Deep Embedding Learning" (ICCV 2017).
 */
export class MarginLoss extends MetricLoss {
  readonly name = "MarginLoss";
  readonly needs = { positives: true, negatives: true };
  readonly margin: number;
  readonly nu: number;
  /** The boundaries, 1 x 1 or 1 x numClasses. */
  readonly beta: Matrix;
  readonly learnBeta: boolean;
  readonly tripletsPerAnchor: number | "all";
  override readonly parameters: Readonly<Record<string, Matrix>>;
  protected override readonly hasDivisor = true;
  readonly #classes: ClassIndex;
  readonly #source: TripletSource;

  constructor(options?: Partial<MarginLossOptions>) {
    const given = withDefaults(options, defaults, "MarginLoss");
    super(given, new LpDistance(), new DivisorReducer());
    this.margin = checkNumber(given.margin, "margin");
    this.nu = checkNumber(given.nu, "nu");
    this.learnBeta = checkOneOf(given.learnBeta, "learnBeta", [true, false]);
    const boundaries =
      given.numClasses === null ? 1 : checkNumber(given.numClasses, "numClasses", { atLeast: 1, integer: true });
    this.#classes = new ClassIndex(boundaries, given.classes);
    this.beta = zeros(1, boundaries);
    this.beta.data.fill(checkNumber(given.beta, "beta"));
    this.parameters = this.learnBeta ? { beta: this.beta } : {};
    this.#source = new TripletSource(given);
    this.tripletsPerAnchor = this.#source.tripletsPerAnchor;
  }

  override state(): LossState {
    return { ...super.state(), ...this.#source.state() };
  }

  override load(state: LossState): void {
    super.load(state);
    this.#source.load(state.random, this.name);
  }

  protected override get subLossNames(): readonly string[] {
    return ["marginLoss", "betaRegLoss"];
  }

  protected override check(batch: Batch): void {
    super.check(batch);
    if (this.#isPerClass) requireLabels(this.name, batch);
  }

  protected compute(given: Batch): Computed {
    const batch = this.#source.fill(given);
    const { embeddings, reference, labels, tuples } = batch;
    const boundaryOf = this.#isPerClass ? this.#classes.of(labels!, this.name) : new Int32Array(embeddings.rows);
    return borrow((workspace) => {
      const rows = new PairRows(workspace, batch, this.distance, "list");
      const reduction = this.reducerOf("marginLoss").begin({ kind: "triplet", labels });
      const brackets = new Brackets(rows.capacity, this.margin, this.distance.isInverted, isListOfTriplets(tuples));
      const slopes = new Float64Array(this.beta.cols);
      const triplets = new Float64Array(embeddings.rows);
      rows.pullBack((row) => {
        const boundary = boundaryOf[row.anchor];
        slopes[boundary] += brackets.take(row, this.beta.data[boundary], reduction);
        triplets[row.anchor] = brackets.triplets(row);
      });
      const result = reduction.result(brackets.active);
      for (let c = 0; c < slopes.length; c++) slopes[c] *= result.scale;
      const penalty = this.#penalize(batch, boundaryOf, triplets, brackets.active, slopes);
      return {
        ...this.total([reduction], [result, penalty]),
        ...pullGradients(rows.sides, embeddings, reference, result.scale),
        ...(this.learnBeta && { parameters: { beta: { ...this.beta, data: Float32Array.from(slopes) } } }),
      };
    });
  }

  /** betaRegLoss, 0 without triplets; its slopes by beta are added to `slopes`. */
  #penalize(
    { labels }: Batch,
    boundaryOf: Int32Array,
    triplets: Float64Array,
    divisor: number,
    slopes: Float64Array,
  ): Reduced {
    const { nu, beta } = this;
    if (!this.learnBeta || triplets.every((count) => count === 0)) return withoutItems(0, this.reducer);
    if (!this.#isPerClass) {
      const penalty = withoutItems(nu * beta.data[0], this.reducer);
      slopes[0] += nu * penalty.scale;
      return penalty;
    }
    const reduction = this.reducerOf("betaRegLoss").begin({ kind: "element", labels });
    const pulls = new Float64Array(slopes.length);
    for (let a = 0; a < triplets.length; a++) {
      const boundary = boundaryOf[a];
      pulls[boundary] += nu * takeEqual(reduction, a, nu * beta.data[boundary], triplets[a]);
    }
    const result = reduction.result(divisor);
    for (let c = 0; c < slopes.length; c++) slopes[c] += result.scale * pulls[c];
    return result;
  }

  get #isPerClass(): boolean {
    return this.beta.cols > 1;
  }
}

/**
 * The brackets of the triplets of one anchor after the other: h_p = [d_ap - beta + margin]+ and h_n = [beta - d_an + margin]+.
 * A triplet's loss h_p + h_n is the hinge of x_p - y_n with x_p = h_p and y_n = -h_n.
 */
class Brackets {
  /** How many brackets of the triplets seen are above 0. */
  active = 0;
  readonly #margin: number;
  /** Which way d grows apart: 1, or -1 for similarities. */
  readonly #away: number;
  readonly #isListed: boolean;
  readonly #items: TripletItems;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #xSlopes: Float64Array;
  readonly #ySlopes: Float64Array;

  constructor(capacity: number, margin: number, isInverted: boolean, isListed: boolean) {
    this.#margin = margin;
    this.#away = isInverted ? -1 : 1;
    this.#isListed = isListed;
    this.#items = new TripletItems(capacity, hinge);
    this.#x = new Float64Array(capacity);
    this.#y = new Float64Array(capacity);
    this.#xSlopes = new Float64Array(capacity);
    this.#ySlopes = new Float64Array(capacity);
  }

  /** How many triplets the row makes. */
  triplets({ positives, negatives }: PairRow): number {
    return this.#isListed ? positives.count : positives.count * negatives.count;
  }

  /** Takes an anchor's triplets into the reduction and replaces the distances by slopes; returns the slope by beta. */
  take(row: PairRow, beta: number, reduction: Reduction): number {
    const [x, y, xSlopes, ySlopes] = [this.#x, this.#y, this.#xSlopes, this.#ySlopes];
    const [away, margin] = [this.#away, this.#margin];
    const positives = row.positives.read(x);
    const negatives = row.negatives.read(y);
    let [near, far] = [0, 0];
    for (let k = 0; k < positives; k++) {
      x[k] = xSlopes[k] = Math.max(0, away * (x[k] - beta) + margin);
      if (x[k] > 0) near++;
    }
    for (let k = 0; k < negatives; k++) {
      y[k] = ySlopes[k] = Math.min(0, away * (y[k] - beta) - margin);
      if (y[k] < 0) far++;
    }
    this.active += this.#isListed ? near + far : near * negatives + far * positives;
    this.#items.take(row, xSlopes, ySlopes, this.#isListed, reduction);

    // a bracket of 0 passes nothing on
    let pull = 0;
    for (let k = 0; k < positives; k++) pull += xSlopes[k] = x[k] > 0 ? away * xSlopes[k] : 0;
    for (let k = 0; k < negatives; k++) pull += ySlopes[k] = y[k] < 0 ? away * ySlopes[k] : 0;
    row.positives.write(xSlopes);
    row.negatives.write(ySlopes);
    return -pull;
  }
}

/** Takes `count` items of the same loss into a reduction; returns the sum of their weights. */
function takeEqual(reduction: Reduction, anchor: number, loss: number, count: number): number {
  if (reduction instanceof LinearReduction) {
    const { low, high } = reduction.rule;
    const within = loss > low && loss < high ? count : 0;
    if (loss === 0) reduction.takeMany(anchor, count, 0, 0, 0);
    else reduction.takeMany(anchor, count, count, within, within * loss);
    return within * reduction.anchorWeight(anchor);
  }
  const weights = new Float64Array(count);
  reduction.weigh(anchor, new Float64Array(count).fill(loss), count, weights);
  return weights.reduce((sum, weight) => sum + weight, 0);
}
