import { expect, it } from "vitest";
import { openProgress } from "../../src/terminal/progress.ts";
import { recordingTerminal } from "../support/scratch.ts";

it("progress without a terminal is about ten lines, the last of them at the end", () => {
  const { terminal, out: lines } = recordingTerminal();
  const progress = openProgress(terminal, 95);
  progress.onStart();
  for (let step = 1; step <= 95; step++) progress.onStep({ step, value: step, liveShare: 1, samplesPerSecond: 1000 });
  progress.onEnd();
  expect(lines).toHaveLength(10);
  expect(lines[0]).toContain("step 10/95: loss 5.500, live anchors 100 %, 1,000 samples/s");
  expect(lines[9]).toContain("step 95/95");
});
