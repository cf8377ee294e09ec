// @module-tag long
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stateFromBytes, type SearchSnapshot } from "kindred";
import { describe, expect, it } from "vitest";
import { eventsOf } from "../../../../../kindred/test/support/eventFile.ts";
import { KeptSearch } from "../../../../src/commands/train/runs/keptSearch.ts";
import { run } from "../../../../src/run.ts";
import type { Terminal } from "../../../../src/terminal/terminal.ts";
import { clusteredCsv, put, recordingTerminal, runCommand, scratchFolder } from "../../../support/scratch.ts";
import { saved, snapshot } from "../../../support/searchSnapshots.ts";

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

describe("the checkpoint of a search that goes on", () => {
  const identity = { kindred: "1", rows: 1, columns: 1, data: "x", options: {} };
  const begun = (resume: boolean): KeptSearch =>
    new KeptSearch(
      { resume, checkpointEvery: 0, log: null, tensorboard: null },
      join(folder, "behind"),
      [],
      new AbortController().signal,
      recordingTerminal().terminal,
    );
  const stepsIn = (): number[] => {
    const { search } = stateFromBytes(readFileSync(join(folder, "behind.checkpoint")));
    return (search as unknown as SearchSnapshot).contestants.map(({ steps }) => steps);
  };

  it("is as it was until the search is where it was", async () => {
    const [raw, one, two] = [saved("raw", 0, 0.5, null), saved("a", 60, 0.6), saved("b", 20, 0.7)];
    const first = begun(false);
    await first.begin(identity);
    await first.keep(snapshot({}, raw, one, two));
    const second = begun(true);
    expect(await second.begin(identity)).toMatchObject({ contestants: [{ steps: 0 }, { steps: 60 }, { steps: 20 }] });
    for (const behind of [snapshot({}, raw), snapshot({}, raw, one, saved("b", 0, 0.7))]) {
      await second.keep(behind);
      expect(stepsIn()).toEqual([0, 60, 20]);
    }
    await second.keep(snapshot({}, raw, one, saved("b", 40, 0.7)));
    expect(stepsIn()).toEqual([0, 60, 40]);
    expect(second.turns.map(({ candidate, steps }) => `${candidate} ${steps}`)).toEqual(["raw 0", "a 60", "b 20", "b 40"]); // prettier-ignore
    second.finish();
    expect(existsSync(join(folder, "behind.checkpoint"))).toBe(false);
  });
});

describe("the logs of a search", () => {
  interface Line {
    readonly event: string;
    readonly step: number;
    readonly candidate: string;
    readonly steps: number;
    readonly round: number;
    readonly score: number;
    readonly isTrained: boolean;
  }
  const linesIn = (path: string): Line[] => readFileSync(path, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line) as Line); // prettier-ignore
  const namesIn = (lines: readonly Line[]): string[] => lines.map(({ event }) => event);
  /** The scores that TensorBoard shows of a candidate, by step. */
  const scoresIn = (board: string, run: string): Record<number, number> => {
    const events = readdirSync(join(board, run)).flatMap((file) => eventsOf(readFileSync(join(board, run, file))));
    return Object.fromEntries(events.flatMap(({ step, scalars }) => scalars === undefined ? [] : [[step, scalars["evaluation/score"]]])); // prettier-ignore
  };

  it("tell each turn of a candidate, what was trained once more, the choice and the end; TensorBoard has a run a candidate", async () => {
    const [log, board, out] = ["search.jsonl", "board", "logged"].map((name) => join(folder, name));
    const logging = ["--log", log, "--tensorboard", board, "--out", out];
    expect(await runCommand(...args, ...logging)).toMatchObject({ status: 0, errors: "" });
    const lines = linesIn(log);
    const names = namesIn(lines);
    expect(names.slice(0, 2)).toEqual(["start", "plan"]);
    expect(names.slice(-2)).toEqual(["choice", "end"]);
    expect(names).toContain("refit");
    const turns = lines.filter(({ event }) => event === "turn");
    const metrics = JSON.parse(readFileSync(join(out, "metrics.json"), "utf8")) as {
      search: { candidates: { title: string; steps: number; score: number }[] };
    };
    // the last turn of each candidate is what the result says of it
    for (const { title, steps, score } of metrics.search.candidates)
      expect(turns.findLast(({ candidate }) => candidate === title)).toMatchObject({ steps, score });
    expect(new Set(turns.filter(({ isTrained }) => isTrained).map(({ round }) => round))).toEqual(new Set([0, 1, 2]));
    expect(lines.at(-1)!.step).toBe(metrics.search.candidates.reduce((sum, { steps }) => sum + steps, 0));

    const runs = readdirSync(board).sort();
    expect(runs).toHaveLength(metrics.search.candidates.length);
    expect(runs[0]).toBe("00-the-vectors-as-they-are");
    const trained = turns.filter(({ isTrained }) => isTrained);
    const last = Math.max(...trained.map(({ steps }) => steps));
    const [raw] = turns;
    expect(scoresIn(board, runs[0])).toEqual({ 0: Math.fround(raw.score), [last]: Math.fround(raw.score) });
    const first = trained[0].candidate;
    expect(scoresIn(board, runs[6])).toEqual(Object.fromEntries(trained.filter(({ candidate }) => candidate === first).map(({ steps, score }) => [steps, Math.fround(score)]))); // prettier-ignore
  });

  it("go on where the search goes on, and lie outside of the result folder", async () => {
    const [log, board, out] = ["again.jsonl", "again", "gone-on"].map((name) => join(folder, name));
    const logging = ["--log", log, "--tensorboard", board];
    await endedAt(/^ .*training linear/, out, ...logging);
    const before = readFileSync(log, "utf8");
    const told = linesIn(log).filter(({ event }) => event === "turn").map(({ candidate, steps }) => `${candidate} ${steps}`); // prettier-ignore
    expect(linesIn(log).at(-1)).toMatchObject({ event: "end", isStopped: true });
    expect(await runCommand(...args, "--out", out, "--resume", ...logging)).toMatchObject({ status: 0, errors: "" });
    const after = readFileSync(log, "utf8");
    expect(after.startsWith(before)).toBe(true);
    const added = after.slice(before.length).trimEnd().split("\n").map((line) => JSON.parse(line) as Line); // prettier-ignore
    expect(added[0]).toMatchObject({ event: "start", candidates: told.length });
    const turns = added.filter(({ event }) => event === "turn");
    expect(turns.length).toBeGreaterThan(0);
    for (const { candidate, steps } of turns) expect(told).not.toContain(`${candidate} ${steps}`);
    for (const flag of ["--log", "--tensorboard"])
      expect((await runCommand(...args, "--out", out, flag, join(out, "x"))).errors).toMatch(
        /which lies in the result folder; give a place outside of it/,
      );
  });

  it("are given up with a word where they can no longer be written, and the search goes on", async () => {
    const [board, out] = ["lost", "kept"].map((name) => join(folder, name));
    const { terminal, out: said, errors } = recordingTerminal();
    const taking: Terminal = {
      ...terminal,
      say: (text) => {
        terminal.say(text);
        // a file takes the place of the folder
        if (!/^Before/.test(text)) return;
        rmSync(board, { recursive: true, force: true });
        put(folder, "lost", "mine");
      },
    };
    expect(await run([...args, "--out", out, "--tensorboard", board], taking)).toBe(0);
    expect(errors).toEqual([
      expect.stringMatching(/^kindred: the log ends here, the search goes on: --tensorboard is/),
    ]);
    expect(said.join("\n")).toContain("Written to");
    expect(readFileSync(board, "utf8")).toBe("mine");
  });
});
