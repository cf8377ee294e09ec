// @module-tag long
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasPseudoTerminals, watchCommand, type Watched } from "./support/pseudoTerminal.ts";
import { clusteredCsv, put, scratchFolder } from "./support/scratch.ts";

const folder = scratchFolder();
const table = put(folder, "kinds.csv", clusteredCsv(30, 12));
const silent = ["--sampler", "random", "--batch-size", "6", "--lr", "0.05"];
const steps = /[\d,]+\/[\d,]+ steps/;

/** The sentences of a training, in their order. */
const sentences = [
  "kinds.csv: 360 vectors of 6 columns. To train on: 252 rows of 21 classes; held out: 108 rows of 9 classes.",
  "Training 6 > 64 with SupConLoss,",
  "Doctor: With random batches of 6 from 252 samples of 21 classes,",
  "no two of the samples share a class.",
  "Its first advice:",
  "--auto follows it).",
  "Before: precision@1",
  "Monitor: since step",
  "taught nothing: see what the report says of live anchors.",
  "After: precision@1",
  "Drawing the report ...",
  "before after change",
  "MAP@R went from",
  "Written to",
  "and the model in model/.",
];

describe.skipIf(!hasPseudoTerminals)("a person at a terminal", () => {
  it.each([
    { columns: 100, rows: 30 },
    { columns: 60, rows: 20 },
    { columns: 34, rows: 12 },
  ])("reads every sentence of kindred train whole and in order, $columns x $rows", async (sizes) => {
    const bars: number[] = [];
    const out = join(folder, `out-${sizes.columns}`);
    const { emulator, status, written } = await watchCommand(
      ["train", table, "--steps", "800", ...silent, "--out", out],
      sizes,
      ({ emulator: { lines } }) => bars.push(lines.filter((line) => steps.test(line)).length),
    );
    expect(status).toBe(0);
    expectInOrder(
      emulator.prose,
      sizes.columns > 36 ? sentences : sentences.filter((each) => !each.includes("change")),
    );
    expect(bars.length).toBeGreaterThan(1);
    // never hidden, the cursor needs not to be shown again however the program ends
    expect(written).not.toContain("\x1b[?25l");
    expect(new Set(bars)).toEqual(new Set([1]));
    expect(emulator.lines.filter((line) => steps.test(line))).toHaveLength(1);
    expect(emulator.overlong).toEqual([]);
    expect(emulator.cursor).toEqual({ line: emulator.lines.length, column: 0 });
  });

  it("may resize the window and press Ctrl-C: nothing is garbled, and the training is kept", async () => {
    const sizes = { columns: 100, rows: 30 };
    const others = [
      { columns: 60, rows: 20 },
      { columns: 90, rows: 24 },
      { columns: 44, rows: 30 },
    ];
    const onFrame = (watched: Watched): void => {
      if (watched.frames % 4 === 3 && others.length > 0) watched.resize(others.shift()!);
      if (watched.frames === 20) watched.type("\x03");
    };
    const out = join(folder, "out-resized");
    const args = ["train", table, "--steps", "1000000", ...silent, "--out", out];
    const { emulator, status } = await watchCommand(args, sizes, onFrame);
    expect(status).toBe(0);
    expectInOrder(emulator.prose, [...sentences.slice(0, 8), "Stopped after", ...sentences.slice(8)]);
    expect(emulator.lines.filter((line) => steps.test(line))).toHaveLength(1);
    expect(emulator.lines.filter((line) => /[█░]/.test(line))).toHaveLength(1);
    expect(emulator.cursor).toEqual({ line: emulator.lines.length, column: 0 });
  });

  it("sees lines instead of a bar, and no commands, in a terminal that obeys none", async () => {
    const environment = { TERM: "dumb" };
    const args = ["train", table, "--steps", "40", ...silent, "--out", join(folder, "out-dumb")];
    const { emulator, written } = await watchCommand(args, { columns: 80, rows: 24, environment });
    expect(emulator.lines.filter((line) => /step \d+\/40/.test(line))).toHaveLength(10);
    expect(written.replace(/\x1b\]777;[^\x07]*\x07/, "")).not.toContain("\x1b");
    expect(emulator.overlong).toEqual([]);
  });

  it.each([60, 100])("reads the help within %i columns", async (columns) => {
    const { emulator, status } = await watchCommand(["train", "--help"], { columns, rows: 24 });
    expect(status).toBe(0);
    expect(emulator.overlong).toEqual([]);
    expect(emulator.prose).toContain("Options of SupConLoss:");
    expect(Math.max(...emulator.lines.map((line) => line.length))).toBeGreaterThan(columns - 12);
  });

  it("reads tables within 60 columns", async () => {
    for (const command of [
      ["doctor", table, "--batch-size", "8"],
      ["sensitivity", "--trials", "2", "--dim", "8"],
    ]) {
      const { emulator } = await watchCommand(command, { columns: 60, rows: 24 });
      expect(emulator.overlong).toEqual([]);
      expect(emulator.lines.length).toBeGreaterThan(10);
    }
  });

  it("has labels and file names send no commands, nor turn letters around", async () => {
    const label = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\u009b2J\u202eder";
    const rows = clusteredCsv(3, 4).replaceAll("kind 0", label);
    const hostile = put(folder, "\x1b[2J\u202ex.csv", rows);
    for (const command of [
      ["evaluate", hostile, "--per-class"],
      ["match", hostile, hostile],
      ["evaluate", `${hostile}x`],
    ]) {
      const { written, emulator } = await watchCommand(command, { columns: 100, rows: 30 });

      expect(written.replace(/^\x1b\]777;[^\x07]*\x07|\x1b\[(1|22)m|\r\n/g, "")).not.toMatch(
        /[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/,
      );
      expect(emulator.prose).toContain("\\u001b[2J");
    }
  });
});

/** That each sentence is there, behind the one before; where lines end does not matter. */
function expectInOrder(prose: string, all: readonly string[]): void {
  let from = 0;
  for (const sentence of all) {
    const at = prose.indexOf(sentence, from);
    expect(at, `"${sentence}" in: ${prose}`).toBeGreaterThanOrEqual(from);
    from = at + sentence.length;
  }
}
