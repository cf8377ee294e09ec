import type { SearchSnapshot, State } from "kindred";
import { InputError } from "../../../door/inputError.ts";
import { CHECKPOINT_KIND, CheckpointFile } from "../../../files/checkpoint/checkpointFile.ts";
import type { Terminal } from "../../../terminal/terminal.ts";
import type { RunOptions } from "./runFlags.ts";
import { differenceOf, identityIn, type RunIdentity } from "./runIdentity.ts";

/** Whom a run talks to: `say` what is good to know, `complain` what went wrong. */
type Voice = Pick<Terminal, "say" | "complain">;

/**
 * A search as a run that may be killed at any moment: it writes a checkpoint after the turns of its heads, and goes on from one with
 * the heads that were finished and the steps that were settled.
 */
export class KeptSearch {
  readonly #file: CheckpointFile;
  readonly #options: RunOptions;
  readonly #voice: Voice;
  /** Aborted: the search was ended early, and may be gone on with. */
  readonly #signal: AbortSignal;
  /** Whether the last checkpoint is of this run. */
  #isKept = false;
  #identity: RunIdentity | null = null;
  #keptAt = performance.now();
  #hasFailed = false;

  /**
   * @param out the result folder, which this process has claimed
   * @throws InputError when something else lies where the checkpoint is to be
   */
  constructor(options: RunOptions, out: string, signal: AbortSignal, voice: Voice) {
    this.#options = options;
    this.#signal = signal;
    this.#voice = voice;
    this.#file = new CheckpointFile(out);
  }

  /**
   * Binds the run to its search.
   *
   * @returns where an earlier run of it was; null: it begins anew
   * @throws InputError when the checkpoint is damaged, or of another run
   */
  begin(identity: RunIdentity): SearchSnapshot | null {
    this.#identity = identity;
    const { path, isThere } = this.#file;
    if (this.#options.resume && isThere) return this.#earlier(identity);
    if (this.#options.resume) this.#voice.say(`There is no ${path} to go on from: the search begins at its beginning.`);
    else if (isThere)
      this.#voice.say(
        `${path} is of an earlier run, which --resume goes on with; this one begins anew, and takes its place at its first checkpoint.`,
      );
    return null;
  }

  /** Writes a checkpoint when it is time to. Where that fails the last good one stays, the search goes on, and it is said once. */
  keep(snapshot: SearchSnapshot): void {
    if (performance.now() - this.#keptAt < 1000 * this.#options.checkpointEvery) return;
    const state = { kind: CHECKPOINT_KIND, run: { ...this.#identity }, search: snapshot };
    try {
      this.#file.write(state as unknown as State);
      this.#isKept = true;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (!this.#hasFailed)
        this.#voice.complain(`kindred: no checkpoint could be written, the search goes on without: ${error.message}`);
      this.#hasFailed = true;
    }
    this.#keptAt = performance.now();
  }

  /** What is to be known of how it can be gone on with. */
  get lines(): string[] {
    const isKept = this.#signal.aborted && this.#isKept;
    return isKept ? [`The same command with --resume goes on, as long as ${this.#file.path} is there.`] : [];
  }

  /** The result is written: the checkpoint of a search that came to its end has served. */
  finish(): void {
    if (this.#signal.aborted) return;
    try {
      this.#file.clear();
    } catch (error) {
      this.#voice.complain(`kindred: ${(error as Error).message}`);
    }
  }

  #earlier(identity: RunIdentity): SearchSnapshot {
    const { path } = this.#file;
    const state = this.#file.read();
    const kept = identityIn(state);
    const difference = kept === null ? "it does not say of which run it is" : differenceOf(kept, identity);
    const search = state["search"];
    if (difference !== null || search === undefined)
      throw new InputError(
        `${path} is of another run: ${difference ?? "of one training"}; give what it was begun with, or leave --resume out to begin anew`,
      );
    const snapshot = search as unknown as SearchSnapshot;
    this.#voice.say(`Going on with the search, as ${path} has it: ${snapshot.contestants.length} heads begun.`);
    return snapshot;
  }
}
