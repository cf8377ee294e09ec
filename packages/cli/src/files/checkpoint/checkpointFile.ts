import { closeSync, lstatSync, openSync, readFileSync, readSync, unlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { stateFromBytes, stateToBytes, type State } from "kindred";
import { InputError } from "../../door/inputError.ts";
import { claimFile } from "../outputs/outputFile.ts";
import { locate } from "../places/place.ts";
import { atPlace, PlaceFault } from "../places/placeFault.ts";

/** What a checkpoint says of itself, as its state's `kind`. */
export const CHECKPOINT_KIND = "kindred-checkpoint";
/** How its header begins, behind the 8 bytes of its length. */
const BEGINNING = `{"__metadata__":{"checksum":"crc32","format":"kindred-state","version":"1","kind":"${CHECKPOINT_KIND}"`;
/** As much as Node reads at once. */
const MOST_BYTES = 2 ** 31 - 1;
const CALLED = "the checkpoint";

/**
 * The file beside a result folder in which a training says how far it is: `OUT.checkpoint`. It is written whole or not at all, so that
 * what is there is the last good one. Who writes must have claimed the folder, so that no other run does.
 */
export class CheckpointFile {
  readonly path: string;
  /** Whether what is there is this run's: written by it, or gone on from. */
  #isOwn = false;

  /**
   * Looks at the place of the checkpoint of a result folder.
   *
   * @throws InputError when something is there that is no checkpoint
   */
  constructor(out: string) {
    this.path = atPlace("--out", out, () => checkpointBeside(out));
    atPlace(CALLED, this.path, () => checkNothingElse(this.path));
  }

  get isThere(): boolean {
    return lstatSync(this.path, { throwIfNoEntry: false }) !== undefined;
  }

  /** @throws InputError when it cannot be read, or is damaged */
  read(): State {
    try {
      const { size } = lstatSync(this.path);
      if (size > MOST_BYTES) throw new RangeError(`it has ${size} bytes, at most ${MOST_BYTES} can be read`);
      const state = stateFromBytes(readFileSync(this.path));
      this.#isOwn = true;
      return state;
    } catch (error) {
      throw new InputError(
        `${this.path} cannot be gone on from: ${(error as Error).message}; leave --resume out to begin anew`,
      );
    }
  }

  /**
   * Puts a state, whose `kind` is {@link CHECKPOINT_KIND}, in the place of what was there.
   *
   * @throws InputError when that cannot be done; then what was there is as it was
   */
  write(state: State): void {
    const bytes = stateToBytes(state);
    if (bytes.length > MOST_BYTES)
      throw new InputError(`${CALLED} would have ${bytes.length} bytes, at most ${MOST_BYTES} can be read`);
    atPlace(CALLED, this.path, () => checkNothingElse(this.path));
    claimFile(this.path, CALLED, [])!.write(bytes);
    this.#isOwn = true;
  }

  /** Takes this run's checkpoint away; that of another run stays. */
  clear(): void {
    if (this.#isOwn && this.isThere) atPlace(CALLED, this.path, () => unlinkSync(this.path));
    this.#isOwn = false;
  }
}

/** Where the checkpoint of a result folder lies: beside the path that was given, be that a link. */
function checkpointBeside(out: string): string {
  const name = basename(out);
  const isName = name !== "" && name !== "." && name !== "..";
  return `${isName ? join(locate(dirname(out)).real, name) : locate(out).real}.checkpoint`;
}

/** @throws PlaceFault when what is there is no checkpoint */
function checkNothingElse(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || (stats.isFile() && beginsAsCheckpoint(path))) return;
  throw new PlaceFault("where something else lies", "move it away, or give another --out");
}

function beginsAsCheckpoint(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const bytes = new Uint8Array(8 + BEGINNING.length);
    const read = readSync(file, bytes);
    return read === bytes.length && new TextDecoder().decode(bytes.subarray(8)) === BEGINNING;
  } finally {
    closeSync(file);
  }
}
