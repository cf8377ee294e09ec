import { expect, it } from "vitest";
import { JsonLinesLog } from "../../../src/training/logging/jsonLinesLog.ts";
import { TensorBoardLog } from "../../../src/training/logging/tensorBoardLog.ts";
import { loggedTraining } from "./loggedTraining.ts";

it("a JsonLinesLog writes a line an event, in order", async () => {
  const written: string[] = [];
  const { trainer, steps } = loggedTraining(new JsonLinesLog({ write: (line) => void written.push(line), every: 2 }));
  const result = await trainer.train({ steps: 4 });
  expect(written.every((line) => /^\{.*\}\n$/.test(line))).toBe(true);
  const lines = written.join("").trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore
  for (const line of lines) expect(new Date(line.time as string).toISOString()).toBe(line.time);
  const { seconds, samplesPerSecond, stopReason } = result;
  expect(lines.map(({ time: _, ...line }) => line)).toEqual([
    { event: "start", step: 0 },
    stepLine(2, 1),
    { event: "evaluation", step: 2, epoch: 0, metrics: { score: 0.5, lost: "Infinity" } },
    { event: "epoch", step: 3, epoch: 1, meanLoss: expect.closeTo((steps[0].value + steps[1].value + steps[2].value) / 3, 12) as number, silentSteps: 0 }, // prettier-ignore
    stepLine(4, 2),
    { event: "evaluation", step: 4, epoch: 1, metrics: { score: 0.5, lost: "Infinity" } },
    { event: "end", step: 4, seconds, samplesPerSecond, silentSteps: 0, stopReason, stopMessage: "" },
  ]);

  function stepLine(step: number, epoch: number): object {
    const { value, report, liveShare, samplesPerSecond: rate } = steps[step - 1];
    const activeShare = report.activeItems / report.items;
    return { event: "step", step, epoch, loss: value, liveShare, activeShare, samplesPerSecond: rate, status: "learning" }; // prettier-ignore
  }
});

it("a JsonLinesLog writes lines of one's own", () => {
  const written: string[] = [];
  void new JsonLinesLog({ write: (line) => void written.push(line) }).tell("choice", 7, { name: "b", gain: NaN });
  const { time, ...line } = JSON.parse(written.join("")) as Record<string, unknown>;
  expect(line).toEqual({ event: "choice", step: 7, name: "b", gain: "NaN" });
  expect(Date.parse(time as string)).toBeGreaterThan(0);
});

it("a log that cannot be written fails the run with the writer's error", async () => {
  const write = (): Promise<void> => Promise.reject(new Error("no space"));
  for (const log of [new JsonLinesLog({ write }), new TensorBoardLog({ write })])
    await expect(loggedTraining(log).trainer.train({ steps: 1 })).rejects.toThrow("no space");
});

it("logs refuse what is no writer, and unknown options", () => {
  expect(() => new JsonLinesLog({} as never)).toThrow(/JsonLinesLog's write is undefined; give a function/);
  expect(() => new TensorBoardLog({ write: 3 } as never)).toThrow(/TensorBoardLog's write is 3/);
  expect(() => new JsonLinesLog({ write: () => {}, every: 0 })).toThrow(/every is 0/);
  expect(() => new JsonLinesLog({ write: () => {}, evry: 2 } as never)).toThrow(/evry/);
});
