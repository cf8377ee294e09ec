import { withinFloat } from "../matrix/float.ts";
import { toMatrix, zeros, type Matrix, type MatrixLike } from "../matrix/matrix.ts";
import { descriptionOf } from "../options/descriptionOf.ts";
import type { Option, OptionArguments, OptionsGiven, OptionValues } from "../options/option.ts";
import { readOptions } from "../options/readOptions.ts";
import { MeanReducer } from "../reducers/meanReducer.ts";
import type { Reducer } from "../reducers/reducer.ts";
import { reducerOption } from "../reducers/reducerOption.ts";
import type { Reduction } from "../reducers/reduction.ts";
import type { Penalty, Regularizer } from "./regularizer.ts";
import type { RegularizerDescription } from "./regularizerDescription.ts";

/** The options of every regularizer. */
export interface RegularizerOptionRecord {
  /** How item penalties become one number. Default: the regularizer's own, MeanReducer where nothing else is said. */
  readonly reducer: Option<Reducer, Reducer | null>;
}

/** What every regularizer can be told. @param reducer the regularizer's own default */
export function regularizerOptions(reducer: Reducer = new MeanReducer()): RegularizerOptionRecord {
  return { reducer: reducerOption(reducer) };
}

/** What every regularizer can be told. */
export type RegularizerOptions = OptionsGiven<RegularizerOptionRecord>;

/**
 * A penalty made of items, which a reducer makes one number. A subclass has a static `description` (see
 * {@link RegularizerDescription}), from which its options come, and penalizes.
 *
 * R is the record of its options.
 */
export abstract class ReducedRegularizer<
  R extends RegularizerOptionRecord = RegularizerOptionRecord,
> implements Regularizer {
  readonly name: string;
  readonly description: RegularizerDescription;
  /** The options that were given over their defaults. */
  readonly options: OptionValues<R>;
  readonly reducer: Reducer;

  /**
   * @throws TypeError when an option is unknown, missing or of another type, or the class has no description; RangeError
   *   when a value is out of bounds
   */
  constructor(...[given]: OptionArguments<R>) {
    const description = (this.description = descriptionOf<RegularizerDescription>(new.target, "regularizer"));
    this.name = description.name;
    this.options = readOptions(description.options as unknown as R, given, this.name);
    this.reducer = (this.options as unknown as OptionValues<RegularizerOptionRecord>).reducer;
  }

  /** @throws TypeError when x is no matrix; RangeError when it holds NaN or an infinity */
  evaluate(x: MatrixLike): Penalty {
    const matrix = toMatrix(x, "x");
    this.check(matrix);
    const divisor = this.divisorFor(matrix);
    if (this.reducer.needsDivisor === true && divisor === null)
      throw new TypeError(`${this.name} has no divisor for a DivisorReducer; use a MeanReducer or a SumReducer`);
    const places = Int32Array.from({ length: this.itemsOf(matrix) }, (_, item) => item);
    const reduction = this.reducer.begin({ kind: "element", labels: places });
    const slopes = new Float64Array(matrix.data.length);
    this.penalize(matrix, reduction, slopes);
    const { value, scale } = reduction.result(divisor ?? undefined);
    const gradient = zeros(matrix.rows, matrix.cols);
    for (let k = 0; k < slopes.length; k++) gradient.data[k] = withinFloat(scale * slopes[k]);
    return { value, gradient };
  }

  /** Hands every item to the reduction and adds weight x slope to `slopes`, which are laid out as x. */
  protected abstract penalize(x: Matrix, reduction: Reduction, slopes: Float64Array): void;

  /** How many items there are: one a row, unless a regularizer says otherwise. */
  protected itemsOf(x: Matrix): number {
    return x.rows;
  }

  /** Refuses matrices that this regularizer cannot take. */
  protected check(_x: Matrix): void {}

  /** What a DivisorReducer divides by; null: there is nothing. */
  protected divisorFor(_x: Matrix): number | null {
    return null;
  }
}
