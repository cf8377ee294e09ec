import {
  RunRecord,
  type State,
  type Trainer,
  type TrainerState,
  type TrainingHook,
  type TrainingResult,
} from "kindred";
import { InputError } from "../../../door/inputError.ts";
import { Interrupted } from "../../../door/interrupt.ts";
import { CHECKPOINT_KIND, CheckpointFile } from "../../../files/checkpoint/checkpointFile.ts";
import type { NamedPath } from "../../../files/places/samePlace.ts";
import { plural } from "../../../terminal/format.ts";
import type { Terminal } from "../../../terminal/terminal.ts";
import type { RunOptions } from "./runFlags.ts";
import { differenceOf, identityIn, type RunIdentity } from "./runIdentity.ts";
import { RunLogs } from "./runLogs.ts";

/** Whom a run talks to: `say` what is good to know, `complain` what went wrong. */
type Voice = Pick<Terminal, "say" | "complain">;

/** What a training is as long as it runs. */
interface Parts {
  readonly trainer: Trainer;
  readonly identity: RunIdentity;
}

/**
 * One training as a run that may be killed at any moment: it writes a checkpoint now and then, goes on from one, and tells its logs.
 * Killed and resumed, it comes to the same bits as one that never stopped.
 */
export class KeptRun implements TrainingHook {
  readonly #file: CheckpointFile;
  readonly #logs: RunLogs;
  readonly #options: RunOptions;
  readonly #voice: Voice;
  readonly #record = new RunRecord();
  #parts: Parts | null = null;
  #keptAt = 0;
  /** The step of the last checkpoint; null: there is none. */
  #keptStep: number | null = null;
  /** Whether a signal ended the training, which may be gone on with. */
  #isEarly = false;
  /** Why the last checkpoint could not be written; null: it could. */
  #fault: string | null = null;

  /**
   * @param out the result folder, which this process has claimed
   * @throws InputError when something else lies where the checkpoint is to be, or a log cannot be written
   */
  constructor(options: RunOptions, out: string, inputs: readonly NamedPath[], voice: Voice) {
    this.#options = options;
    this.#voice = voice;
    this.#file = new CheckpointFile(out);
    this.#logs = new RunLogs(options, out, inputs, (sentence) => voice.complain(`kindred: ${sentence}`));
  }

  /** To be told of the training behind its monitor. What hooks keep goes by their places: those that keep something come first. */
  get hooks(): readonly TrainingHook[] {
    return [this.#record, ...this.#logs.hooks, this];
  }

  /**
   * Binds the run to its training, which goes on from the checkpoint where that is asked for.
   *
   * @throws InputError when the checkpoint is damaged, or of another run
   */
  async begin(trainer: Trainer, identity: RunIdentity): Promise<void> {
    this.#parts = { trainer, identity };
    const { path, isThere } = this.#file;
    if (this.#options.resume && isThere) return this.#goOn(this.#parts);
    if (this.#options.resume)
      this.#voice.say(`There is no ${path} to go on from: the training begins at its beginning.`);
    else if (isThere)
      this.#voice.say(
        `${path} is of an earlier training, which --resume goes on with; this one begins anew, and takes its place at its first checkpoint.`,
      );
  }

  onStart(): void {
    this.#keptAt = performance.now();
  }

  async onRest(): Promise<void> {
    if (performance.now() - this.#keptAt >= 1000 * this.#options.checkpointEvery) await this.#keep();
  }

  async onEnd({ stopReason, steps }: TrainingResult): Promise<void> {
    if (stopReason === "aborted" && steps > 0 && this.#isKept) await this.#keep();
  }

  /**
   * The result of the whole training.
   *
   * @throws Interrupted after SIGTERM, where the checkpoint is what is left; other signals leave what was reached to be judged
   */
  whole(last: TrainingResult, signal: AbortSignal): TrainingResult {
    const result = this.#record.whole(last);
    this.#isEarly = last.stopReason === "aborted" && this.#isKept;
    if (!this.#isEarly || result.steps === 0) return result;
    if (signal.reason instanceof Interrupted && signal.reason.signal === "SIGTERM")
      throw new Interrupted("SIGTERM", `after ${plural(result.steps, "step")}; ${this.#keptWords}`);
    return result;
  }

  /** What is to be known of how it can be gone on with. */
  get lines(): string[] {
    const isKept = this.#isEarly && this.#keptStep !== null && this.#fault === null;
    return isKept ? [`The same command with --resume goes on, as long as ${this.#file.path} is there.`] : [];
  }

  /** The result is written: the checkpoint of a training that came to its end has served. */
  finish(): void {
    if (this.#isEarly) return;
    try {
      this.#file.clear();
    } catch (error) {
      this.#voice.complain(`kindred: ${(error as Error).message}`);
    }
  }

  /** No more is written. */
  close(): void {
    this.#logs.close();
  }

  get #isKept(): boolean {
    return this.#options.checkpointEvery < Infinity;
  }

  get #keptWords(): string {
    const { path } = this.#file;
    if (this.#fault === null) return `${path} has them, the same command with --resume goes on`;
    return this.#keptStep === null
      ? `they are lost, ${this.#fault}`
      : `${path} has the first ${plural(this.#keptStep, "step")}, --resume goes on from there: ${this.#fault}`;
  }

  async #goOn({ trainer, identity }: Parts): Promise<void> {
    const { path } = this.#file;
    const state = this.#file.read();
    const kept = identityIn(state);
    const difference = kept === null ? "it does not say of which run it is" : differenceOf(kept, identity);
    if (difference !== null)
      throw new InputError(
        `${path} is of another run: ${difference}; give what it was begun with, or leave --resume out to begin anew`,
      );
    try {
      await trainer.load(state.trainer as unknown as TrainerState);
    } catch (error) {
      throw new InputError(
        `${path} cannot be gone on from: ${(error as Error).message}; leave --resume out to begin anew`,
      );
    }
    this.#keptStep = trainer.stepsDone;
    this.#voice.say(`Going on from step ${trainer.stepsDone}, as ${path} has it.`);
  }

  /** Writes a checkpoint. Where that fails the last good one stays, the training goes on, and it is said once. */
  async #keep(): Promise<void> {
    const { trainer, identity } = this.#parts!;
    try {
      this.#file.write({
        kind: CHECKPOINT_KIND,
        run: { ...identity },
        trainer: (await trainer.state()) as unknown as State,
      });
      [this.#keptStep, this.#fault] = [trainer.stepsDone, null];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (this.#fault === null)
        this.#voice.complain(`kindred: no checkpoint could be written, the training goes on without: ${error.message}`);
      this.#fault = error.message;
    }
    this.#keptAt = performance.now();
  }
}
