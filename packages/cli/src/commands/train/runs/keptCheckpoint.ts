import type { State } from "kindred";
import { InputError } from "../../../door/inputError.ts";
import { CHECKPOINT_KIND, CheckpointFile } from "../../../files/checkpoint/checkpointFile.ts";
import type { Terminal } from "../../../terminal/terminal.ts";
import type { RunOptions } from "./runFlags.ts";
import { differenceOf, identityIn, type RunIdentity } from "./runIdentity.ts";

/** Whom a run talks to: `say` what is good to know, `complain` what went wrong. */
export type Voice = Pick<Terminal, "say" | "complain">;

/** The work that a checkpoint is of: its name, which is also the part of the checkpoint that it goes on from. */
interface KeptWork {
  readonly title: "training" | "search";
  readonly part: "trainer" | "search";
}

/** The checkpoint of a run: bound to what decides its bits, written when it is time to, taken away when it has served. */
export class KeptCheckpoint {
  readonly #file: CheckpointFile;
  readonly #options: RunOptions;
  readonly #work: KeptWork;
  readonly #voice: Voice;
  #identity: RunIdentity | null = null;
  #keptAt = 0;
  #fault: string | null = null;

  /**
   * @param out the result folder, which this process has claimed
   * @throws InputError when something else lies where the checkpoint is to be
   */
  constructor(out: string, options: RunOptions, work: KeptWork, voice: Voice) {
    this.#file = new CheckpointFile(out);
    this.#options = options;
    this.#work = work;
    this.#voice = voice;
  }

  get path(): string {
    return this.#file.path;
  }

  /** Whether one is written now and then. */
  get isKept(): boolean {
    return this.#options.checkpointEvery < Infinity;
  }

  /** Whether the last one is as old as it may become. */
  get isDue(): boolean {
    return performance.now() - this.#keptAt >= 1000 * this.#options.checkpointEvery;
  }

  /** Why the last one could not be written; null: it could. */
  get fault(): string | null {
    return this.#fault;
  }

  /**
   * Binds it to its run.
   *
   * @returns what an earlier run of the same kept; null: this one begins anew
   * @throws InputError when the checkpoint is damaged, or of another run
   */
  begin(identity: RunIdentity): State | null {
    this.#identity = identity;
    this.#keptAt = performance.now();
    const { path, isThere } = this.#file;
    const { title } = this.#work;
    if (this.#options.resume && isThere) return this.#earlier(identity);
    if (this.#options.resume)
      this.#voice.say(`There is no ${path} to go on from: the ${title} begins at its beginning.`);
    else if (isThere)
      this.#voice.say(
        `${path} is of an earlier run, which --resume goes on with; this one begins anew, and takes its place at its first checkpoint.`,
      );
    return null;
  }

  /**
   * Writes one. Where that fails the last good one stays, the work goes on, and it is said once.
   *
   * @returns whether it was written
   */
  keep(parts: State): boolean {
    try {
      this.#file.write({ kind: CHECKPOINT_KIND, run: { ...this.#identity }, ...parts });
      this.#fault = null;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (this.#fault === null)
        this.#voice.complain(
          `kindred: no checkpoint could be written, the ${this.#work.title} goes on without: ${error.message}`,
        );
      this.#fault = error.message;
    }
    this.#keptAt = performance.now();
    return this.#fault === null;
  }

  /** Takes this run's checkpoint away; that of another run stays. */
  clear(): void {
    try {
      this.#file.clear();
    } catch (error) {
      this.#voice.complain(`kindred: ${(error as Error).message}`);
    }
  }

  #earlier(identity: RunIdentity): State {
    const { path } = this.#file;
    const state = this.#file.read();
    const kept = identityIn(state);
    const difference = kept === null ? "it does not say of which run it is" : differenceOf(kept, identity);
    const { title, part } = this.#work;
    if (difference !== null || state[part] === undefined)
      throw new InputError(
        `${path} is of another run: ${difference ?? `it holds no ${title}`}; give what it was begun with, or leave --resume out to begin anew`,
      );
    return state;
  }
}
