import type { LossState } from "../losses/core/loss.ts";
import { checkNumber, checkOneOf, describe, withDefaults } from "../matrix/checks.ts";
import { checkStateNames, type UncheckedState } from "../state/checkState.ts";
import { keptCount, keptFlag, type Place } from "../state/entries.ts";
import { type Keeper, type Loading, loading } from "../state/loading.ts";
import type { State, StateValue } from "../state/state.ts";
import { prepareState, saveState, type StateEntry, type StateRecord } from "../state/stateRecord.ts";
import type { StateDict } from "./stateDict.ts";
import type { EvaluationEvent, Metrics, TrainingControl, TrainingHook } from "./trainingHook.ts";
import { copyAll, type NamedMatrices } from "./weights/namedMatrices.ts";

/** Options of {@link EarlyStopping}. */
export interface EarlyStoppingOptions {
  /** Which figure of the evaluation is watched: its name, or a function that makes one of them all. */
  readonly metric: string | ((metrics: Metrics) => number);
  /**
   * Evaluations without a gain that are borne, >= 0; the next one ends the run. null: any number, so that the run goes to its end and the
   * best weights are given back then. Default 5.
   */
  readonly patience?: number | null;
  /** "higher" is better (default), or "lower". */
  readonly better?: "higher" | "lower";
  /** What a change must exceed to be a gain, >= 0; default 0. */
  readonly minimalGain?: number;
  /**
   * Whether model and loss get back, at the end of a run, the states that they had at the best evaluation, the model the averaged
   * weights of then where the Trainer averages; sampler and count of steps stay where they are. It takes the memory of these states.
   * Default true.
   */
  readonly restoreBest?: boolean;
}

const defaults = {
  metric: "" as string | ((metrics: Metrics) => number),
  patience: 5 as number | null,
  better: "higher" as "higher" | "lower",
  minimalGain: 0,
  restoreBest: true,
};

/** What is given back. */
interface Remembered {
  readonly model: StateDict;
  readonly loss: LossState;
  /** What was evaluated in the place of the model's weights; null: these themselves. */
  readonly averaged: NamedMatrices | null;
}

/**
 * A hook that ends the run when a figure has not become better for more than `patience` evaluations in a row, and gives model
 * and loss back what they were at the best evaluation. It does so however the run ends, but for an error.
 *
 *     new Trainer({ model, loss, sampler, data, evaluate, hooks: [new EarlyStopping({ metric: "precisionAt1" })] });
 *     new EarlyStopping({ metric: ({ precisionAt1, mapAtR }) => precisionAt1 + mapAtR, patience: null });
 *
 * A Trainer's state has the best so far, so that a training that goes on from it gives back the same weights.
 *
 * @throws TypeError or RangeError when an option is unknown or out of bounds. In a training: TypeError at its start when nothing
 *   is evaluated, or the model has no `state` and `load` to restore; TypeError when the figure is no number; RangeError when
 *   the evaluation has no such figure
 */
export class EarlyStopping implements TrainingHook, Keeper<State> {
  readonly #options: Required<EarlyStoppingOptions>;
  #best: EvaluationEvent | null = null;
  #remembered: Remembered | null = null;
  #evaluationsSinceBest = 0;
  #training: TrainingControl | null = null;
  #isInRun = false;
  /** Whether what it knows is of a state, and the next training the one that goes on from it. */
  #isLoaded = false;

