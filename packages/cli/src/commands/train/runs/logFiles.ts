import { join } from "node:path";
import { openEventFile, openLog, type LogFile } from "../../../files/logs/logFile.ts";
import type { NamedPath } from "../../../files/places/samePlace.ts";
import type { RunOptions } from "./runFlags.ts";

/** Takes a part of a log; the next one goes behind it. */
type Write = (part: string | Uint8Array) => void;

/** The files of a run's logs. A log that can no longer be written, on a full disk say, is given up with a warning; the work goes on. */
export class LogFiles {
  /** The file of JSON lines; null: none is asked for. */
  readonly lines: Write | null;
  /** An event file in the folder for TensorBoard, or in a folder of that name within; null: none is asked for. */
  readonly events: ((run?: string) => Write) | null;
  readonly #files: LogFile[] = [];

  /**
   * @param work what goes on without a log: "training"
   * @param warn is told when a log is given up
   * @throws InputError when a log cannot be written where it is to be
   */
  constructor(
    { log, tensorboard, resume }: RunOptions,
    out: string,
    inputs: readonly NamedPath[],
    work: string,
    warn: (sentence: string) => void,
  ) {
    const place = (flag: string, path: string): Parameters<typeof openLog>[0] => ({ flag, path, inputs, out });
    const trying = (): ((write: () => void) => void) => forgiving(work, warn);
    const lines = log === null ? null : this.#noted(openLog(place("--log", log), resume));
    const tryLine = trying();
    this.lines = lines && ((part) => tryLine(() => lines.write(part)));
    const folder = tensorboard;
    // whether there can be one is looked at now; it is not there before something is written to it
    if (folder !== null) openEventFile(place("--tensorboard", folder));
    const tryEvent = trying();
    const inFolder = (path: string): Write => {
      let file: LogFile | null = null;
      const open = (): LogFile => this.#noted(openEventFile(place("--tensorboard", path)));
      return (part) => tryEvent(() => (file ??= open()).write(part));
    };
    this.events = folder === null ? null : (run) => inFolder(run === undefined ? folder : join(folder, run));
  }

  close(): void {
    for (const file of this.#files) file.close();
  }

  #noted(file: LogFile): LogFile {
    this.#files.push(file);
    return file;
  }
}

/** Writes until it fails once. */
function forgiving(work: string, warn: (sentence: string) => void): (write: () => void) => void {
  let isGivenUp = false;
  return (write) => {
    if (isGivenUp) return;
    try {
      write();
    } catch (error) {
      isGivenUp = true;
      warn(`the log ends here, the ${work} goes on: ${(error as Error).message}`);
    }
  };
}
