import { describe, expect, test } from "vitest";
import { EarlyStopping } from "../../src/training/earlyStopping.ts";
import { MlpModel } from "../../src/training/mlpModel.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { blobs, PullLoss, ShuffledSampler } from "./fixtures.ts";

describe("EarlyStopping", () => {
  test("ends the run when the figure no longer rises", async () => {
    const figures = [1, 3, 2, 3, 2.5, 9];
    let calls = 0;
    const stopping = new EarlyStopping({ metric: "figure", patience: 2 });
    const trainer = new Trainer({
      model: new MlpModel({ inputSize: 5, outputSize: 4 }),
      loss: new PullLoss(4),
      sampler: new ShuffledSampler(24, 12),
      data: blobs(3, 8, 5, 1),
      hooks: [stopping],
      evaluate: () => ({ figure: figures[calls++] }),
    });
    const result = await trainer.train({ epochs: 20 });
    expect(result).toMatchObject({ epochs: 5, stopReason: "stopped" });
    expect(stopping.best).toMatchObject({ epoch: 2, metrics: { figure: 3 } });
  });

  test("can watch a figure that should fall, and names one that is missing", () => {
    const stopped: string[] = [];
    const control = {
      stepsDone: 0,
      epochsDone: 0,
      hasEvaluation: true,
      model: new MlpModel({ inputSize: 5, outputSize: 4 }),
      loss: new PullLoss(4),
      stop: (message?: string) => void stopped.push(message ?? ""),
    };
    const stopping = new EarlyStopping({
      metric: "loss",
      patience: 0,
      better: "lower",
      minimalGain: 0.5,
      restoreBest: false,
    });
    const event = (loss: number) => ({ step: 1, epoch: 1, metrics: { loss } });
    void stopping.onEvaluation(event(3), control);
    void stopping.onEvaluation(event(2), control);
    expect(stopped).toEqual([]);
    void stopping.onEvaluation(event(1.6), control);
    expect(stopped).toEqual(["loss has not become better in 1 evaluations"]);
    expect(() => new EarlyStopping({ metric: "mapAtR" }).onEvaluation(event(1), control)).toThrow(/no figure "mapAtR"/);
  });
});