  constructor(options: EarlyStoppingOptions) {
    this.#options = withDefaults<Required<EarlyStoppingOptions>>(options, defaults, "EarlyStopping");
    const { metric, patience, minimalGain, better, restoreBest } = this.#options;
    if (typeof metric !== "function" && (typeof metric !== "string" || metric === ""))
      throw new TypeError(
        `metric is ${describe(metric)}; give the name of a figure that evaluate returns, or a function of all figures`,
      );
    if (patience !== null) checkNumber(patience, "patience", { atLeast: 0, integer: true });
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
        `EarlyStopping watches ${this.#metricName}, but nothing is evaluated; give the Trainer evaluate`,
      );
    if (this.#options.restoreBest && (model.state === undefined || model.load === undefined))
      throw new TypeError(
        "EarlyStopping is to restore the best weights, but the model has no state and load; give it both, or restoreBest: false",
      );
    if (!this.#isLoaded && this.#training !== training) [this.#best, this.#remembered] = [null, null];
    if (!this.#isLoaded || !this.#isInRun) this.#evaluationsSinceBest = 0;
    this.#training = training;
    this.#isLoaded = false;
    this.#isInRun = true;
  }

  onEvaluation(event: EvaluationEvent, control: TrainingControl): void | Promise<void> {
    const { patience } = this.#options;
    const name = this.#metricName;
    const value = this.#figureOf(event.metrics);
    if (Number.isNaN(value)) return control.stop(`${name} is NaN at step ${event.step}${this.#restoringWords()}`);
    if (this.#isGain(value)) return this.#remember(event, control);
    if (++this.#evaluationsSinceBest > (patience ?? Infinity))
      control.stop(
        `${name} has not become better in ${this.#evaluationsSinceBest} evaluations${this.#restoringWords()}`,
      );
  }

  async onEnd({ stopReason }: { readonly stopReason: string }): Promise<void> {
    this.#isInRun = false;
    if (stopReason === "failed" || this.#remembered === null || this.#training === null) return;
    const { model, loss } = this.#training;
    const { model: weights, loss: lossState, averaged } = this.#remembered;
    await model.load!(weights);
    loss.load(lossState);
    if (averaged !== null) model.parameters = averaged;
  }

  state(): State {
    return saveState("EarlyStopping", this.#record);
  }

  load(state: State): void {
    this.prepareLoad(state).take();
  }

  prepareLoad(state: State): Loading {
    return prepareState("EarlyStopping", this.#record, state);
  }

  get #record(): StateRecord {
    const remembered: Place<Remembered | null> = {
      get: () => this.#remembered,
      set: (given) => {
        this.#remembered = given;
        this.#isLoaded = true;
      },
    };
    return {
      best: keptCopy({ get: () => this.#best, set: (best) => (this.#best = best) }, ["step", "epoch", "metrics"]),
      remembered: keptCopy(remembered, ["model", "loss", "averaged"]),
      evaluationsSinceBest: keptCount({
        get: () => this.#evaluationsSinceBest,
        set: (count) => (this.#evaluationsSinceBest = count),
      }),
      isInRun: keptFlag({ get: () => this.#isInRun, set: (isInRun) => (this.#isInRun = isInRun) }),
    };
  }

  get #metricName(): string {
    const { metric } = this.#options;
    return typeof metric === "string" ? metric : metric.name || "the figure";
  }

  #figureOf(metrics: Metrics): number {
    const { metric } = this.#options;
    const value: unknown = typeof metric === "string" ? metrics[metric] : metric(metrics);
    const name = this.#metricName;
    if (value === undefined && typeof metric === "string")
      throw new RangeError(
        `the evaluation has no figure ${JSON.stringify(metric)} for EarlyStopping; it has ${Object.keys(metrics).join(", ")}`,
      );
    if (typeof value !== "number")
      throw new TypeError(`the figure ${name} of the evaluation is ${describe(value)}; it must be a number`);
    return value;
  }

  #isGain(value: number): boolean {
    const { better, minimalGain } = this.#options;
    const sign = better === "higher" ? 1 : -1;
    return this.#best === null || sign * (value - this.#figureOf(this.#best.metrics)) > minimalGain;
  }

  async #remember(event: EvaluationEvent, { model, loss, average }: TrainingControl): Promise<void> {
    if (this.#options.restoreBest) {
      const averaged = average?.weights ?? null;
      this.#remembered = {
        model: await model.state!(),
        loss: loss.state(),
        averaged: averaged && copyAll(averaged),
      };
    }
    this.#best = event;
    this.#evaluationsSinceBest = 0;
  }

  #restoringWords(): string {
    return this.#remembered === null ? "" : `; the weights of step ${this.#best!.step} are restored`;
  }
}

/** Plain data that is handed on as it is, or null; who uses it checks it. @param names that it has */
function keptCopy<T extends object>(place: Place<T | null>, names: readonly string[]): StateEntry {
  return {
    save: () => structuredClone(place.get()) as StateValue,
    prepare: (given, name) => {
      if (given !== null && (typeof given !== "object" || Array.isArray(given)))
        throw new TypeError(`${name} is ${describe(given)}; give what state() returned`);
      if (given !== null) checkStateNames(given as UncheckedState, names, name, "EarlyStopping");
      const copy = structuredClone(given) as T | null;
      return loading(() => place.set(copy));
    },
  };
}
