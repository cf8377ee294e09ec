// @module-tag long
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Random, stateFromBytes, type SearchSnapshot } from "kindred";
import { expect, it } from "vitest";
import { runs } from "../../../../../kindred/test/support/runs.ts";
import { killedAfter } from "../../../support/killed.ts";
import { clusteredCsv, put, scratchFolder } from "../../../support/scratch.ts";

const folder = scratchFolder();
const data = put(folder, "kinds.csv", clusteredCsv(60, 12, 32));
// a turn takes a twentieth of the contest, and the contest longer than to begin and to draw the report
const plan = put(folder, "plan.json", JSON.stringify({ search: { plan: { closedForms: 6, contestants: 8, firstSteps: 60, rounds: [60, 60] } } })); // prettier-ignore

const at = (name: string): string => join(folder, name);
const command = (out: string): string[] => [
  ...["train", data, "--held-out", "0.15", "--plan", plan, "--out", at(out), "--log", at(`${out}.jsonl`)],
  ...["--checkpoint-every", "0.001s", "--resume"],
];

/** What decides the bits of a result: the model's files, metrics.json but for times, and the picture of the contest. */
function resultIn(out: string): object {
  const read = (name: string): string => readFileSync(join(at(out), name)).toString("base64");
  const metrics: unknown = JSON.parse(readFileSync(join(at(out), "metrics.json"), "utf8"), (key, value: unknown) =>
    key === "seconds" ? undefined : value,
  );
  const [picture] = /<svg[^>]*The best score so far[^]*?<\/svg>/.exec(readFileSync(join(at(out), "report.html"), "utf8"))!; // prettier-ignore
  return { metrics, picture, model: ["model/head.json", "model/weights.safetensors"].map(read) };
}

/** How far the candidates are that a checkpoint holds, by their titles. */
function stepsKept(out: string): Map<string, number> {
  const path = `${at(out)}.checkpoint`;
  if (!existsSync(path)) return new Map();
  const { contestants } = stateFromBytes(readFileSync(path))["search"] as unknown as SearchSnapshot;
  return new Map(contestants.map(({ title, steps }) => [title, steps]));
}

interface Line {
  readonly event: string;
  readonly candidate: string;
  readonly candidates: number;
  readonly steps: number;
  readonly score: number;
}

/** The lines of a log from a place on; one that was cut off by a kill is none. */
function linesFrom(out: string, from: number): Line[] {
  const lines = existsSync(at(`${out}.jsonl`))
    ? readFileSync(at(`${out}.jsonl`), "utf8")
        .slice(from)
        .split("\n")
    : [];
  return lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as Line);
}

/** The scores that a log tells, by candidate and steps. Told twice they are the same. */
function scoresOf(lines: readonly Line[]): Map<string, number> {
  const scores = new Map<string, number>();
  for (const { event, candidate, steps, score } of lines) {
    if (event !== "turn") continue;
    const key = `${candidate} after ${steps}`;
    expect(scores.get(key) ?? score).toBe(score);
    scores.set(key, score);
  }
  return scores;
}

it(
  "a search that is killed at random moments ends in the bits of one that was not, and tries no candidate again that was kept",
  { tags: ["drawn"] },
  async () => {
    const started = performance.now();
    let firstMs = Infinity;
    const watching = setInterval(() => {
      if (existsSync(`${at("whole")}.checkpoint`)) firstMs = Math.min(firstMs, performance.now() - started);
    }, 5);
    expect(await killedAfter(1e6, command("whole"), "SIGKILL")).toBe("0 ");
    clearInterval(watching);
    const mostMs = performance.now() - started;
    expect(firstMs).toBeLessThan(mostMs);
    const expected = resultIn("whole");
    const scores = scoresOf(linesFrom("whole", 0));

    const random = new Random(3);
    const reached: number[] = [];
    /** Goes on, for so long. @returns whether it came to its end, which is compared */
    const goOn = async (ms: number): Promise<boolean> => {
      const kept = stepsKept("killed");
      const from = existsSync(at("killed.jsonl")) ? readFileSync(at("killed.jsonl"), "utf8").length : 0;
      const end = await killedAfter(ms, command("killed"), "SIGKILL");
      expect(["SIGKILL", "0 "]).toContain(end);
      const [start, ...others] = linesFrom("killed", from);
      if (start !== undefined) expect(start).toMatchObject({ event: "start", candidates: kept.size });
      for (const { event, candidate, steps } of others)
        if (event === "turn") expect(steps).toBeGreaterThan(kept.get(candidate) ?? -1);
      if (end === "SIGKILL" && !existsSync(at("killed"))) {
        const now = stepsKept("killed");
        for (const [title, steps] of kept) expect(now.get(title)).toBeGreaterThanOrEqual(steps);
        return false;
      }
      expect(resultIn("killed")).toStrictEqual(expected);
      expect(scoresOf(linesFrom("killed", 0))).toEqual(scores);
      return true;
    };
    const kills = Math.max(3, runs(1));
    for (let kill = 0; kill < kills; kill++) {
      // from shortly before the first checkpoint on, for half of the way that is left then at most
      const isDone = await goOn(0.8 * firstMs + 0.5 * (mostMs - firstMs) * random.uniform());
      const kept = stepsKept("killed");
      if (kept.size > 0) reached.push([...kept.values()].reduce((sum, steps) => sum + steps, 0));
      if (!isDone) continue;
      // another one
      for (const name of ["killed", "killed.jsonl", "killed.checkpoint"])
        rmSync(at(name), { recursive: true, force: true });
    }
    expect(await goOn(1e6)).toBe(true);
    expect(existsSync(`${at("killed")}.checkpoint`)).toBe(false);
    expect(new Set(reached).size).toBeGreaterThan(kills >= 10 ? 1 : 0);
  },
);
