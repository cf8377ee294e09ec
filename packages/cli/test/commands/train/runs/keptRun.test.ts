// @module-tag long
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random, stateFromBytes } from "kindred";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runs } from "../../../../../kindred/test/support/runs.ts";
import { bin, killedAfter } from "../../../support/killed.ts";
import { clusteredCsv, put, runCommand, scratchFolder } from "../../../support/scratch.ts";

const folder = scratchFolder();
const data = put(folder, "kinds.csv", clusteredCsv(8, 12));
const always = ["--checkpoint-every", "0.001s"];

/** What decides the bits of a result: the model's files, and metrics.json but for times. */
function resultIn(out: string): object {
  const read = (name: string): string => readFileSync(join(out, name)).toString("base64");
  const metrics = JSON.parse(readFileSync(join(out, "metrics.json"), "utf8")) as { training: Record<string, unknown> };
  for (const name of ["seconds", "samplesPerSecond"]) expect(delete metrics.training[name]).toBe(true);
  return { metrics, model: ["model/head.json", "model/weights.safetensors"].map(read) };
}

/** The same training twice, once without a stop. */
async function whole(name: string, ...options: string[]): Promise<{ args: string[]; out: string; expected: object }> {
  const around = join(folder, name);
  mkdirSync(around);
  const first = join(around, "whole");
  expect(await runCommand("train", data, ...options, "--out", first)).toMatchObject({ status: 0, errors: "" });
  const out = join(around, "o");
  return { args: ["train", data, ...options, "--out", out], out, expected: resultIn(first) };
}

/** Sends a signal to a process when it tells its first step. @returns the status and what it said on standard error */
function endedAtStep(args: readonly string[], signal: NodeJS.Signals): Promise<string> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let [words, errors] = ["", ""];
    child.stderr.on("data", (part) => (errors += String(part)));
    child.stdout.on("data", (part) => {
      words += String(part);
      if (/step \d+\//.test(words)) child.kill(signal);
    });
    child.on("close", (status) => done(`${status} ${errors}`));
  });
}

const stepIn = (out: string): number =>
  (stateFromBytes(readFileSync(`${out}.checkpoint`)).trainer as { stepsDone: number }).stepsDone;

describe("a training that is killed at random moments", { tags: ["drawn"] }, () => {
  it.each([
    ["with a miner that draws, a memory and hidden layers", ["--steps", "300", "--miner", "DistanceWeightedMiner", "--memory-size", "80", "--hidden", "8", "--size", "4"]], // prettier-ignore
    ["with class vectors and batches that teach nothing", ["--epochs", "30", "--loss", "ArcFaceLoss", "--sampler", "random", "--batch-size", "3", "--lr", "0.01"]], // prettier-ignore
    ["with findings, embedded in chunks", ["--steps", "800", "--loss", "ContrastiveLoss", "--sampler", "random", "--batch-size", "4", "--chunk-size", "3"]], // prettier-ignore
  ])("%s ends in the bits of one that was not", async (name, options) => {
    const { args, out, expected } = await whole(name.slice(0, 15), ...options);
    const kept = [...args, ...always, "--resume"];
    const random = new Random(name.length);
    const started = performance.now();
    expect(await killedAfter(1e6, kept, "SIGKILL")).toBe("0 ");
    const mostMs = performance.now() - started;
    expect(resultIn(out)).toStrictEqual(expected);
    rmSync(out, { recursive: true });
    const reached: number[] = [];
    for (let kill = 0; kill < runs(1); kill++) {
      const end = await killedAfter(mostMs * random.uniform(), kept, "SIGKILL");
      expect(["SIGKILL", "0 "]).toContain(end);
      if (existsSync(`${out}.checkpoint`)) reached.push(stepIn(out));
      if (end === "SIGKILL" && !existsSync(out)) continue;
      // it was done
      expect(resultIn(out)).toStrictEqual(expected);
      rmSync(out, { recursive: true });
    }
    expect(await killedAfter(1e6, kept, "SIGKILL")).toBe("0 ");
    expect(resultIn(out)).toStrictEqual(expected);
    if (runs(1) >= 10) expect(new Set(reached).size).toBeGreaterThan(1);
    expect(readdirSync(join(out, "..")).sort()).toEqual(["o", "whole"]);
  });
});

