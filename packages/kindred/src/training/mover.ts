import type { Loss } from "../losses/core/loss.ts";
import { checkNumber, describe } from "../matrix/checks.ts";
import { keptCount, keptNumber } from "../state/entries.ts";
import type { StateEntry, StateRecord } from "../state/stateRecord.ts";
import type { BatchCheck } from "./faultyBatch.ts";
import type { Model } from "./model.ts";
import { type Optimizer, pairWithGradients } from "./optimizer.ts";
import { checkSchedule, factorAt, type Schedule } from "./schedules/schedule.ts";
import { checkClipping, clipped, type Clipping, globalNorm } from "./weights/clipping.ts";
import { checkFreezes, type Freeze, withoutFrozen } from "./weights/freezing.ts";
import { keptNamedMatrices, type NamedMatrices, scaledAll, sumsOf } from "./weights/namedMatrices.ts";

/** How slopes move parameters: what the Trainer's options say of it. */
export interface MovingRules {
  /**
   * What the learning rates of the model and of the loss's optimizer are multiplied by in each step: {@link constantSchedule},
   * {@link linearSchedule}, {@link cosineSchedule}, each with a warm-up, or a function of the steps done. The rates that they have when
   * the Trainer is made are its base. Default null: they stay as they are.
   */
  readonly schedule?: Schedule | null;
  /** How long slopes may be, the model's together and the loss's together: `{ norm: 1 }` or `{ value: 0.5 }`. Default null: any length. */
  readonly clip?: Clipping | null;
  /** Parameters of the model or the loss that stay as they are, for some steps or always; default none. */
  readonly freeze?: Freeze | readonly Freeze[] | null;
  /**
   * Batches whose slopes are gathered before they move anything, >= 1: their mean does, in every so many-th step. A step is a batch
   * still, for runs, schedules and hooks.
   *
   * **This is not a larger batch.** A loss of pairs compares the rows of each batch by themselves, and no row with those of the others: 4
   * batches of 32 hold 4 x 32 x 31 pairs, one batch of 128 holds 128 x 127. With few samples of a class the batches teach nothing one by
   * one, and nothing together. `chunkSize` embeds a large batch in parts and compares it as a whole, with the same memory. Default 1.
   */
  readonly accumulate?: number;
}

/** What is moved. */
interface Moved {
  readonly model: Model;
  readonly loss: Loss;
  readonly lossOptimizer: Optimizer | null;
}

/** Slopes of the batches since the last move. */
interface Gathered {
  batches: number;
  model: NamedMatrices;
  loss: NamedMatrices;
}

const nothing: Readonly<Gathered> = { batches: 0, model: {}, loss: {} };

/** What came of a batch's slopes. */
interface Move {
  /** Whether they moved anything, or were gathered. */
  readonly hasMoved: boolean;
  /** How long the model's slopes were before they were clipped; null where nothing is clipped, or nothing has moved. */
  readonly gradientNorm: number | null;
}

/** Moves the model's weights and the loss's parameters: by the slopes of one batch or several, frozen, clipped, at the schedule's rate. */
export class Mover {
  readonly #moved: Moved;
  readonly #schedule: Schedule | null;
  readonly #clip: Clipping | null;
  readonly #freezes: readonly Required<Freeze>[];
  readonly #accumulate: number;
  /** The learning rates that the schedule's factors are of; null without a schedule. */
  #rates: { model: number; loss: number } | null = null;
  readonly #gathered: Gathered = { ...nothing };

