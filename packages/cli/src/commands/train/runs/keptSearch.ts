import type { HeadResult, SearchProgress, SearchSnapshot, State } from "kindred";
import type { NamedPath } from "../../../files/places/samePlace.ts";
import { KeptCheckpoint, type Voice } from "./keptCheckpoint.ts";
import { LogFiles } from "./logFiles.ts";
import type { RunOptions } from "./runFlags.ts";
import type { RunIdentity } from "./runIdentity.ts";
import { SearchLogs } from "./searchLogs.ts";
import { SearchTurns, type SearchTurn } from "./searchTurns.ts";

/**
 * A search as a run that may be killed at any moment: it writes a checkpoint after the turns of its heads, and goes on from one with
 * the heads that were finished and the steps that were settled.
 */
export class KeptSearch {
  readonly #checkpoint: KeptCheckpoint;
  readonly #voice: Voice;
  /** Aborted: the search was ended early, and may be gone on with. */
  readonly #signal: AbortSignal;
  readonly #logs: SearchLogs;
  /** Where the search goes on from; null: it began anew. */
  #earlier: SearchSnapshot | null = null;
  #turns = new SearchTurns();
  /** Whether the last checkpoint is of this run. */
  #isKept = false;

  /**
   * @param out the result folder, which this process has claimed
   * @throws InputError when something else lies where the checkpoint is to be, or a log cannot be written
   */
  constructor(options: RunOptions, out: string, inputs: readonly NamedPath[], signal: AbortSignal, voice: Voice) {
    this.#checkpoint = new KeptCheckpoint(out, options, { title: "search", part: "search" }, voice);
    const warn = (sentence: string): void => voice.complain(`kindred: ${sentence}`);
    this.#logs = new SearchLogs(new LogFiles(options, out, inputs, "search", warn));
    this.#signal = signal;
    this.#voice = voice;
  }

  /** How its candidates were after each of their turns, those of earlier runs of it too. */
  get turns(): readonly SearchTurn[] {
    return this.#turns.all;
  }

  /**
   * Binds the run to its search.
   *
   * @returns where an earlier run of it was; null: it begins anew
   * @throws InputError when the checkpoint is damaged, or of another run
   */
  async begin(identity: RunIdentity): Promise<SearchSnapshot | null> {
    const earlier = this.#checkpoint.begin(identity);
    const snapshot = earlier && (earlier["search"] as unknown as SearchSnapshot);
    if (earlier !== null && snapshot !== null) {
      this.#isKept = true;
      this.#turns = new SearchTurns(earlier["turns"] as unknown as readonly SearchTurn[]);
      const { path } = this.#checkpoint;
      this.#voice.say(`Going on with the search, as ${path} has it: ${snapshot.contestants.length} heads begun.`);
    }
    this.#earlier = snapshot;
    await this.#logs.start(snapshot);
    return snapshot;
  }

  /** A head has had its turn: tells the logs, and writes a checkpoint when it is time to. */
  async keep(snapshot: SearchSnapshot): Promise<void> {
    // a search that goes on begins its heads again one by one: what was kept of the later ones stays until it has them
    if (this.#earlier !== null && isBehind(snapshot, this.#earlier)) return;
    await this.#logs.turns(this.#turns.take(snapshot), snapshot);
    if (!this.#checkpoint.isDue) return;
    const parts = { search: snapshot, turns: this.#turns.all };
    if (this.#checkpoint.keep(parts as unknown as State)) this.#isKept = true;
  }

  /** Tells the logs of what is not told by turns. */
  progress({ phase, candidate }: SearchProgress): void {
    // a line is written before this returns
    if (phase === "refit") void this.#logs.refit(candidate);
  }

  /** Tells the logs what the search came to. */
  async end(found: HeadResult): Promise<void> {
    await this.#logs.end(found, this.turns, this.#signal.aborted);
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

  /** No more is written. */
  close(): void {
    this.#logs.close();
  }
}

function isBehind({ contestants }: SearchSnapshot, earlier: SearchSnapshot): boolean {
  return earlier.contestants.some(
    ({ steps }, place) => place >= contestants.length || contestants[place].steps < steps,
  );
}
