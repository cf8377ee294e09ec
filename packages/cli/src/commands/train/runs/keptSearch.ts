import type { SearchSnapshot, State } from "kindred";
import { KeptCheckpoint, type Voice } from "./keptCheckpoint.ts";
import type { RunOptions } from "./runFlags.ts";
import type { RunIdentity } from "./runIdentity.ts";

/**
 * A search as a run that may be killed at any moment: it writes a checkpoint after the turns of its heads, and goes on from one with
 * the heads that were finished and the steps that were settled.
 */
export class KeptSearch {
  readonly #checkpoint: KeptCheckpoint;
  readonly #voice: Voice;
  /** Aborted: the search was ended early, and may be gone on with. */
  readonly #signal: AbortSignal;
  /** Whether the last checkpoint is of this run. */
  #isKept = false;

  /**
   * @param out the result folder, which this process has claimed
   * @throws InputError when something else lies where the checkpoint is to be
   */
  constructor(options: RunOptions, out: string, signal: AbortSignal, voice: Voice) {
    this.#checkpoint = new KeptCheckpoint(out, options, { title: "search", part: "search" }, voice);
    this.#signal = signal;
    this.#voice = voice;
  }

  /**
   * Binds the run to its search.
   *
   * @returns where an earlier run of it was; null: it begins anew
   * @throws InputError when the checkpoint is damaged, or of another run
   */
  begin(identity: RunIdentity): SearchSnapshot | null {
    const earlier = this.#checkpoint.begin(identity);
    if (earlier === null) return null;
    this.#isKept = true;
    const snapshot = earlier["search"] as unknown as SearchSnapshot;
    const { path } = this.#checkpoint;
    this.#voice.say(`Going on with the search, as ${path} has it: ${snapshot.contestants.length} heads begun.`);
    return snapshot;
  }

  /** Writes a checkpoint when it is time to. */
  keep(snapshot: SearchSnapshot): void {
    if (!this.#checkpoint.isDue) return;
    if (this.#checkpoint.keep({ search: snapshot as unknown as State })) this.#isKept = true;
  }

  /** What is to be known of how it can be gone on with. */
  get lines(): string[] {
    const isKept = this.#signal.aborted && this.#isKept;
    return isKept ? [`The same command with --resume goes on, as long as ${this.#checkpoint.path} is there.`] : [];
  }

  /** The result is written: the checkpoint of a search that came to its end has served. */
  finish(): void {
    if (!this.#signal.aborted) this.#checkpoint.clear();
  }
}
