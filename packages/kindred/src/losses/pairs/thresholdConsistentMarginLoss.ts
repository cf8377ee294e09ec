import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients } from "../../distances/distance.ts";
import type { Places } from "../../kernels/places.ts";
import { borrow } from "../../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { alreadyReduced } from "../core/alreadyReduced.ts";
import type { Batch } from "../../batch/batch.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import { PairRows } from "../../batch/pairRows.ts";
import { requireDistance } from "../../distances/requireDistance.ts";

/** Options of {@link ThresholdConsistentMarginLoss}. */
export interface ThresholdConsistentMarginLossOptions extends MetricLossOptions {
  /** What the positives' part is multiplied by. Default 1. */
  readonly lambdaPlus: number;
  /** What the negatives' part is multiplied by. Default 1. */
  readonly lambdaMinus: number;
  /** Positives of at most this similarity count. Default 0.9. */
  readonly marginPlus: number;
  /** Negatives of at least this similarity count. Default 0.5. */
  readonly marginMinus: number;
}

const defaults: ThresholdConsistentMarginLossOptions = {
  ...metricLossDefaults,
  lambdaPlus: 1,
  lambdaMinus: 1,
  marginPlus: 0.9,
  marginMinus: 0.5,
};

/**
 * Hard positives and hard negatives of every class should lie at the same similarities, so that one threshold suits all.
 *
 *     L = lambdaPlus mean_{s_ip <= marginPlus} (marginPlus - s_ip) + lambdaMinus mean_{s_in >= marginMinus} (s_in - marginMinus)
 *
 * The means are over the hard pairs of the whole batch, 0 of none, and no reducer is needed. Learns from positives or
 * negatives alone. Distance CosineSimilarity alone. Meant to stand beside another loss.
 *
 * Source: Zhang et al., "Threshold-Consistent Margin Loss for Open-World Deep Metric Learning" (ICLR 2024).
 */
export class ThresholdConsistentMarginLoss extends MetricLoss {
  readonly name = "ThresholdConsistentMarginLoss";
  readonly needs = { positives: false, negatives: false };
  readonly lambdaPlus: number;
  readonly lambdaMinus: number;
  readonly marginPlus: number;
  readonly marginMinus: number;

  constructor(options?: Partial<ThresholdConsistentMarginLossOptions>) {
    const given = withDefaults(options, defaults, "ThresholdConsistentMarginLoss");
    super(given, new CosineSimilarity(), new MeanReducer());
    requireDistance(this, CosineSimilarity);
    this.lambdaPlus = checkNumber(given.lambdaPlus, "lambdaPlus");
    this.lambdaMinus = checkNumber(given.lambdaMinus, "lambdaMinus");
    this.marginPlus = checkNumber(given.marginPlus, "marginPlus");
    this.marginMinus = checkNumber(given.marginMinus, "marginMinus");
  }

  protected compute(batch: Batch): Computed {
    const { embeddings, reference } = batch;
    return borrow((workspace) => {
      const rows = new PairRows(workspace, batch, this.distance, "list");
      const values = new Float64Array(rows.capacity);
      const positive = new HardPairs(-1, this.marginPlus, values);
      const negative = new HardPairs(1, this.marginMinus, values);
      rows.forEachRow((row) => {
        positive.add(row.positives);
        negative.add(row.negatives);
      });
      rows.pullBack((row) => {
        positive.writeSlopes(row.positives, this.lambdaPlus);
        negative.writeSlopes(row.negatives, this.lambdaMinus);
      });
      return alreadyReduced(this.reducer, {
        value: this.lambdaPlus * positive.mean + this.lambdaMinus * negative.mean,
        items: positive.items + negative.items,
        activeItems: positive.activeItems + negative.activeItems,
        ...pullGradients(rows.sides, embeddings, reference, 1),
      });
    });
  }
}

/** The pairs on the wrong side of a margin, v = sign (s - margin) >= 0, and the mean of v over them. */
class HardPairs {
  items = 0;
  activeItems = 0;
  readonly #sign: number;
  readonly #margin: number;
  readonly #values: Float64Array;
  #count = 0;
  #total = 0;

  constructor(sign: number, margin: number, values: Float64Array) {
    this.#sign = sign;
    this.#margin = margin;
    this.#values = values;
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#total / this.#count;
  }

  add(places: Places): void {
    const values = this.#values;
    const count = places.read(values);
    let [hard, active, total] = [0, 0, 0];
    for (let k = 0; k < count; k++) {
      const v = this.#sign * (values[k] - this.#margin);
      if (v < 0) continue;
      hard++;
      if (v > 0) active++;
      total += v;
    }
    this.items += count;
    this.activeItems += active;
    this.#count += hard;
    this.#total += total;
  }

  /** s <- weight d mean / ds. */
  writeSlopes(places: Places, weight: number): void {
    const values = this.#values;
    const count = places.read(values);
    const slope = (weight * this.#sign) / this.#count;
    for (let k = 0; k < count; k++) values[k] = this.#sign * (values[k] - this.#margin) < 0 ? 0 : slope;
    places.write(values);
  }
}
