import type { AnchorRow } from "../../batch/anchorRow.ts";
import type { BatchNeeds } from "../../batch/batchReport.ts";
import type { Others } from "../../batch/others.ts";
import type { Distance } from "../../distances/distance.ts";
import { LpDistance } from "../../distances/lpDistance.ts";
import { describe } from "../../matrix/checks.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { option } from "../../options/kinds.ts";
import type { Option, OptionArguments, OptionsGiven } from "../../options/option.ts";
import { AvgNonZeroReducer } from "../../reducers/avgNonZeroReducer.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import { PairLoss, pairTakes } from "./pairLoss.ts";

/** The loss of one pair as a function of its distance (or similarity), with its slope. */
export interface PairItem {
  readonly loss: (distance: number) => number;
  /** d loss / d distance. Without: taken numerically. */
  readonly slope?: (distance: number) => number;
}

const options = extendOptions(comparingOptions<Distance>(new LpDistance(), new AvgNonZeroReducer()), {
  /** What the loss is called in reports and errors. Default "GenericPairLoss". */
  name: option("a name", "GenericPairLoss", nameOf),
  /** The loss of a positive pair: a formula, or a formula with its slope. Default null: positive pairs cost nothing. */
  positive: formula(),
  /** The loss of a negative pair. Default null: negative pairs cost nothing. */
  negative: formula(),
});

/** Options of {@link GenericPairLoss}. */
export type GenericPairLossOptions = OptionsGiven<typeof options>;

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
export class GenericPairLoss extends PairLoss<typeof options> {
  static readonly description = describeLoss({
    name: "GenericPairLoss",
    family: "pairs",
    summary: "A loss of your own on pairs, from the loss of one pair.",
    paper: "none: the formula is your own",
    takes: pairTakes,
    needs: { positives: false, negatives: false },
    subLosses: { posLoss: "pos_pair", negLoss: "neg_pair" },
    options,
    example: () => ({ positive: (d) => d ** 2, negative: (d) => Math.max(0, 1 - d) ** 2 }),
  });
  override readonly name: string;

  /** @throws TypeError when neither pairs have a loss, or one is no function */
  constructor(...given: OptionArguments<typeof options>) {
    super(...given);
    this.name = this.options.name;
    if (this.options.positive === null && this.options.negative === null)
      throw new TypeError(
        "neither positive nor negative pairs were given a loss; give one, such as { positive: (d) => d ** 2 }",
      );
  }

  /** Positives where they alone cost something, negatives where they alone do. */
  override get needs(): BatchNeeds {
    const { positive, negative } = this.options;
    return { positives: negative === null, negatives: positive === null };
  }

  protected row(row: AnchorRow, [posReduction, negReduction]: readonly Reduction[]): void {
    takeItems(row, row.positives, this.options.positive, posReduction);
    takeItems(row, row.negatives, this.options.negative, negReduction);
  }
}

/** Weighs the items of one kind, and leaves their slopes in the places. */
function takeItems(row: AnchorRow, others: Others, item: Required<PairItem> | null, reduction: Reduction): void {
  if (item === null) {
    others.fill(0);
    return;
  }
  const { values, losses, weights } = row;
  const count = others.read(values);
  for (let k = 0; k < count; k++) losses[k] = item.loss(values[k]);
  row.weigh(others, reduction);
  for (let k = 0; k < count; k++) if (weights[k] !== 0) weights[k] *= item.slope(values[k]);
  others.write(weights);
}

/** @throws TypeError when it is no string */
function nameOf(given: unknown, name: string): string {
  if (typeof given !== "string") throw new TypeError(`${name} is ${describe(given)}; give a string`);
  return given;
}

/** The option that is the loss of one pair; null: such pairs cost nothing. */
function formula(): Option<Required<PairItem> | null, PairItem | PairItem["loss"] | null> {
  return option("a function of a distance, or { loss, slope }", null, itemOf);
}

/** The difference's step where rounding and curvature cost the same: the cube root of float64's epsilon. */
const STEP = Math.cbrt(Number.EPSILON);

/** @throws TypeError when it is neither a formula nor one with its slope */
function itemOf(given: unknown, name: string): Required<PairItem> {
  const item = given as PairItem | PairItem["loss"];
  const { loss, slope } = typeof item === "function" ? { loss: item, slope: undefined } : item;
  if (typeof loss !== "function" || (slope !== undefined && typeof slope !== "function"))
    throw new TypeError(`${name} is ${describe(given)}; give a function of a distance, or { loss, slope }`);
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
