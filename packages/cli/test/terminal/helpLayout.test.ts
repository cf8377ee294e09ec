import { describe, expect, it } from "vitest";
import { run } from "../../src/run.ts";
import { recordingTerminal } from "../support/scratch.ts";

async function help(command: readonly string[], width: number): Promise<string> {
  const { terminal, out } = recordingTerminal(width);
  expect(await run([...command, "--help"], terminal)).toBe(0);
  return out.join("\n");
}

describe("the help", () => {
  const commands = ["", "train", "doctor", "evaluate", "match", "sensitivity"].map((name) =>
    name === "" ? [] : [name],
  );

  it.each([50, 60, 70, 80, 100, 140])("of every command fits into %i columns", async (width) => {
    for (const command of [...commands, ["train", "--loss", "DynamicSoftMarginLoss"]])
      for (const line of (await help(command, width)).split("\n")) expect(line.length).toBeLessThanOrEqual(width);
  });

  it("has texts beside the flags where there is room, and below them elsewhere", async () => {
    expect(await help(["train"], 100)).toMatch(
      /^ {2}--steps <count> {5,}batches to train on, instead of epochs; no search$/m,
    );
    expect(await help(["train"], 60)).toMatch(
      /^ {2}--steps <count>\n {6}batches to train on, instead of epochs; no search$/m,
    );
  });

  it("takes 80 columns where it goes into a file", async () => {
    const widths = (await help(["train"], Infinity)).split("\n").map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
    expect(Math.max(...widths)).toBeGreaterThan(70);
  });
});
