import { JsonLinesLog, TensorBoardLog, type TrainingHook } from "kindred";
import { openEventFile, openLog, type LogFile } from "../../../files/logs/logFile.ts";
import type { NamedPath } from "../../../files/places/samePlace.ts";
import type { RunOptions } from "./runFlags.ts";

/** The logs of a run. One that can no longer be written, on a full disk say, is given up with a warning; the training goes on. */
export class RunLogs {
  readonly hooks: readonly TrainingHook[];
  readonly #files: readonly LogFile[];

  /**
   * @param warn is told when a log is given up
   * @throws InputError when a log cannot be written where it is to be
   */
  constructor(
    { log, tensorboard, resume }: RunOptions,
    out: string,
    inputs: readonly NamedPath[],
    warn: (sentence: string) => void,
  ) {
    const place = (flag: string, path: string): Parameters<typeof openLog>[0] => ({ flag, path, inputs, out });
    const lines = log === null ? null : openLog(place("--log", log), resume);
    const events = tensorboard === null ? null : openEventFile(place("--tensorboard", tensorboard));
    this.#files = [lines, events].filter((file) => file !== null);
    this.hooks = [
      ...(lines === null ? [] : [new JsonLinesLog({ write: forgiving(lines, warn) })]),
      ...(events === null ? [] : [new TensorBoardLog({ write: forgiving(events, warn) })]),
    ];
  }

  close(): void {
    for (const file of this.#files) file.close();
  }
}

/** Writes until it fails once. */
function forgiving(file: LogFile, warn: (sentence: string) => void): (part: string | Uint8Array) => void {
  let isGivenUp = false;
  return (part) => {
    if (isGivenUp) return;
    try {
      file.write(part);
    } catch (error) {
      isGivenUp = true;
      warn(`the log ends here, the training goes on: ${(error as Error).message}`);
    }
  };
}
