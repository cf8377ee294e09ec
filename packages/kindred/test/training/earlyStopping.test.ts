import { describe, expect, test } from "vitest";
import { EarlyStopping } from "../../src/training/earlyStopping.ts";
import { MlpModel } from "../../src/training/mlpModel.ts";
import { Trainer } from "../../src/training/trainer.ts";
import type { TrainerState } from "../../src/training/trainerState.ts";
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

describe("EarlyStopping in a training", () => {
  const data = blobs(3, 8, 5, 1);
  const watch = { metric: "figure", patience: 1 };

  function trainerOf(figures: readonly unknown[], stopping: EarlyStopping, options: object = {}) {
    let calls = 0;
    const states: unknown[] = [];
    const parts = {
      model: new MlpModel({ inputSize: 5, outputSize: 4 }),
      loss: new PullLoss(4),
      sampler: new ShuffledSampler(24, 12),
      data,
      hooks: [stopping],
    };
    const evaluate = () => {
      states.push([parts.model.state(), parts.loss.state()]);
      return { figure: figures[calls++] as number };
    };
    const now = () => [parts.model.state(), parts.loss.state()];
    return { trainer: new Trainer({ ...parts, evaluate, ...options }), states, now };
  }

  test("gives model and loss back what they were at the best evaluation, and says so", async () => {
    const { trainer, states, now } = trainerOf([1, 3, 2, 2.5, 9], new EarlyStopping(watch));
    const { stopMessage, epochs } = await trainer.train({ epochs: 20 });
    expect(epochs).toBe(4);
    expect(stopMessage).toBe("figure has not become better in 2 evaluations; the weights of step 4 are restored");
    expect(now()).toEqual(states[1]);
    expect(now()).not.toEqual(states[3]);
  });

  test("does so too when the run comes to its end by itself, and not after an error", async () => {
    const { trainer, states, now } = trainerOf([1, 3, 2], new EarlyStopping({ ...watch, patience: 9 }));
    await trainer.train({ epochs: 3 });
    expect(now()).toEqual(states[1]);
    const failing = trainerOf([3, 2], new EarlyStopping({ ...watch, patience: 9 }));
    await expect(failing.trainer.train({ epochs: 3 })).rejects.toThrow(/no figure "figure"/);
    expect(failing.now()).toEqual(failing.states[2]);
  });

  test("leaves the last weights with restoreBest: false", async () => {
    const { trainer, states, now } = trainerOf([1, 3, 2, 2], new EarlyStopping({ ...watch, restoreBest: false }));
    const { stopMessage } = await trainer.train({ epochs: 20 });
    expect(stopMessage).toBe("figure has not become better in 2 evaluations");
    expect(now()).toEqual(states[3]);
  });

  test("ends the run at a figure that is NaN, and says so", async () => {
    const stopping = new EarlyStopping({ ...watch, patience: 9 });
    const { trainer, states, now } = trainerOf([1, 3, NaN, 4], stopping);
    const result = await trainer.train({ epochs: 20 });
    expect(result).toMatchObject({
      stopReason: "not-finite",
      stopMessage: "figure is NaN at step 6; the weights of step 4 are restored",
    });
    expect(now()).toEqual(states[1]);
    expect(stopping.best).toMatchObject({ step: 4 });
    const { trainer: first } = trainerOf([NaN], new EarlyStopping(watch));
    expect((await first.train({ epochs: 20 })).stopMessage).toBe("figure is NaN at step 2");
  });

  test("is borne anew in a later run, which keeps the best so far", async () => {
    const stopping = new EarlyStopping(watch);
    const { trainer, states, now } = trainerOf([5, 4, 4, 3, 6, 1, 1], stopping);
    await trainer.train({ epochs: 20 });
    expect(now()).toEqual(states[0]);
    await trainer.train({ epochs: 20 });
    expect(stopping.best).toMatchObject({ metrics: { figure: 6 } });
    expect(now()).toEqual(states[4]);
  });

  test("forgets the best of another training", async () => {
    const stopping = new EarlyStopping(watch);
    await trainerOf([9, 8, 8], stopping).trainer.train({ epochs: 20 });
    const { trainer, states, now } = trainerOf([1, 2, 1, 1], stopping);
    await trainer.train({ epochs: 20 });
    expect(now()).toEqual(states[1]);
  });

  test("refuses to begin where nothing is evaluated, or the model cannot be restored", async () => {
    const { trainer, now } = trainerOf([], new EarlyStopping(watch), { evaluate: null });
    const before = now();
    await expect(trainer.train({ epochs: 2 })).rejects.toThrow(
      "EarlyStopping watches figure, but nothing is evaluated; give the Trainer evaluate",
    );
    expect(now()).toEqual(before);
    const own = new MlpModel({ inputSize: 5, outputSize: 4 });
    const model = { embed: own.embed.bind(own), backward: own.backward.bind(own), step: own.step.bind(own) };
    await expect(trainerOf([], new EarlyStopping(watch), { model }).trainer.train({ epochs: 2 })).rejects.toThrow(
      /the model has no state and load; give it both, or restoreBest: false/,
    );
  });

  test("can watch a figure made of several, by any function", async () => {
    const stopping = new EarlyStopping({ metric: ({ a, b }) => a - b, better: "lower", patience: 0 });
    const figures = [
      { a: 5, b: 1 },
      { a: 9, b: 8 },
      { a: 1, b: 0 },
      { a: 0, b: 9 },
    ];
    let calls = 0;
    const { trainer } = trainerOf([], stopping, { evaluate: () => figures[calls++] });
    const { stopMessage } = await trainer.train({ epochs: 9 });
    expect(stopMessage).toBe("metric has not become better in 1 evaluations; the weights of step 4 are restored");
    expect(stopping.best).toMatchObject({ step: 4, metrics: { a: 9, b: 8 } });
  });

  test("goes to the run's end with patience: null, and gives the best back then", async () => {
    const { trainer, states, now } = trainerOf(
      [1, 9, 2, 3, 4, 5, 6, 7],
      new EarlyStopping({ ...watch, patience: null }),
    );
    expect(await trainer.train({ epochs: 8 })).toMatchObject({ epochs: 8, stopReason: "finished", stopMessage: "" });
    expect(now()).toEqual(states[1]);
  });

  test("goes on from a Trainer's state as if it had never stopped: best, patience and what is given back", async () => {
    const figures = [1, 5, 2, 3, 2, 4, 9];
    const whole = trainerOf(figures, new EarlyStopping({ ...watch, patience: 3 }));
    const saved: TrainerState[] = [];
    const make = (at: number) => {
      const stopping = new EarlyStopping({ ...watch, patience: 3 });
      const saving = { onEvaluation: async (_: unknown, control: unknown) => void saved.push(structuredClone(await (control as Trainer).state())) }; // prettier-ignore
      return { stopping, ...trainerOf(figures.slice(at), stopping, { hooks: [stopping, saving] }) };
    };
    await make(0).trainer.train({ epochs: 20 });
    const { stopMessage, epochs } = await whole.trainer.train({ epochs: 20 });
    expect(epochs).toBe(6);
    for (const at of [1, 2, 4]) {
      const { trainer, stopping, now } = make(at);
      await trainer.load(saved[at - 1]);
      expect(stopping.best).toMatchObject({ metrics: { figure: Math.max(...figures.slice(0, at)) } });
      const result = await trainer.train({ epochs: 20 });
      expect(result.stopMessage).toBe(stopMessage);
      expect(now()).toEqual(whole.now());
    }
  });

  test("refuses states that are not its own, and changes nothing", async () => {
    const { trainer } = trainerOf([3, 2], new EarlyStopping(watch));
    await trainer.train({ epochs: 2 });
    const state = await trainer.state();
    const other = trainerOf([], new EarlyStopping(watch)).trainer;
    const before = await other.state();
    const own = state.hooks["0"] as Record<string, unknown>;
    for (const [hooks, sentence] of [
      [{}, /hooks has no 0/],
      [{ 0: own, 1: own }, /unexpected 1/],
      [{ 0: { ...own, best: 5 } }, /best is 5/],
      [{ 0: { ...own, best: {} } }, /best has no step, epoch, metrics/],
      [{ 0: { ...own, kind: "LossMonitor" } }, /this is the state of LossMonitor/],
      [{ 0: { ...own, evaluationsSinceBest: -1 } }, /evaluationsSinceBest is -1/],
    ] as const) {
      await expect(other.load({ ...state, hooks: hooks as never })).rejects.toThrow(sentence);
      expect(await other.state()).toEqual(before);
    }
  });

  test("refuses a figure that is no number, and a name that is none", async () => {
    const { trainer } = trainerOf(["high"], new EarlyStopping(watch));
    await expect(trainer.train({ epochs: 2 })).rejects.toThrow(/the figure figure of the evaluation is "high"/);
    expect(() => new EarlyStopping({} as never)).toThrow(/metric is ""; give the name of a figure/);
    expect(() => new EarlyStopping({ ...watch, restoreBest: 1 as never })).toThrow(/restoreBest is 1/);
  });
});
