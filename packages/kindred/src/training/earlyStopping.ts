import { checkNumber, checkOneOf, withDefaults } from "../matrix/checks.ts";
import type { EvaluationEvent, TrainingControl, TrainingHook } from "./trainingHook.ts";

/** Options of {@link EarlyStopping}. */
export interface EarlyStoppingOptions {
  /** Which figure of the evaluation is watched. */
  readonly metric: string;
  /** Evaluations without a gain that are borne, >= 0; the next one ends the run; default 5. */
  readonly patience?: number;
  /** "higher" is better (default), or "lower". */
  readonly better?: "higher" | "lower";
  /** What a change must exceed to be a gain, >= 0; default 0. */
  readonly minimalGain?: number;
}

const defaults = { metric: "", patience: 5, better: "higher" as "higher" | "lower", minimalGain: 0 };

/**
 * A hook that ends the run when a figure has not become better for more than `patience` evaluations in a row.
 *
 * @throws TypeError or RangeError when an option is unknown or out of bounds; RangeError in the training when the
 *   evaluation has no such figure
 */
export class EarlyStopping implements TrainingHook {
  readonly #options: Required<EarlyStoppingOptions>;
  #best: EvaluationEvent | null = null;
  #evaluationsSinceBest = 0;

  constructor(options: EarlyStoppingOptions) {
    this.#options = withDefaults<Required<EarlyStoppingOptions>>(options, defaults, "EarlyStopping");
    checkNumber(this.#options.patience, "patience", { atLeast: 0, integer: true });
    checkNumber(this.#options.minimalGain, "minimalGain", { atLeast: 0 });
    checkOneOf(this.#options.better, "better", ["higher", "lower"]);
  }

  /** The best evaluation so far, or null before the first. */
  get best(): EvaluationEvent | null {
    return this.#best;
  }

  onEvaluation(event: EvaluationEvent, control: TrainingControl): void {
    const { metric, patience, better, minimalGain } = this.#options;
    const value = event.metrics[metric];
    if (value === undefined)
      throw new RangeError(
        `the evaluation has no figure ${JSON.stringify(metric)} for EarlyStopping; it has ${Object.keys(event.metrics).join(", ")}`,
      );
    const sign = better === "higher" ? 1 : -1;
    if (this.#best === null || sign * (value - this.#best.metrics[metric]) > minimalGain) {
      this.#best = event;
      this.#evaluationsSinceBest = 0;
    } else if (++this.#evaluationsSinceBest > patience) {
      control.stop(`${metric} has not become better in ${this.#evaluationsSinceBest} evaluations`);
    }
  }
}
