import { expect, it } from "vitest";
import { TensorBoardLog } from "../../../src/training/logging/tensorBoardLog.ts";
import type { StepEvent, TrainingControl } from "../../../src/training/trainingHook.ts";
import { eventsOf } from "../../support/eventFile.ts";
import { loggedTraining } from "./loggedTraining.ts";

it("a TensorBoardLog writes the version, then each step, evaluation and epoch", async () => {
  const parts: Uint8Array[] = [];
  const log = new TensorBoardLog({ write: (bytes) => void parts.push(bytes) });
  const { trainer, steps } = loggedTraining(log);
  await trainer.train({ steps: 4 });
  const events = eventsOf(Buffer.concat(parts));
  const figures = (k: number): object => ({
    step: k + 1,
    scalars: {
      "train/loss": Math.fround(steps[k].value),
      "train/liveShare": steps[k].liveShare,
      "train/activeShare": Math.fround(steps[k].report.activeItems / steps[k].report.items),
      "train/samplesPerSecond": Math.fround(steps[k].samplesPerSecond),
    },
  });
  const meanLoss = Math.fround((steps[0].value + steps[1].value + steps[2].value) / 3);
  expect(events).toEqual([
    { step: 0, version: "brain.Event:2" },
    figures(0),
    figures(1),
    { step: 2, scalars: { "evaluation/score": 0.5, "evaluation/lost": Infinity } },
    figures(2),
    { step: 3, scalars: { "epoch/meanLoss": meanLoss, "epoch/silentSteps": 0 } },
    figures(3),
    { step: 4, scalars: { "evaluation/score": 0.5, "evaluation/lost": Infinity } },
  ]);
});

it("a TensorBoardLog of a training that is resumed says from which step on it counts, and waits for its writer", async () => {
  const parts: Uint8Array[] = [];
  const log = new TensorBoardLog({
    write: async (bytes) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      parts.push(bytes);
    },
    every: 2,
  });
  const control = { stepsDone: 1_000_000 } as TrainingControl;
  await log.onStart(control);
  await log.onStart(control);
  for (const step of [1_000_001, 1_000_002])
    await log.onStep({
      step,
      value: 1,
      report: { items: 0, activeItems: 0 },
      liveShare: 0,
      samplesPerSecond: 0,
    } as StepEvent);
  expect(eventsOf(Buffer.concat(parts))).toMatchObject([
    { step: 0, version: "brain.Event:2" },
    { step: 1_000_001, session: [[1, 1n]] },
    { step: 1_000_002, scalars: { "train/loss": 1, "train/activeShare": 0 } },
  ]);
});
