import { expect, it } from "vitest";
import { openCounter } from "../../src/terminal/counter.ts";
import type { LiveLine } from "../../src/terminal/terminal.ts";
import { recordingTerminal } from "../support/scratch.ts";

it("counts what takes long in lines some seconds apart, and says nothing of what is soon done", () => {
  const { terminal, out: lines } = recordingTerminal();
  let now = 0;
  const counter = openCounter(terminal, "queries", 30_000, () => now);
  for (let second = 1; second <= 30; second++) {
    now = 1000 * second;
    counter.advance(1000 * second);
  }
  counter.close();
  expect(lines).toEqual(["  2,000 of 30,000 queries", "  12,000 of 30,000 queries", "  22,000 of 30,000 queries"]);
  const quick = openCounter(terminal, "queries", 10, () => now);
  quick.advance(10);
  quick.close();
  expect(lines).toHaveLength(3);
});

it("counts what takes long in a bar that goes when all is done, and shows none for what is soon done", () => {
  const shown: string[] = [];
  const line: LiveLine = {
    show: (draw) => void shown.push(draw(60)),
    keep: () => void shown.push("kept"),
    erase: () => void shown.push("erased"),
  };
  let now = 0;
  const counter = openCounter({ ...recordingTerminal().terminal, openLine: () => line }, "queries", 8000, () => now);
  for (const second of [1, 4, 8]) {
    now = 1000 * second;
    counter.advance(1000 * second);
  }
  counter.close();
  expect(shown).toEqual(["  ████████████░░░░░░░░░░░░ 4,000/8,000 queries | 4 s left", "erased"]);
});
