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
import type { NamedPath } from "../../../files/places/samePlace.ts";
import { plural } from "../../../terminal/format.ts";
import { KeptCheckpoint, type Voice } from "./keptCheckpoint.ts";
import { LogFiles } from "./logFiles.ts";
import { logHooks } from "./logHooks.ts";
import type { RunOptions } from "./runFlags.ts";
import type { RunIdentity } from "./runIdentity.ts";

/**
 * One training as a run that may be killed at any moment: it writes a checkpoint now and then, goes on from one, and tells its logs.
 * Killed and resumed, it comes to the same bits as one that never stopped.
 */
export class KeptRun implements TrainingHook {
  readonly #checkpoint: KeptCheckpoint;
  readonly #logs: LogFiles;
  readonly #logHooks: readonly TrainingHook[];
  readonly #voice: Voice;
  readonly #record = new RunRecord();
  #trainer: Trainer | null = null;
  /** The step of the last checkpoint; null: there is none. */
  #keptStep: number | null = null;
  /** Whether a signal ended the training, which may be gone on with. */
  #isEarly = false;

  /**
   * @param out the result folder, which this process has claimed
   * @throws InputError when something else lies where the checkpoint is to be, or a log cannot be written
   */
  constructor(options: RunOptions, out: string, inputs: readonly NamedPath[], voice: Voice) {
    this.#voice = voice;
    this.#checkpoint = new KeptCheckpoint(out, options, { title: "training", part: "trainer" }, voice);
    this.#logs = new LogFiles(options, out, inputs, "training", (sentence) => voice.complain(`kindred: ${sentence}`));
    this.#logHooks = logHooks(this.#logs);
  }

  /** To be told of the training behind its monitor. What hooks keep goes by their places: those that keep something come first. */
  get hooks(): readonly TrainingHook[] {
    return [this.#record, ...this.#logHooks, this];
  }

  /**
   * Binds the run to its training, which goes on from the checkpoint where that is asked for.
   *
   * @throws InputError when the checkpoint is damaged, or of another run
   */
  async begin(trainer: Trainer, identity: RunIdentity): Promise<void> {
    this.#trainer = trainer;
    const earlier = this.#checkpoint.begin(identity);
    if (earlier === null) return;
    const { path } = this.#checkpoint;
    try {
      await trainer.load(earlier.trainer as unknown as TrainerState);
    } catch (error) {
      throw new InputError(
        `${path} cannot be gone on from: ${(error as Error).message}; leave --resume out to begin anew`,
      );
    }
    this.#keptStep = trainer.stepsDone;
    this.#voice.say(`Going on from step ${trainer.stepsDone}, as ${path} has it.`);
  }

  async onRest(): Promise<void> {
    if (this.#checkpoint.isDue) await this.#keep();
  }

  async onEnd({ stopReason, steps }: TrainingResult): Promise<void> {
    if (stopReason === "aborted" && steps > 0 && this.#checkpoint.isKept) await this.#keep();
  }

  /**
   * The result of the whole training.
   *
   * @throws Interrupted after SIGTERM, where the checkpoint is what is left; other signals leave what was reached to be judged
   */
  whole(last: TrainingResult, signal: AbortSignal): TrainingResult {
    const result = this.#record.whole(last);
    this.#isEarly = last.stopReason === "aborted" && this.#checkpoint.isKept;
    if (!this.#isEarly || result.steps === 0) return result;
    if (signal.reason instanceof Interrupted && signal.reason.signal === "SIGTERM")
      throw new Interrupted("SIGTERM", `after ${plural(result.steps, "step")}; ${this.#keptWords}`);
    return result;
  }

  /** What is to be known of how it can be gone on with. */
  get lines(): string[] {
    const { path, fault } = this.#checkpoint;
    const isKept = this.#isEarly && this.#keptStep !== null && fault === null;
    return isKept ? [`The same command with --resume goes on, as long as ${path} is there.`] : [];
  }

  /** The result is written: the checkpoint of a training that came to its end has served. */
  finish(): void {
    if (!this.#isEarly) this.#checkpoint.clear();
  }

  /** No more is written. */
  close(): void {
    this.#logs.close();
  }

  get #keptWords(): string {
    const { path, fault } = this.#checkpoint;
    if (fault === null) return `${path} has them, the same command with --resume goes on`;
    return this.#keptStep === null
      ? `they are lost, ${fault}`
      : `${path} has the first ${plural(this.#keptStep, "step")}, --resume goes on from there: ${fault}`;
  }

  async #keep(): Promise<void> {
    const trainer = this.#trainer!;
    const state = (await trainer.state()) as unknown as State;
    if (this.#checkpoint.keep({ trainer: state })) this.#keptStep = trainer.stepsDone;
  }
}
