// @module-tag long
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../../../src/run.ts";
import type { Terminal } from "../../../../src/terminal/terminal.ts";
import { clusteredCsv, put, recordingTerminal, runCommand, scratchFolder } from "../../../support/scratch.ts";

const folder = scratchFolder();
const data = put(folder, "kinds.csv", clusteredCsv(40, 10));
const plan = put(
  folder,
  "plan.json",
  JSON.stringify({ search: { plan: { closedForms: 6, contestants: 4, rounds: [60, 60] } } }),
);
const args = ["train", data, "--plan", plan, "--checkpoint-every", "0.001s"];
const head = (out: string): Buffer => readFileSync(join(out, "model/weights.safetensors"));

/** Runs until words are said, then ends as SIGTERM does. */
async function endedAt(words: RegExp, out: string, ...more: string[]): Promise<string> {
  const { terminal, out: said } = recordingTerminal();
  let isEnded = false;
  const ending: Terminal = {
    ...terminal,
    say: (text) => {
      terminal.say(text);
      if (isEnded || !words.test(text)) return;
      isEnded = true;
      process.emit("SIGTERM", "SIGTERM");
    },
  };
  expect(await run([...args, "--out", out, ...more], ending)).toBe(0);
  return said.join("\n");
}

describe("a search that was ended early", () => {
  it("goes on from its checkpoint to the head of one that was not, and takes the checkpoint away", async () => {
    const whole = join(folder, "whole");
    expect(await runCommand(...args, "--out", whole)).toMatchObject({ status: 0, errors: "" });
    expect(existsSync(`${whole}.checkpoint`)).toBe(false);
    const out = join(folder, "ended");
    const said = await endedAt(/^ .*training once more/, out);
    expect(said).toContain("stopped early, the best so far is kept");
    expect(said).toContain("The same command with --resume goes on");
    expect(existsSync(`${out}.checkpoint`)).toBe(true);
    const resumed = await runCommand(...args, "--out", out, "--resume");
    expect(resumed).toMatchObject({ status: 0, errors: "" });
    expect(resumed.out).toMatch(/Going on with the search, as .*ended\.checkpoint has it: \d+ heads begun\./);
    expect(head(out)).toEqual(head(whole));
    expect(existsSync(`${out}.checkpoint`)).toBe(false);
  });

  it("is not gone on with by another search, nor by one training", async () => {
    const out = join(folder, "other");
    await endedAt(/^ .*training once more/, out);
    const other = await runCommand(...args, "--out", out, "--resume", "--loss", "NCALoss");
    expect(other.status).toBe(2);
    expect(other.errors).toMatch(/other\.checkpoint is of another run: --loss was not given and is "NCALoss"/);
    const plain = await runCommand("train", data, "--steps", "3", "--out", out, "--resume");
    expect(plain.status).toBe(2);
    expect(plain.errors).toMatch(/is of another run/);
    const anew = await runCommand(...args, "--out", out);
    expect(anew.out).toContain("is of an earlier run, which --resume goes on with; this one begins anew");
  });

  it("says where there is nothing to go on from", async () => {
    const { out: said, status } = await runCommand(...args, "--out", join(folder, "new"), "--resume");
    expect(status).toBe(0);
    expect(said).toMatch(/There is no .*new\.checkpoint to go on from: the search begins at its beginning/);
  });
});
