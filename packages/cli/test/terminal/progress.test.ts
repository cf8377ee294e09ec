import { expect, it } from "vitest";
import { openProgress } from "../../src/terminal/progress.ts";
import type { LiveLine } from "../../src/terminal/terminal.ts";
import { recordingTerminal } from "../support/scratch.ts";

it("progress without a terminal is about ten lines, the last of them at the end", () => {
  const { terminal, out: lines } = recordingTerminal();
  const progress = openProgress(terminal, 95);
  progress.onStart({ stepsDone: 0 });
  for (let step = 1; step <= 95; step++) progress.onStep({ step, value: step, liveShare: 1, samplesPerSecond: 1000 });
  progress.onEnd();
  expect(lines).toHaveLength(10);
  expect(lines[0]).toContain("step 10/95: loss 5.500, live anchors 100 %, 1,000 samples/s");
  expect(lines[9]).toContain("step 95/95");
});

it("progress in a terminal is a bar that tells what is left, and in the end how long it took", () => {
  const shown: string[] = [];
  let last = "";
  const line: LiveLine = {
    show: (draw) => void (last = draw(100)),
    keep: () => void shown.push(last),
    erase: () => void shown.push("erased"),
  };
  const progress = openProgress({ ...recordingTerminal().terminal, openLine: () => line }, 40);
  progress.onStart({ stepsDone: 0 });
  expect(last).toMatch(/^ {2}░{24} 0\/40 steps$/);
  for (let step = 1; step <= 10; step++) progress.onStep({ step, value: 2, liveShare: 0.5, samplesPerSecond: 1000 });
  expect(last).toMatch(
    /^ {2}█{6}░{18} 10\/40 steps \| 1 s left \| loss 2\.000 \| live anchors 50 % \| 1,000 samples\/s$/,
  );
  progress.onEnd();
  expect(shown).toEqual([expect.stringMatching(/ 10\/40 steps \| 0\.\d s \| loss/)]);
});
