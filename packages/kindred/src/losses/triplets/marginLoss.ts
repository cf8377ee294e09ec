import { withAnchorRows } from "../../batch/anchorRows.ts";
import type { Batch } from "../../batch/batch.ts";
import { pullGradients } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { learnedZeros, type Matrix } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { flag, number, wholeNumber } from "../../options/kinds.ts";
import type { OptionArguments, OptionsGiven } from "../../options/option.ts";
import { DivisorReducer } from "../../reducers/divisorReducer.ts";
import type { Reduced } from "../../reducers/reduction.ts";
import type { StateRecord } from "../../state/stateRecord.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import type { Computed } from "../core/metricLoss.ts";
import { withoutItems } from "../core/withoutItems.ts";
import { TripletBrackets } from "../counting/tripletBrackets.ts";
import { isListOfTriplets, TripletSource } from "../counting/tripletSource.ts";
import { ClassIndex, classesOption } from "../logits/classIndex.ts";
import { tripletOptions, tripletTakes } from "./tripletLoss.ts";

const options = extendOptions(tripletOptions(new LpDistance(), new DivisorReducer()), {
  /** How far positives should be within the boundary beta, and negatives beyond it. Default 0.2. */
  margin: number({ default: 0.2 }),
  /** What beta is multiplied by in the penalty on learned boundaries. Default 0: none. */
  nu: number({ default: 0 }),
  /** The boundary between positive and negative distances, or where learning it starts. Default 1.2. */
  beta: number({ default: 1.2 }),
  /** Whether beta is a parameter. Default false. */
  learnBeta: flag({ default: false }),
  /** How many classes have a boundary of their own, >= 1. Default null: one boundary for all. */
  numClasses: wholeNumber({ default: null, atLeast: 1 }),
  /** The label of each class. Default null: labels are 0 .. numClasses - 1. */
  classes: classesOption(),
});

/** Options of {@link MarginLoss}. */
export type MarginLossOptions = OptionsGiven<typeof options>;

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
export class MarginLoss extends ComparingLoss<typeof options, typeof tripletTakes> {
  static readonly description = describeLoss({
    name: "MarginLoss",
    family: "triplets",
    summary: "Positives should be closer to the anchor than a boundary and negatives farther away, both by a margin.",
    paper: 'Wu et al., "Sampling Matters in Deep Embedding Learning" (ICCV 2017)',
    takes: tripletTakes,
    needs: { positives: true, negatives: true },
    subLosses: { marginLoss: "triplet", betaRegLoss: "element" },
    options,
  });
  /** The boundaries, 1 x 1 or 1 x numClasses. */
  readonly beta: Matrix;
  override readonly parameters: Readonly<Record<string, Matrix>>;
  protected override readonly hasDivisor = true;
  readonly #classes: ClassIndex;
  readonly #source: TripletSource;

  constructor(...given: OptionArguments<typeof options>) {
    super(...given);
    const { numClasses, classes, beta, learnBeta } = this.options;
    const boundaries = numClasses ?? 1;
    this.beta = learnedZeros(1, boundaries, "beta");
    this.beta.data.fill(beta);
    this.#classes = new ClassIndex(boundaries, classes);
    this.parameters = learnBeta ? { beta: this.beta } : {};
    this.#source = new TripletSource(this.options);
  }

  protected override get stateRecord(): StateRecord {
    return { ...super.stateRecord, ...this.#source.stateRecord };
  }

  protected override check({ codes }: Batch): void {
    if (this.#isPerClass && codes === null) throw new TypeError(`${this.name} needs labels; give one a row`);
  }

  protected compute(given: Batch): Computed {
    const batch = this.#source.fill(given);
    const { embeddings, reference, labels, tuples } = batch;
    const { margin, learnBeta } = this.options;
    const boundaryOf = this.#isPerClass ? this.#classes.of(labels!, this.name) : new Int32Array(embeddings.rows);
    const { away } = this.distance;
    const sides = {
      near: (d_ap: number, beta: number): number => d_ap - away * beta + margin,
      far: (d_an: number, beta: number): number => away * beta - d_an + margin,
    };
    return withAnchorRows(batch, this.distance, "list", (rows) => {
      const reduction = this.begin("marginLoss", labels);
      const brackets = new TripletBrackets(rows.capacity, sides, away, isListOfTriplets(tuples));
      const slopes = new Float64Array(this.beta.cols);
      const triplets = new Float64Array(embeddings.rows);
      rows.pullBack((row) => {
        const boundary = boundaryOf[row.anchor];
        slopes[boundary] += brackets.take(row, this.beta.data[boundary], reduction);
        triplets[row.anchor] = brackets.triplets(row);
      });
      const result = reduction.result(brackets.active);
      for (let c = 0; c < slopes.length; c++) slopes[c] *= result.scale;
      const penalty = this.#penalize({ labels, boundaryOf, triplets, divisor: brackets.active }, slopes);
      return {
        ...this.total([reduction], [result, penalty]),
        ...pullGradients(rows.sides, embeddings, reference, result.scale),
        ...(learnBeta && { parameters: { beta: { ...this.beta, data: Float32Array.from(slopes) } } }),
      };
    });
  }

  /** betaRegLoss, 0 without triplets; its slopes by beta are added to `slopes`. */
  #penalize({ labels, boundaryOf, triplets, divisor }: Penalized, slopes: Float64Array): Reduced {
    const { nu, learnBeta } = this.options;
    const { data: beta } = this.beta;
    if (!learnBeta || triplets.every((count) => count === 0)) return withoutItems(0, this.reducer);
    if (!this.#isPerClass) {
      const penalty = withoutItems(nu * beta[0], this.reducer);
      slopes[0] += nu * penalty.scale;
      return penalty;
    }
    const reduction = this.begin("betaRegLoss", labels);
    const pulls = new Float64Array(slopes.length);
    for (let a = 0; a < triplets.length; a++) {
      const boundary = boundaryOf[a];
      pulls[boundary] += nu * reduction.weighEqual(a, nu * beta[boundary], triplets[a]);
    }
    const result = reduction.result(divisor);
    for (let c = 0; c < slopes.length; c++) slopes[c] += result.scale * pulls[c];
    return result;
  }

  get #isPerClass(): boolean {
    return this.beta.cols > 1;
  }
}

/** What the penalty on boundaries is made of. */
interface Penalized {
  readonly labels: Batch["labels"];
  readonly boundaryOf: Int32Array;
  /** How many triplets each anchor has. */
  readonly triplets: Float64Array;
  readonly divisor: number;
}
