import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The command as it is built. */
export const bin = fileURLToPath(new URL("../../bin/kindred.js", import.meta.url));

/** A process of the command that is killed after so many ms, unless it has ended. @returns the signal that ended it, or its status and errors */
export function killedAfter(ms: number, args: readonly string[], signal: NodeJS.Signals): Promise<string> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (part) => (errors += String(part)));
    const timer = setTimeout(() => child.kill(signal), ms);
    child.on("close", (status, by) => {
      clearTimeout(timer);
      done(by ?? `${status} ${errors}`);
    });
  });
}
