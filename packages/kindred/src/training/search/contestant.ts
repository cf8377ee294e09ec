import { describe } from "../../matrix/checks.ts";
import type { Trainer } from "../trainer.ts";
import { type QueryScores, scoreOf } from "./goodness.ts";
import { type HeadModel, type HeadRecipe, recipeTitle } from "./headRecipe.ts";
import { copyOfHead, isSound, restoreHead } from "./headTraining.ts";
import { LOOK_EVERY } from "./lookEvery.ts";
import type { SavedContestant } from "./searchSnapshot.ts";

/** How good a head is on the part to choose by. */
type Judge = (head: HeadModel) => QueryScores;

/** Looks without a better score after which a training rests. */
const PATIENCE = 6;

/** A head in training, of which the best state is kept. */
export class Contestant {
  readonly recipe: HeadRecipe;
  readonly #head: HeadModel;
  readonly #trainer: Trainer | null;
  readonly #judge: Judge;
  #best: { readonly head: HeadModel; readonly goodness: QueryScores; readonly step: number };
  #seconds = 0;
  #isBroken = false;
  /** Of one that was loaded at rest; its trainer was not. */
  #stepsAtRest: number | null = null;

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
  get best(): { readonly head: HeadModel; readonly goodness: QueryScores; readonly step: number } {
    return this.#best;
  }

  /** What it goes on from; a copy. */
  async save(): Promise<SavedContestant> {
    const { head, goodness, step } = this.#best;
    return {
      title: recipeTitle(this.recipe),
      steps: this.steps,
      seconds: this.#seconds,
      isBroken: this.#isBroken,
      best: { head: step === 0 ? null : head.save(), goodness, step },
      trainer: this.isAtRest ? null : ((await this.#trainer?.state()) ?? null),
    };
  }

  /**
   * Goes on from a saved one of the same recipe.
   *
   * @throws RangeError when it is of another
   */
  async load(saved: SavedContestant): Promise<void> {
    const title = recipeTitle(this.recipe);
    if (saved.title !== title)
      throw new RangeError(`the snapshot's head is ${describe(saved.title)}; ${title} was begun`);
    const { head, goodness, step } = saved.best;
    this.#best = { head: head === null ? this.#best.head : restoreHead(head), goodness, step };
    this.#seconds = saved.seconds;
    this.#isBroken = saved.isBroken;
    if (saved.trainer === null) this.#stepsAtRest = saved.steps;
    else await this.#trainer?.load(saved.trainer);
  }

  get score(): number {
    return scoreOf(this.#best.goodness);
  }

  get steps(): number {
    return this.#stepsAtRest ?? this.#trainer?.stepsDone ?? 0;
  }

  /** Of training alone. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Whether further steps are of no use: nothing is trained, it has diverged, or was no better for long. */
  get isAtRest(): boolean {
    return (
      this.#trainer === null ||
      this.#stepsAtRest !== null ||
      this.#isBroken ||
      this.steps - this.#best.step >= PATIENCE * LOOK_EVERY
    );
  }

  /** Trains until it has done so many steps in all, and looks after each {@link LOOK_EVERY} how good it has become. */
  async advanceTo(steps: number, signal: AbortSignal | null): Promise<void> {
    while (this.steps < steps && !this.isAtRest && !signal?.aborted) {
      const result = await this.#trainer!.train({
        steps: Math.min(LOOK_EVERY, steps - this.steps),
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
