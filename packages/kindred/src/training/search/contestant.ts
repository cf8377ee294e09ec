import type { Trainer } from "../trainer.ts";
import { type Goodness, scoreOf } from "./goodness.ts";
import type { HeadModel, HeadRecipe } from "./headRecipe.ts";
import { copyOfHead, isSound } from "./headTraining.ts";

/** How good a head is on the part to choose by. */
type Judge = (head: HeadModel) => Goodness;

/** Steps between two looks at how good a head has become. */
export const LOOK_EVERY = 20;
/** Steps that each head is trained before any is left behind: what learns fast is not yet what ends well. */
export const FIRST_STEPS = 3 * LOOK_EVERY;
/** Looks without a better score after which a training rests. */
const PATIENCE = 6;

/** A head in training, of which the best state is kept. */
export class Contestant {
  readonly recipe: HeadRecipe;
  readonly #head: HeadModel;
  readonly #trainer: Trainer | null;
  readonly #judge: Judge;
  #best: { readonly head: HeadModel; readonly goodness: Goodness; readonly step: number };
  #seconds = 0;
  #isBroken = false;

  constructor(
    recipe: HeadRecipe,
    { head, trainer }: { readonly head: HeadModel; readonly trainer: Trainer | null },
    judge: Judge,
  ) {
    this.recipe = recipe;
    this.#head = head;
    this.#trainer = trainer;
    this.#judge = judge;
    this.#best = { head: copyOfHead(head), goodness: judge(head), step: 0 };
  }

  /** The best state so far, how good it is, and after how many steps it was reached. */
  get best(): { readonly head: HeadModel; readonly goodness: Goodness; readonly step: number } {
    return this.#best;
  }

  get score(): number {
    return scoreOf(this.#best.goodness);
  }

  get steps(): number {
    return this.#trainer?.stepsDone ?? 0;
  }

  /** Of training alone. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Whether further steps are of no use: nothing is trained, it has diverged, or was no better for long. */
  get isAtRest(): boolean {
    return this.#trainer === null || this.#isBroken || this.steps - this.#best.step >= PATIENCE * LOOK_EVERY;
  }

  /** Trains `steps` more, and looks after each {@link LOOK_EVERY} how good it has become. */
  async advance(steps: number, signal: AbortSignal | null): Promise<void> {
    for (let done = 0; done < steps && !this.isAtRest && !signal?.aborted; done += LOOK_EVERY) {
      const result = await this.#trainer!.train({
        steps: Math.min(LOOK_EVERY, steps - done),
        ...(signal !== null && { signal }),
      });
      this.#seconds += result.seconds;
      if (result.faultyBatch === null) this.#look();
      else this.#isBroken = true;
    }
  }

  #look(): void {
    this.#isBroken = !isSound(this.#head);
    if (this.#isBroken) return;
    const goodness = this.#judge(this.#head);
    if (scoreOf(goodness) > this.score) this.#best = { head: copyOfHead(this.#head), goodness, step: this.steps };
  }
}
