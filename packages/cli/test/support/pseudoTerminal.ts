import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Emulator } from "./emulator.ts";

const bin = fileURLToPath(new URL("../../bin/kindred.js", import.meta.url));
/** What no screen shows: how the test learns which terminal it is. */
const name = /\x1b\]777;([^\x07]*)\x07/;
/** The end of a drawing of the live line. */
const FRAME_END = "\x1b[?7h\r";

/** No command of a test takes so long. */
const MOST_MS = 60_000;

/** Whether commands can be run in a terminal of their own here. */
export const hasPseudoTerminals =
  process.platform === "linux" && spawnSync("script", ["--version"]).stdout?.includes("util-linux") === true;

interface Sizes {
  readonly columns: number;
  readonly rows: number;
}

/** A command that runs in a terminal, while a person watches. */
export interface Watched {
  readonly emulator: Emulator;
  /** Frames of the live line so far. */
  readonly frames: number;
  type(keys: string): void;
  /** Changes the size of the window. */
  resize(sizes: Sizes): void;
}

/** How it went. */
interface Seen {
  readonly emulator: Emulator;
  readonly status: number | null;
  /** All that was written, commands to the terminal included. */
  readonly written: string;
}

/**
 * Runs the built command in a pseudo-terminal.
 *
 * @param onFrame is called each time the live line was drawn
 */
export async function watchCommand(
  args: readonly string[],
  { columns, rows, environment = {} }: Sizes & { environment?: Readonly<Record<string, string>> },
  onFrame: (watched: Watched) => void = () => {},
): Promise<Seen> {
  const command = [process.execPath, bin, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const shell = `stty cols ${columns} rows ${rows}; printf '\\033]777;%s\\007' "$(tty)"; exec ${command}`;
  const child = spawn("script", ["-qefc", shell, "/dev/null"], {
    env: { ...process.env, TERM: "xterm-256color", NO_COLOR: "", SHELL: "/bin/sh", ...environment },
  });
  const emulator = new Emulator(columns, rows);
  let written = "";
  let device = "";
  let frames = 0;
  const watched: Watched = {
    emulator,
    get frames() {
      return frames;
    },
    type: (keys) => void child.stdin.write(keys),
    resize: (sizes) => {
      emulator.resize(sizes.columns, sizes.rows);
      spawnSync("stty", ["-F", device, "cols", String(sizes.columns), "rows", String(sizes.rows)]);
    },
  };
  const take = async (part: string): Promise<void> => {
    written += part;
    device ||= name.exec(written)?.[1] ?? "";
    for (const [k, piece] of part.split(FRAME_END).entries()) {
      if (k > 0) {
        await emulator.write(FRAME_END);
        frames++;
        onFrame(watched);
      }
      await emulator.write(piece);
    }
  };
  const impatience = setTimeout(() => child.kill("SIGKILL"), MOST_MS);
  const status = await ended(child, take);
  clearTimeout(impatience);
  return { emulator, status, written };
}

/** Gives what a process writes to `take`, part by part, and waits for both. */
async function ended(child: ChildProcess, take: (part: string) => Promise<void>): Promise<number | null> {
  let taken = Promise.resolve();
  child.stdout!.setEncoding("utf8").on("data", (part: string) => {
    taken = taken.then(() => take(part));
  });
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  await taken;
  return status;
}
