import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateToBytes, type State } from "kindred";
import { describe, expect, it } from "vitest";
import { InputError } from "../../../src/door/inputError.ts";
import { CHECKPOINT_KIND, CheckpointFile } from "../../../src/files/checkpoint/checkpointFile.ts";
import { unsynced, withFault } from "../../support/faultyDisk.ts";
import { scratchFolder } from "../../support/scratch.ts";

const home = scratchFolder();
const checkpoint = (step: number): State => ({
  kind: CHECKPOINT_KIND,
  step,
  weights: new Float64Array(500).fill(step),
});

/** A folder of its own, and the path of a result in it. */
function placeNamed(name: string): { around: string; out: string } {
  const around = join(home, name);
  mkdirSync(around);
  return { around, out: join(around, "o") };
}

describe("a checkpoint", () => {
  it("lies beside the folder, under the name that was given", () => {
    const { around, out } = placeNamed("beside");
    mkdirSync(out);
    symlinkSync(out, join(around, "link"));
    const pathOf = (path: string): string => new CheckpointFile(path).path;
    expect([out, `${out}/`, join(around, "./o//")].map(pathOf)).toEqual(Array(3).fill(join(around, "o.checkpoint")));
    expect(pathOf(join(around, "link"))).toBe(join(around, "link.checkpoint"));
    expect([`${out}/.`, `${out}/../o/`].map(pathOf)).toEqual(Array(2).fill(join(around, "o.checkpoint")));
    expect(pathOf(`${around}/link/..`)).toBe(`${around}.checkpoint`);
  });

  it("is read as it was written, replaced, and taken away with nothing left", () => {
    const { around, out } = placeNamed("written");
    const file = new CheckpointFile(out);
    expect(file.isThere).toBe(false);
    for (const step of [1, 2]) {
      file.write(checkpoint(step));
      expect(new CheckpointFile(out).read()).toStrictEqual(checkpoint(step));
    }
    expect(readdirSync(around)).toEqual(["o.checkpoint"]);
    file.clear();
    expect(readdirSync(around)).toEqual([]);
    file.clear();
  });

  it("of another run stays, unless this one has gone on from it", () => {
    const { out } = placeNamed("other");
    new CheckpointFile(out).write(checkpoint(1));
    const other = new CheckpointFile(out);
    other.clear();
    expect(other.isThere).toBe(true);
    other.read();
    other.clear();
    expect(other.isThere).toBe(false);
  });

  it("takes the place of nothing else: files, links, folders, other states", () => {
    const { out } = placeNamed("foreign");
    const path = `${out}.checkpoint`;
    const sentence = `the checkpoint is ${path}, where something else lies; move it away, or give another --out`;
    const file = new CheckpointFile(out);
    for (const content of ["", "mine", stateToBytes({ kind: "Trainer" })]) {
      writeFileSync(path, content);
      expect(() => new CheckpointFile(out)).toThrow(sentence);
      expect(() => file.write(checkpoint(1))).toThrow(sentence);
      expect(readFileSync(path)).toEqual(Buffer.from(content));
    }
    const folder = placeNamed("folder");
    mkdirSync(`${folder.out}.checkpoint`);
    expect(() => new CheckpointFile(folder.out)).toThrow(/something else lies/);
    const link = placeNamed("link");
    symlinkSync(path, `${link.out}.checkpoint`);
    expect(() => new CheckpointFile(link.out)).toThrow(/something else lies/);
  });

  it("that is damaged is refused with a sentence", () => {
    const { out } = placeNamed("damaged");
    const bytes = stateToBytes(checkpoint(1));
    for (const damaged of [bytes.slice(0, -1), bytes.with(bytes.length - 1, 9), bytes.slice(0, 200)]) {
      writeFileSync(`${out}.checkpoint`, damaged);
      expect(() => new CheckpointFile(out).read()).toThrow(InputError);
      expect(() => new CheckpointFile(out).read()).toThrow(
        /o\.checkpoint cannot be gone on from: .*leave --resume out to begin anew$/,
      );
    }
  });
});

describe("a process that dies, or a disk that fails, at any call that changes a file", { tags: ["long"] }, () => {
  it.each(["diesAt", "failsAt"] as const)(
    "%s: leaves the last good checkpoint, and the next one is written",
    async (what) => {
      const { around, out } = placeNamed(what);
      await unsynced(() => Promise.resolve(new CheckpointFile(out).write(checkpoint(0))));
      let isDone = false;
      for (let at = 1; !isDone; at++) {
        const before = new CheckpointFile(out).read().step;
        const write = (): Promise<void> => Promise.resolve().then(() => new CheckpointFile(out).write(checkpoint(at)));
        const { calls, error } = await withFault({ [what]: at }, write);
        isDone = calls < at;
        const found = new CheckpointFile(out).read();
        expect(error === null ? [at] : [before, at]).toContain(found.step);
        expect(found).toStrictEqual(checkpoint(found.step as number));
        if (what === "failsAt" && error !== null) expect(String(error)).toMatch(/^InputError: the checkpoint is .*EIO/);
        expect(at).toBeLessThan(50);
      }
      // drafts of a dead process go by its mark, which here is of one that lives
      if (what === "failsAt") expect(readdirSync(around)).toEqual(["o.checkpoint"]);
      expect(existsSync(`${out}.checkpoint`)).toBe(true);
    },
  );
});
