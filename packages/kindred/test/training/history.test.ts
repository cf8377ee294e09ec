import { expect, test } from "vitest";
import type { BatchReport } from "../../src/batch/batchReport.ts";
import { HistoryRecorder, liveShare } from "../../src/training/history.ts";

const report: BatchReport = {
  status: "learning",
  anchors: 10,
  classes: 4,
  positivePairs: 6,
  negativePairs: 84,
  anchorsWithoutPositives: 4,
  items: 6,
  activeItems: 3,
};

test("the live share counts the anchors with a positive where the loss needs positives, else all", () => {
  expect(liveShare(report, { positives: true, negatives: false })).toBeCloseTo(0.6);
  expect(liveShare(report, { positives: false, negatives: false })).toBe(1);
  expect(liveShare({ ...report, status: "all-satisfied" }, { positives: true, negatives: true })).toBeCloseTo(0.6);
});

test("the live share of a batch without pairs, tuples or anchors is 0", () => {
  for (const status of ["no-positive-pairs", "no-negative-pairs", "no-tuples"] as const)
    expect(liveShare({ ...report, status }, { positives: false, negatives: true })).toBe(0);
  expect(liveShare({ ...report, anchors: 0 }, { positives: true, negatives: true })).toBe(0);
});

test("a recorder keeps one entry a step and sums up its last steps", () => {
  const recorder = new HistoryRecorder();
  recorder.add(4, report, 0.6);
  recorder.add(2, report, 0.6);
  recorder.add(0, { ...report, status: "no-positive-pairs", items: 0, activeItems: 0 }, 0);
  expect(recorder.history()).toEqual({
    loss: new Float64Array([4, 2, 0]),
    losses: {},
    liveShare: new Float64Array([0.6, 0.6, 0]),
    activeShare: new Float64Array([0.5, 0.5, 0]),
  });
  expect([recorder.steps, recorder.silentSteps]).toEqual([3, 1]);
  expect(recorder.summarySince(1)).toEqual({ meanLoss: 1, silentSteps: 1 });
});

test("a recorder keeps each loss of a sum, NaN in steps without it", () => {
  const recorder = new HistoryRecorder();
  recorder.add(4, report, 0.6, { a: 4 });
  recorder.add(2, report, 0.6, { a: 1, b: 3 });
  expect(recorder.history().losses).toEqual({ a: new Float64Array([4, 1]), b: new Float64Array([NaN, 3]) });
});
