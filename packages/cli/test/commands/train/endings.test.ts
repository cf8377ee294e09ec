// @module-tag long
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { HeadTraining } from "../../../src/commands/train/plain/headTraining.ts";
import { loadHead } from "../../../src/head/headFolder.ts";
import { clusteredCsv, put, runCommand, scratchFolder } from "../../support/scratch.ts";

const folder = scratchFolder();
const data = put(folder, "kinds.csv", clusteredCsv(6, 12));

/** Trains, with a signal that comes so many ms after a method of the training is called; null: at once. */
async function trainUntil(
  method: "run" | "embed",
  [signal, ms]: readonly [NodeJS.Signals, number | null],
  ...words: string[]
): ReturnType<typeof runCommand> {
  const send = (): void => void process.emit(signal, signal);
  type Method = (this: HeadTraining, ...args: unknown[]) => never;
  const real = Object.getOwnPropertyDescriptor(HeadTraining.prototype, method)!.value as Method;
  const spy = vi.spyOn(HeadTraining.prototype, method).mockImplementationOnce(function (
    this: HeadTraining,
    ...args: unknown[]
  ) {
    if (ms === null) send();
    else setTimeout(send, ms);
    return real.apply(this, args);
  });
  try {
    return await runCommand("train", data, "--size", "3", ...words);
  } finally {
    spy.mockRestore();
  }
}

function stepsIn(out: string): number {
  const text = readFileSync(join(out, "metrics.json"), "utf8");
  return (JSON.parse(text) as { training: { steps: number } }).training.steps;
}

describe.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("a training that %s ends", (signal) => {
  it("keeps what was reached: SIGTERM the checkpoint, unless there is to be none", async () => {
    const out = join(folder, `${signal}-middle`);
    const args = ["--steps", "100000", "--out", out];
    if (signal === "SIGTERM") {
      const { status, errors } = await trainUntil("run", [signal, 50], ...args);
      expect(errors).toMatch(/^kindred: stopped by SIGTERM after \d+ steps?; .*-middle\.checkpoint has them, the same/);
      expect(status).toBe(143);
      expect(existsSync(out)).toBe(false);
      args.push("--checkpoint-every", "never");
    }
    const { status, out: said, errors } = await trainUntil("run", [signal, 50], ...args);
    expect({ status, errors }).toEqual({ status: 0, errors: "" });
    expect(said).toMatch(/Stopped after \d+ steps?; what was learned so far is kept/);
    expect(stepsIn(out)).toBeGreaterThan(0);
    expect(stepsIn(out)).toBeLessThan(100_000);
    expect(loadHead(out).embed([[1, 2, 3, 4, 5, 6]]).cols).toBe(3);
  });

  it("keeps all when the report is being drawn", async () => {
    const out = join(folder, `${signal}-end`);
    expect(await trainUntil("embed", [signal, null], "--steps", "4", "--out", out)).toMatchObject({
      status: 0,
      errors: "",
    });
    expect(stepsIn(out)).toBe(4);
    expect(readFileSync(join(out, "report.html"), "utf8").trimEnd()).toMatch(/<\/html>$/);
  });

  it("writes nothing before the first step, and says so", async () => {
    const out = join(folder, `${signal}-start`);
    const { status, errors } = await trainUntil("run", [signal, null], "--out", out);
    expect(errors).toBe(`kindred: stopped by ${signal} before the first step; nothing was written`);
    expect(status).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });
});

describe("two trainings into one folder", () => {
  it("are refused, the second, before its first step", async () => {
    const out = join(folder, "two");
    const both = await Promise.all(
      ["1", "2"].map((seed) => runCommand("train", data, "--steps", "4", "--seed", seed, "--out", out)),
    );
    expect(both.map(({ status }) => status)).toEqual([0, 2]);
    expect(both[1].errors).toMatch(/another run \(process \d+\) writes; wait until it has ended/);
    expect(both[1].out).toBe("");
    expect(readdirSync(out).sort()).toEqual(["metrics.json", "model", "report.html"]);
  });
});

it("an earlier result is known by its mark, and what the user put beside it stays", async () => {
  const out = join(folder, "marked");
  const args = ["train", data, "--steps", "3", "--out", out];
  expect(await runCommand(...args)).toMatchObject({ status: 0, errors: "" });
  put(out, "notes.txt", "mine");
  expect(await runCommand(...args, "--seed", "2")).toMatchObject({ status: 0, errors: "" });
  expect(readdirSync(out).sort()).toEqual(["metrics.json", "model", "notes.txt", "report.html"]);
  expect(JSON.parse(readFileSync(join(out, "metrics.json"), "utf8"))).toMatchObject({
    format: "kindred-result",
    options: { seed: 2 },
  });
});

it("the help says what --out is: a folder of train, a file elsewhere", async () => {
  const help = async (command: string): Promise<string> =>
    (await runCommand(command, "--help")).out.replace(/\s+/g, " ");
  expect(await help("train")).toMatch(/--out <folder> a folder for the model, metrics.json and report.html/);
  for (const command of ["evaluate", "match", "doctor", "sensitivity"])
    expect(await help(command)).toMatch(/--out <file> a file to write /);
});