describe("a training that SIGTERM ends", () => {
  it("says what it has, writes no result, and is gone on with", async () => {
    const { args, out, expected } = await whole("term", "--steps", "400", "--size", "3");
    const end = await endedAtStep(args, "SIGTERM");
    expect(end).toMatch(
      /^143 kindred: stopped by SIGTERM after \d+ steps?; .*o\.checkpoint has them, the same command with --resume goes on\n$/,
    );
    expect(existsSync(out)).toBe(false);
    expect(end).toContain(`after ${stepIn(out)} step`);
    expect(await runCommand(...args, "--resume")).toMatchObject({ status: 0, errors: "" });
    expect(resultIn(out)).toStrictEqual(expected);
    expect(existsSync(`${out}.checkpoint`)).toBe(false);
  });
});

describe("a checkpoint that lies there", () => {
  /** A training that Ctrl-C has ended. */
  async function stopped(name: string): Promise<{ args: string[]; out: string; expected: object; said: string }> {
    const { args, out, expected } = await whole(name, "--steps", "300", "--size", "3");
    setTimeout(function stop() {
      if (existsSync(`${out}.checkpoint`)) process.emit("SIGINT", "SIGINT");
      else setTimeout(stop, 5);
    }, 5);
    const { status, out: said, errors } = await runCommand(...args, ...always);
    expect({ status, errors }).toEqual({ status: 0, errors: "" });
    return { args, out, expected, said };
  }

  it("after Ctrl-C is beside what was reached, and is gone on from", async () => {
    const { args, out, expected, said } = await stopped("ctrl-c");
    expect(said).toMatch(
      /Stopped after \d+ steps?; what was learned so far is kept\.\nThe same command with --resume goes on/,
    );
    const step = stepIn(out);
    expect((resultIn(out) as { metrics: { training: object } }).metrics.training).toMatchObject({ steps: step });
    const again = await runCommand(...args, "--resume");
    expect(again.out).toContain(`Going on from step ${step}, as ${out}.checkpoint has it.`);
    expect(resultIn(out)).toStrictEqual(expected);
    expect(existsSync(`${out}.checkpoint`)).toBe(false);
  });

  it("stays where a training begins anew and writes none of its own, and is said to", async () => {
    const { args, out, expected } = await stopped("anew");
    const before = readFileSync(`${out}.checkpoint`);
    const { status, out: said } = await runCommand(...args, "--checkpoint-every", "never");
    expect(status).toBe(0);
    expect(said).toContain(`${out}.checkpoint is of an earlier run, which --resume goes on with; this one begins anew`);
    expect(resultIn(out)).toStrictEqual(expected);
    expect(readFileSync(`${out}.checkpoint`)).toEqual(before);
    expect(await runCommand(...args, ...always)).toMatchObject({ status: 0, errors: "" });
    expect(existsSync(`${out}.checkpoint`)).toBe(false);
  });

  it("is refused with other data or options, when it is damaged, and is as it was then", async () => {
    const { args, out } = await stopped("refused");
    const path = `${out}.checkpoint`;
    const bytes = readFileSync(path);
    const refused = async (...more: string[]): Promise<string> => {
      const { status, errors } = await runCommand(...args, "--resume", ...more);
      expect(status).toBe(2);
      return errors;
    };
    expect(await refused("--lr", "0.5")).toBe(
      `kindred: ${path} is of another run: --lr was 0.001 and is 0.5; give what it was begun with, or leave --resume out to begin anew`,
    );
    expect(await refused("--steps", "5", "--seed", "9")).toMatch(/--steps was 300 and is 5; --seed was 0 and is 9/);
    expect(await refused("--ignore", "x5")).toMatch(/the data were 96 rows of 6 columns and are 96 rows of 5 columns/);
    expect(readFileSync(path)).toEqual(bytes);
    writeFileSync(path, bytes.subarray(0, bytes.length - 1));
    expect(await refused()).toMatch(/o\.checkpoint cannot be gone on from: this is no sound safetensors file/);
    writeFileSync(path, "mine");
    expect(await refused()).toMatch(/where something else lies; move it away, or give another --out/);
    expect(readFileSync(path, "utf8")).toBe("mine");
  });
});

