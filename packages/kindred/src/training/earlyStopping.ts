import { checkNumber, checkOneOf, describe, withDefaults } from "../matrix/checks.ts";
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
  /**
   * Whether model and loss get back, at the end of a run, the states that they had at the best evaluation; sampler and count of
   * steps stay where they are. It takes the memory of these states. Default true.
   */
  readonly restoreBest?: boolean;
}

const defaults = {
  metric: "",
  patience: 5,
  better: "higher" as "higher" | "lower",
  minimalGain: 0,
  restoreBest: true,
};

/**
 * A hook that ends the run when a figure has not become better for more than `patience` evaluations in a row, or is NaN, and
 * gives model and loss back what they were at the best evaluation. It does so however the run ends, but for an error.
 *
 *     new Trainer({ model, loss, sampler, data, evaluate, hooks: [new EarlyStopping({ metric: "precisionAt1" })] });
 *
 * @throws TypeError or RangeError when an option is unknown or out of bounds. In a training: TypeError at its start when nothing
 *   is evaluated, or the model has no `state` and `load` to restore; TypeError when the figure is no number; RangeError when
 *   the evaluation has no such figure
 */
export class EarlyStopping implements TrainingHook {
  readonly #options: Required<EarlyStoppingOptions>;
  #best: EvaluationEvent | null = null;
  #restore: (() => Promise<void>) | null = null;
  #evaluationsSinceBest = 0;
  #training: TrainingControl | null = null;

  constructor(options: EarlyStoppingOptions) {
    this.#options = withDefaults<Required<EarlyStoppingOptions>>(options, defaults, "EarlyStopping");
    const { metric, patience, minimalGain, better, restoreBest } = this.#options;
    if (typeof metric !== "string" || metric === "")
      throw new TypeError(`metric is ${describe(metric)}; give the name of a figure that evaluate returns`);
    checkNumber(patience, "patience", { atLeast: 0, integer: true });
    checkNumber(minimalGain, "minimalGain", { atLeast: 0 });
    checkOneOf(better, "better", ["higher", "lower"]);
    checkOneOf(restoreBest, "restoreBest", [true, false]);
  }

  /** The best evaluation so far, or null before the first. */
  get best(): EvaluationEvent | null {
    return this.#best;
  }

  onStart(training: TrainingControl): void {
    const { hasEvaluation, model } = training;
    if (!hasEvaluation)
      throw new TypeError(
        `EarlyStopping watches ${this.#options.metric}, but nothing is evaluated; give the Trainer evaluate`,
      );
    if (this.#options.restoreBest && (model.state === undefined || model.load === undefined))
      throw new TypeError(
        "EarlyStopping is to restore the best weights, but the model has no state and load; give it both, or restoreBest: false",
      );
    if (this.#training !== training) [this.#best, this.#restore] = [null, null];
    this.#training = training;
    this.#evaluationsSinceBest = 0;
  }

  onEvaluation(event: EvaluationEvent, control: TrainingControl): void | Promise<void> {
    const { metric, patience } = this.#options;
    const value: unknown = event.metrics[metric];
    if (value === undefined)
      throw new RangeError(
        `the evaluation has no figure ${JSON.stringify(metric)} for EarlyStopping; it has ${Object.keys(event.metrics).join(", ")}`,
      );
    if (typeof value !== "number")
      throw new TypeError(`the figure ${metric} of the evaluation is ${describe(value)}; it must be a number`);
    if (Number.isNaN(value)) return control.stop(`${metric} is NaN at step ${event.step}${this.#restoringWords()}`);
    if (this.#isGain(value)) return this.#remember(event, control);
    if (++this.#evaluationsSinceBest > patience)
      control.stop(
        `${metric} has not become better in ${this.#evaluationsSinceBest} evaluations${this.#restoringWords()}`,
      );
  }

  async onEnd({ stopReason }: { readonly stopReason: string }): Promise<void> {
    if (stopReason !== "failed") await this.#restore?.();
  }

  #isGain(value: number): boolean {
    const { metric, better, minimalGain } = this.#options;
    const sign = better === "higher" ? 1 : -1;
    return this.#best === null || sign * (value - this.#best.metrics[metric]) > minimalGain;
  }

  async #remember(event: EvaluationEvent, { model, loss }: TrainingControl): Promise<void> {
    this.#best = event;
    this.#evaluationsSinceBest = 0;
    if (!this.#options.restoreBest) return;
    const [weights, lossState] = [await model.state!(), loss.state()];
    this.#restore = async () => {
      await model.load!(weights);
      loss.load(lossState);
    };
  }

  #restoringWords(): string {
    return this.#restore === null ? "" : `; the weights of step ${this.#best!.step} are restored`;
  }
}
