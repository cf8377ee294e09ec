import type { Places } from "../../kernels/places.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { describe, withDefaults } from "../../matrix/checks.ts";
import { AvgNonZeroReducer } from "../../reducers/avgNonZeroReducer.ts";
import type { ItemKind } from "../../reducers/reducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import type { BatchNeeds } from "../../batch/batchReport.ts";
import { metricLossDefaults, type MetricLossOptions } from "../core/metricLoss.ts";
import { PairLoss } from "./pairLoss.ts";
import type { PairRow } from "../../batch/pairRow.ts";

/** The loss of one pair as a function of its distance (or similarity), with its slope. */
export interface PairItem {
  readonly loss: (distance: number) => number;
  /** d loss / d distance. Without: taken numerically. */
  readonly slope?: (distance: number) => number;
}

/** Options of {@link GenericPairLoss}. */
export interface GenericPairLossOptions extends MetricLossOptions {
  /** What the loss is called in reports and errors. Default "GenericPairLoss". */
  readonly name: string;
  /** The loss of a positive pair: a formula, or a formula with its slope. Default null: positive pairs cost nothing. */
  readonly positive: PairItem | PairItem["loss"] | null;
  /** The loss of a negative pair. Default null: negative pairs cost nothing. */
  readonly negative: PairItem | PairItem["loss"] | null;
}

const defaults: GenericPairLossOptions = {
  ...metricLossDefaults,
  name: "GenericPairLoss",
  positive: null,
  negative: null,
};

/**
 * A loss of your own on pairs, from the loss of one pair:
 *
 *     L = reduce( positive(d_ip) ) + reduce( negative(d_in) )
 *
 *     const loss = new GenericPairLoss({
 *       positive: (d) => d ** 2,
 *       negative: { loss: (d) => Math.max(0, 1 - d) ** 2, slope: (d) => -2 * Math.max(0, 1 - d) },
 *     });
 *
 * Tiles, references, tuples, reducers and reports come with it. A formula without a slope is an ordinary function of a
 * number: its slope is the central difference, in float64 with a step of 6e-6, whose error (about 1e-10) is far below that
 * of the float32 distances; at a kink it is the mean of both sides, and at the end of what the formula is defined for
 * (d = 0 in d^1.5, s = 1 in acos s) the difference to the inner side. That was preferred to numbers that carry their slopes,
 * for which formulas would have to be written in method calls; it costs three calls of the formula a pair instead of two.
 *
 * Two sub-losses, `posLoss` and `negLoss`. Default distance LpDistance, default reducer AvgNonZeroReducer. `evaluate` throws
 * a RangeError where a formula or its slope gives no finite number.
 */
export class GenericPairLoss extends PairLoss {
  readonly name: string;
  readonly needs: BatchNeeds;
  protected readonly itemKinds: readonly ItemKind[] = ["pos_pair", "neg_pair"];
  readonly #positive: Required<PairItem> | null;
  readonly #negative: Required<PairItem> | null;

  /** @throws TypeError when neither pairs have a loss, or one is no function */
  constructor(options: Partial<GenericPairLossOptions>) {
    const given = withDefaults(options, defaults, "GenericPairLoss");
    super(given, new LpDistance(), new AvgNonZeroReducer());
    this.name = given.name;
    this.#positive = itemOf(given.positive, "positive");
    this.#negative = itemOf(given.negative, "negative");
    if (this.#positive === null && this.#negative === null)
      throw new TypeError(
        "neither positive nor negative pairs were given a loss; give one, such as { positive: (d) => d ** 2 }",
      );
    this.needs = { positives: this.#negative === null, negatives: this.#positive === null };
  }

  protected override get subLossNames(): readonly string[] {
    return ["posLoss", "negLoss"];
  }

  protected row(row: PairRow, [posReduction, negReduction]: readonly Reduction[]): void {
    fill(row, row.positives, this.#positive, () => row.weighPositives(posReduction));
    fill(row, row.negatives, this.#negative, () => row.weighNegatives(negReduction));
  }
}

/** The difference's step where rounding and curvature cost the same: the cube root of float64's epsilon. */
const STEP = Math.cbrt(Number.EPSILON);

function itemOf(item: PairItem | PairItem["loss"] | null, name: string): Required<PairItem> | null {
  if (item === null) return null;
  const { loss, slope } = typeof item === "function" ? { loss: item, slope: undefined } : item;
  if (typeof loss !== "function" || (slope !== undefined && typeof slope !== "function"))
    throw new TypeError(`${name} is ${describe(item)}; give a function of a distance, or { loss, slope }`);
  return {
    loss: finite(loss, name, "a loss"),
    slope: finite(slope ?? numericSlope(loss), `the slope of ${name}`, "a slope"),
  };
}

/** The central difference, or that of one side at the end of what the formula is defined for (acos at 1, d^1.5 at 0). */
function numericSlope(loss: PairItem["loss"]): (distance: number) => number {
  return (distance) => {
    const step = STEP * Math.max(1, Math.abs(distance));
    const [after, before] = [loss(distance + step), loss(distance - step)];
    if (Number.isFinite(after) && Number.isFinite(before)) return (after - before) / (2 * step);
    return Number.isFinite(after) ? (after - loss(distance)) / step : (loss(distance) - before) / step;
  };
}

/** The function, refusing what it returns unless that is a finite number: NaN would pass for a pair without a loss. */
function finite(f: (distance: number) => number, name: string, what: string): (distance: number) => number {
  return (distance) => {
    const value: unknown = f(distance);
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw new RangeError(`${name} gives ${describe(value)} at distance ${distance}; ${what} is a finite number`);
  };
}

/** Weighs the items of one kind, and leaves their slopes in the places. */
function fill(row: PairRow, places: Places, item: Required<PairItem> | null, weigh: () => void): void {
  if (item === null) {
    places.fill(0);
    return;
  }
  const { values, losses, weights } = row;
  const count = places.read(values);
  for (let k = 0; k < count; k++) losses[k] = item.loss(values[k]);
  weigh();
  for (let k = 0; k < count; k++) if (weights[k] !== 0) weights[k] *= item.slope(values[k]);
  places.write(weights);
}
