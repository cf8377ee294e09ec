import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients } from "../../distances/distance.ts";
import { Places } from "../../kernels/places.ts";
import { borrow } from "../../kernels/runtime.ts";
import { checkNumber, checkOneOf, withDefaults } from "../../matrix/checks.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import { alreadyReduced } from "../core/alreadyReduced.ts";
import type { Batch } from "../../batch/batch.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import { orderByClass } from "../../batch/pairRows.ts";
import { refuseReference, refuseTuples, requireLabels } from "../../batch/requirements.ts";
import { requireDistance } from "../../distances/requireDistance.ts";

/** How {@link PNPLoss} penalizes the negatives before a positive. */
export type PNPVariant = "Ds" | "Dq" | "Iu" | "Ib" | "O";

/** Options of {@link PNPLoss}. */
export interface PNPLossOptions extends MetricLossOptions {
  /** Of variant Ib: how early its slope grows, > 0. Default 2. */
  readonly b: number;
  /** Of variant Dq: the power, > 0. Default 1. */
  readonly alpha: number;
  /** What differences of similarities are divided by before the sigmoid, > 0. Default 0.01. */
  readonly anneal: number;
  /** What a number of negatives costs; see {@link PNPLoss}. Default "O". */
  readonly variant: PNPVariant;
}

const defaults: PNPLossOptions = { ...metricLossDefaults, b: 2, alpha: 1, anneal: 0.01, variant: "O" };

/** Beyond this a sigmoid is taken to be 0 or 1. */
const STEEPEST = 50;

/**
 * Penalizes the negatives that stand before a positive in the anchor's ranking.
 *
 *     R_ip = sum_{n in N_i} sigmoid((s_in - s_ip) / anneal)
 *     L    = mean_i mean_p f(R_ip)
 *
 * over the anchors i that have positives, and over p in their positives and themselves. f by **variant**: O: R;
 * Ds: log(1 + R); Dq: 1 - (1 + R)^-alpha; Iu: (1 + R) log(1 + R); Ib: (b R - log(1 + b R)) / b^2. Their slopes fall (D)
 * or rise (I) with the number of negatives.
 *
 * One number for the batch, so that no reducer is needed. Needs labels, and positive and negative pairs; takes neither a
 * reference nor tuples. Distance CosineSimilarity alone. Time: one sigmoid for each positive with each negative of an
 * anchor.
 *
 * Source: Li et al., "Rethinking the Optimization of Average Precision: Only Penalizing Negative Instances before Positive
 * Ones is Enough" (AAAI 2022).
 */
export class PNPLoss extends MetricLoss {
  readonly name = "PNPLoss";
  readonly needs = { positives: true, negatives: true };
  readonly b: number;
  readonly alpha: number;
  readonly anneal: number;
  readonly variant: PNPVariant;

  constructor(options?: Partial<PNPLossOptions>) {
    const given = withDefaults(options, defaults, "PNPLoss");
    super(given, new CosineSimilarity(), new MeanReducer());
    requireDistance(this, CosineSimilarity);
    this.b = checkNumber(given.b, "b", { above: 0 });
    this.alpha = checkNumber(given.alpha, "alpha", { above: 0 });
    this.anneal = checkNumber(given.anneal, "anneal", { above: 0 });
    this.variant = checkOneOf<PNPVariant>(given.variant, "variant", ["Ds", "Dq", "Iu", "Ib", "O"]);
  }

  protected override check(batch: Batch): void {
    requireLabels(this.name, batch);
    refuseReference(this.name, batch);
    refuseTuples(this.name, batch);
  }

  protected compute({ embeddings, codes, classes }: Batch): Computed {
    const { order, starts } = orderByClass(codes!, classes.length);
    const items = codes!.reduce((sum, code) => (starts[code + 1] - starts[code] > 1 ? sum + 1 : sum), 0);
    return borrow((workspace) => {
      const sides = this.distance.compare(workspace, embeddings, null, order, order);
      const positives = new Places();
      const negatives = new Places();
      const ranks = new SoftRanks(embeddings.rows, this.anneal);
      let [value, activeItems] = [0, 0];
      sides.tiles.pullBack((place, pointer) => {
        const code = codes![order[place]];
        const [start, end] = [starts[code], starts[code + 1]];
        positives.set(pointer, start, end);
        negatives.set(pointer, 0, order.length, start, end);
        if (end - start < 2) {
          positives.fill(0);
          negatives.fill(0);
          return;
        }
        const loss = ranks.penalize(positives, negatives, (rank) => this.#penalty(rank), 1 / items);
        value += loss;
        if (loss > 0) activeItems++;
      });
      return alreadyReduced(this.reducer, { value, items, activeItems, ...pullGradients(sides, embeddings, null, 1) });
    });
  }

  /** f(R) and its slope. */
  #penalty(rank: number): Penalty {
    const { alpha, b } = this;
    const log = Math.log1p(rank);
    switch (this.variant) {
      case "O":
        return { loss: rank, slope: 1 };
      case "Ds":
        return { loss: log, slope: 1 / (1 + rank) };
      case "Dq":
        return { loss: -Math.expm1(-alpha * log), slope: alpha * Math.exp(-(alpha + 1) * log) };
      case "Iu":
        return { loss: (1 + rank) * log, slope: 1 + log };
      case "Ib":
        return { loss: (b * rank - Math.log1p(b * rank)) / (b * b), slope: rank / (1 + b * rank) };
    }
  }
}

interface Penalty {
  readonly loss: number;
  readonly slope: number;
}

/** Counts, smoothly, the negatives before each positive of an anchor. */
class SoftRanks {
  readonly #anneal: number;
  readonly #positives: Float64Array;
  readonly #negatives: Float64Array;
  readonly #pulls: Float64Array;
  readonly #shares: Float64Array;

  constructor(capacity: number, anneal: number) {
    this.#anneal = anneal;
    this.#positives = new Float64Array(capacity);
    this.#negatives = new Float64Array(capacity);
    this.#pulls = new Float64Array(capacity);
    this.#shares = new Float64Array(capacity);
  }

  /** weight x the mean penalty of the positives; replaces the similarities by its slopes. */
  penalize(positives: Places, negatives: Places, penalty: (rank: number) => Penalty, weight: number): number {
    const similarities = this.#positives;
    const others = this.#negatives;
    const pulls = this.#pulls;
    const shares = this.#shares;
    const steepness = 1 / this.#anneal;
    const count = positives.read(similarities);
    const negativeCount = negatives.read(others);
    pulls.fill(0, 0, negativeCount);
    let value = 0;
    for (let p = 0; p < count; p++) {
      let rank = 0;
      for (let n = 0; n < negativeCount; n++) {
        const x = (others[n] - similarities[p]) * steepness;
        const share = x < -STEEPEST ? 0 : x > STEEPEST ? 1 : 1 / (1 + Math.exp(-x));
        rank += share;
        shares[n] = share;
      }
      const { loss, slope } = penalty(rank);
      value += (weight / count) * loss;
      const factor = (weight / count) * slope * steepness;
      let pull = 0;
      for (let n = 0; n < negativeCount; n++) {
        const pulled = factor * shares[n] * (1 - shares[n]);
        pulls[n] += pulled;
        pull += pulled;
      }
      similarities[p] = -pull;
    }
    positives.write(similarities);
    negatives.write(pulls);
    return value;
  }
}