  /** @throws TypeError, RangeError when a rule is out of bounds, or needs what the model does not have */
  constructor(moved: Moved, { schedule, clip, freeze, accumulate }: Required<MovingRules>) {
    const { model, loss, lossOptimizer } = moved;
    this.#moved = moved;
    this.#accumulate = checkNumber(accumulate, "accumulate", { atLeast: 1, integer: true });
    this.#schedule = schedule && checkSchedule(schedule, "schedule");
    this.#clip = clip && checkClipping(clip, "clip");
    const parameters = model.gradients === undefined ? null : (model.parameters ?? null);
    this.#freezes = freeze === null ? [] : checkFreezes(freeze, { model: parameters, loss: loss.parameters });
    if (clip !== null) need(model.gradients, "clip", "gradients");
    if (accumulate > 1) need(model.gradients, "accumulate", "gradients");
    if (schedule !== null)
      this.#rates = {
        model: need(model.learningRate, "schedule", "learningRate"),
        loss: lossOptimizer?.learningRate ?? 0,
      };
  }

  /** How much of its slope a batch has in a move; what is pulled back through the model is multiplied by it. */
  get share(): number {
    return 1 / this.#accumulate;
  }

  /**
   * Takes the slopes of a batch: the model has its share of them in `gradients`, the loss's are given. When it throws, nothing has
   * changed but what the model has in `gradients`, unless an optimizer throws while it moves.
   *
   * @param lossSlopes of the loss's own parameters
   * @throws NotFiniteError when the slopes of the model hold NaN or an infinity
   */
  move(stepsDone: number, lossSlopes: NamedMatrices, check: BatchCheck): Move {
    const { model, loss, lossOptimizer } = this.#moved;
    const own = model.gradients;
    const gathered = this.#withBatch(own ?? {}, lossOptimizer === null ? {} : lossSlopes);
    if (this.#accumulate > 1 || this.#clip !== null) {
      check.slopes(gathered.model, "the model's ");
      check.slopes(gathered.loss, "the loss's ");
    }
    if (gathered.batches < this.#accumulate) {
      model.gradients = {};
      Object.assign(this.#gathered, gathered);
      return { hasMoved: false, gradientNorm: null };
    }
    const moving = withoutFrozen(gathered.model, this.#freezes, "model", stepsDone);
    const gradients = this.#clipped(moving);
    const lossGradients = this.#clipped(withoutFrozen(gathered.loss, this.#freezes, "loss", stepsDone));
    const hasParameters = Object.keys(lossGradients).length > 0;
    if (hasParameters) pairWithGradients(loss.parameters, lossGradients);
    this.#setRates(stepsDone);
    check.reach(gradients, model.learningRate ?? 1, "the model's ");
    check.reach(lossGradients, lossOptimizer?.learningRate ?? 1, "the loss's ");
    if (gradients !== own && own !== undefined) model.gradients = gradients;
    model.step();
    if (hasParameters) lossOptimizer?.update(loss.parameters, lossGradients);
    Object.assign(this.#gathered, nothing);
    return { hasMoved: true, gradientNorm: this.#clip && globalNorm(moving) };
  }

  /** Where the learning rates stand; what it returns puts them back. */
  restorePoint(): () => void {
    if (this.#rates === null) return () => undefined;
    const { model, lossOptimizer } = this.#moved;
    const [rate, lossRate] = [model.learningRate, lossOptimizer?.learningRate];
    return () => {
      model.learningRate = rate;
      if (lossOptimizer !== null && lossRate !== undefined) lossOptimizer.learningRate = lossRate;
    };
  }

  /** What a state holds of it; null: nothing is kept. */
  get records(): { readonly learningRates: StateRecord | null; readonly gathered: StateRecord | null } {
    const [rates, gathered] = [this.#rates, this.#gathered];
    const { model, loss } = this.#moved;
    const bounds = { atLeast: 0 };
    const slopes = (name: "model" | "loss", like: NamedMatrices | undefined): StateEntry =>
      keptNamedMatrices({ get: () => gathered[name], set: (given) => (gathered[name] = given ?? {}) }, like, {
        isPart: true,
      });
    return {
      learningRates: rates && {
        model: keptNumber({ get: () => rates.model, set: (rate) => (rates.model = rate) }, bounds),
        loss: keptNumber({ get: () => rates.loss, set: (rate) => (rates.loss = rate) }, bounds),
      },
      gathered:
        this.#accumulate === 1
          ? null
          : {
              batches: keptCount(
                { get: () => gathered.batches, set: (batches) => (gathered.batches = batches) },
                this.#accumulate - 1,
              ),
              model: slopes("model", model.parameters),
              loss: slopes("loss", loss.parameters),
            },
    };
  }

  #withBatch(model: NamedMatrices, loss: NamedMatrices): Gathered {
    if (this.#accumulate === 1) return { batches: 1, model, loss };
    const before = this.#gathered;
    return {
      batches: before.batches + 1,
      model: sumsOf(before.model, model),
      loss: sumsOf(before.loss, scaledAll(loss, this.share)),
    };
  }

  #clipped(slopes: NamedMatrices): NamedMatrices {
    return this.#clip === null ? slopes : clipped(slopes, this.#clip);
  }

  #setRates(stepsDone: number): void {
    if (this.#schedule === null || this.#rates === null) return;
    const { model, lossOptimizer } = this.#moved;
    const factor = factorAt(this.#schedule, stepsDone);
    model.learningRate = factor * this.#rates.model;
    if (lossOptimizer !== null) lossOptimizer.learningRate = factor * this.#rates.loss;
  }
}

/** @throws TypeError when the model lacks what an option works with */
function need<T>(given: T | undefined, optionName: string, name: string): T {
  if (given !== undefined) return given;
  throw new TypeError(
    `Trainer's ${optionName} works with the model's ${name}, and the model has ${describe(given)}; give it ${name} to get and set, or leave ${optionName} out`,
  );
}
