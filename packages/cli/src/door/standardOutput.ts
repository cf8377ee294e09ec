import { exitStatus } from "./exitStatus.ts";

/**
 * What to do when standard output cannot be written. A reader that has seen enough (head, less) closes the pipe, which is no
 * fault; what is lost otherwise is said.
 *
 * @param keepsOn whether the result is a folder, so that the work goes on when nobody reads the words any more
 */
export function watchStandardOutput(keepsOn: boolean): void {
  // when standard error cannot be written either, nobody is left to be told
  process.stderr.on("error", () => {});
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    // EIO: the terminal was closed
    if (keepsOn && (code === "EPIPE" || code === "EIO")) return;
    if (code === "EPIPE") process.exit(exitStatus.done);
    process.stderr.write(`kindred: standard output cannot be written, and what was to go there is lost: ${message}\n`);
    process.exit(exitStatus.failed);
  });
}