it("--resume without a checkpoint begins at the beginning, and says so", async () => {
  const out = join(folder, "none");
  const { status, out: said } = await runCommand("train", data, "--steps", "3", "--out", out, "--resume");
  expect(status).toBe(0);
  expect(said).toContain(`There is no ${out}.checkpoint to go on from: the training begins at its beginning.`);
});

it("logs tell each step, and go on in a training that is resumed", async () => {
  const log = join(folder, "steps.jsonl");
  const board = join(folder, "board");
  const args = ["train", data, "--steps", "5", "--out", join(folder, "logged"), "--log", log, "--tensorboard", board];
  expect(await runCommand(...args)).toMatchObject({ status: 0, errors: "" });
  const first = readFileSync(log, "utf8");
  const events = first.trimEnd().split("\n").map((line) => (JSON.parse(line) as { event: string }).event); // prettier-ignore
  expect(events).toEqual(expect.arrayContaining(["start", "step", "end"]));
  expect(events.filter((event) => event === "step")).toHaveLength(5);
  expect(await runCommand(...args, "--resume")).toMatchObject({ status: 0, errors: "" });
  expect(readFileSync(log, "utf8").startsWith(first)).toBe(true);
  expect(readFileSync(log, "utf8").length).toBeGreaterThan(1.9 * first.length);
  expect(readdirSync(board).length).toBeGreaterThan(0);
});

describe("a full disk", () => {
  const mount = join(folder, "small");
  let isMounted = false;
  // only root may, and not in every container
  beforeAll(() => {
    mkdirSync(mount);
    isMounted =
      process.platform === "linux" &&
      spawnSync("mount", ["-t", "tmpfs", "-o", "size=400k", "tmpfs", mount]).status === 0;
  });
  afterAll(() => void (isMounted && spawnSync("umount", [mount])));

  it("takes the newer checkpoints and the log, and neither the training nor the last good one", async ({ skip }) => {
    skip(!isMounted, "nothing can be mounted here");
    const { args, out, expected } = await whole("disk", "--steps", "200", "--size", "3", "--memory-size", "60");
    const there = [...args.slice(0, -1), join(mount, "o")];
    // the first checkpoint fits, then somebody fills the disk
    setTimeout(function fill() {
      if (!existsSync(join(mount, "o.checkpoint"))) return void setTimeout(fill, 2);
      try {
        writeFileSync(join(mount, "filler"), Buffer.alloc(1e6));
      } catch {
        // that is what it is for
      }
    }, 2);
    const { status, errors } = await runCommand(...there, ...always, "--log", join(mount, "log.jsonl"));
    expect(status).toBe(2);
    const lines = errors.split("\n");
    expect(lines.filter((line) => line.includes("no checkpoint could be written, the training goes on"))).toHaveLength(
      1,
    );
    expect(lines.filter((line) => line.includes("the log ends here, the training goes on"))).toHaveLength(1);
    expect(lines.at(-1)).toMatch(/^kindred: --out is .*no space is left on its device \(ENOSPC\)/);
    expect(stepIn(join(mount, "o"))).toBeGreaterThan(0);
    expect(readdirSync(mount).sort()).toEqual(["filler", "log.jsonl", "o.checkpoint"]);
    rmSync(join(mount, "filler"));
    rmSync(join(mount, "log.jsonl"));
    // the report needs more than the small disk has
    const elsewhere = `${out}.checkpoint`;
    writeFileSync(elsewhere, readFileSync(join(mount, "o.checkpoint")));
    expect(await runCommand(...args, "--resume")).toMatchObject({ status: 0, errors: "" });
    expect(resultIn(out)).toStrictEqual(expected);
  });
});
