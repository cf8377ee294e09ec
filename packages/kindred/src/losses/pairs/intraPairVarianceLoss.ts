import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients } from "../../distances/distance.ts";
import type { Places } from "../../kernels/places.ts";
import { borrow } from "../../kernels/runtime.ts";
import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import { LinearReduction } from "../../reducers/linearReduction.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import type { Batch } from "../../batch/batch.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import type { PairRow } from "../../batch/pairRow.ts";
import { PairRows } from "../../batch/pairRows.ts";

/** Options of {@link IntraPairVarianceLoss}. */
export interface IntraPairVarianceLossOptions extends MetricLossOptions {
  /** By which share of their mean positives may be worse than it. Default 0.01. */
  readonly posEps: number;
  /** The same for negatives. Default 0.01. */
  readonly negEps: number;
}

const defaults: IntraPairVarianceLossOptions = { ...metricLossDefaults, posEps: 0.01, negEps: 0.01 };

/**
 * Pairs of a kind should be as close as their mean, or better: the spread of positives and of negatives is made smaller.
 *
 *     L = reduce( [(1 - posEps) mean(s_pos) - s_ip]+^2 ) + reduce( [s_in - (1 + negEps) mean(s_neg)]+^2 )
 *
 * The means are over all positive and over all negative pairs, and the slopes go through them. Two sub-losses, `posLoss`
 * (an item a positive pair) and `negLoss` (an item a negative pair), each reduced by itself. For distances the roles turn
 * round: [d_ip - (1 + posEps) mean]+ and [(1 - negEps) mean - d_in]+. Default distance CosineSimilarity, default reducer
 * MeanReducer. Meant to stand beside another loss; the source combines it with TupletMarginLoss.
 *
 * Source: Yu and Tao, "Deep Metric Learning with Tuplet Margin Loss" (ICCV 2019).
 */
export class IntraPairVarianceLoss extends MetricLoss {
  readonly name = "IntraPairVarianceLoss";
  readonly needs = { positives: false, negatives: false };
  readonly posEps: number;
  readonly negEps: number;

  constructor(options?: Partial<IntraPairVarianceLossOptions>) {
    const given = withDefaults(options, defaults, "IntraPairVarianceLoss");
    super(given, new CosineSimilarity(), new MeanReducer());
    this.posEps = checkNumber(given.posEps, "posEps");
    this.negEps = checkNumber(given.negEps, "negEps");
  }

  protected override get subLossNames(): readonly string[] {
    return ["posLoss", "negLoss"];
  }

  protected compute(batch: Batch): Computed {
    const { embeddings, reference, labels } = batch;
    return borrow((workspace) => {
      const rows = new PairRows(workspace, batch, this.distance, "list");
      const away = this.distance.isInverted ? -1 : 1;
      const positive = new Spread("positives", away, this.posEps);
      const negative = new Spread("negatives", -away, this.negEps);
      rows.forEachRow((row) => {
        positive.add(row);
        negative.add(row);
      });

      const begin = (): Reduction[] => [
        this.reducerOf("posLoss").begin({ kind: "pos_pair", labels }),
        this.reducerOf("negLoss").begin({ kind: "neg_pair", labels }),
      ];
      const reductions = begin();
      rows.forEachRow((row) => {
        positive.takeItems(row, reductions[0]);
        negative.takeItems(row, reductions[1]);
      });
      const results = reductions.map((reduction) => reduction.result());
      const again = begin();
      rows.pullBack((row) => {
        positive.writeSlopes(row, again[0], results[0].scale);
        negative.writeSlopes(row, again[1], results[1].scale);
      });
      return { ...this.total(reductions, results), ...pullGradients(rows.sides, embeddings, reference, 1) };
    });
  }
}

/** How far pairs of one kind lie on the wrong side of their mean: v = sign (x - bound mean), bound = 1 + sign eps. */
class Spread {
  readonly #kind: "positives" | "negatives";
  readonly #sign: number;
  readonly #bound: number;
  #count = 0;
  #total = 0;
  /** sum of dL/dv over all pairs, before the reducer's scale. */
  #pull = 0;

  constructor(kind: "positives" | "negatives", sign: number, eps: number) {
    this.#kind = kind;
    this.#sign = sign;
    this.#bound = 1 + sign * eps;
  }

  /** Takes an anchor's pairs into the mean. */
  add(row: PairRow): void {
    const places = row[this.#kind];
    this.#count += places.count;
    this.#total += places.sum();
  }

  /** Hands an anchor's items [v]+^2 to the reduction, and notes what pulls at the mean: dL/dv = 2 weight [v]+. */
  takeItems(row: PairRow, reduction: Reduction): void {
    const { anchor, values, weights } = row;
    const places = this.#violations(row);
    let pull = 0;
    if (hasEvenWeights(reduction)) {
      reduction.takeHinges(anchor, places.count, places.countAbove(0), places.sumOfSquares());
      pull = reduction.anchorWeight(anchor) * places.sum();
    } else {
      const count = this.#weigh(row, places, reduction);
      for (let k = 0; k < count; k++) pull += weights[k] * values[k];
    }
    this.#pull += 2 * pull;
  }

  /** x <- dL/dx = scale sign (2 weight [v]+ - bound pull / count), the second term through the mean. */
  writeSlopes(row: PairRow, reduction: Reduction, scale: number): void {
    const { values, weights } = row;
    const factor = scale * this.#sign;
    const throughMean = (factor * this.#bound * this.#pull) / this.#count;
    const places = this.#violations(row);
    if (hasEvenWeights(reduction)) {
      places.affine(2 * factor * reduction.anchorWeight(row.anchor), -throughMean);
      return;
    }
    const count = this.#weigh(row, places, reduction);
    for (let k = 0; k < count; k++) values[k] = 2 * factor * weights[k] * values[k] - throughMean;
    places.write(values);
  }

  /** x <- [v]+ */
  #violations(row: PairRow): Places {
    const places = row[this.#kind];
    places.hinge(this.#sign, (this.#bound * this.#total) / this.#count);
    return places;
  }

  /** values <- [v]+ and their weights; returns how many there are. */
  #weigh(row: PairRow, places: Places, reduction: Reduction): number {
    const count = places.read(row.values);
    for (let k = 0; k < count; k++) row.losses[k] = row.values[k] ** 2;
    if (this.#kind === "positives") row.weighPositives(reduction);
    else row.weighNegatives(reduction);
    return count;
  }
}

/** Whether a reduction counts every item with its anchor's weight: then the items need no lists of losses and weights. */
function hasEvenWeights(reduction: Reduction): reduction is LinearReduction {
  return reduction instanceof LinearReduction && reduction.rule.low === -Infinity && reduction.rule.high === Infinity;
}
