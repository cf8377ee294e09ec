import { describe, expect, test } from "vitest";
import { MlpModel } from "../../src/training/mlpModel.ts";
import type { Model } from "../../src/training/model.ts";
import { SGD } from "../../src/training/sgd.ts";
import { Trainer, type TrainerOptions } from "../../src/training/trainer.ts";
import type { StepEvent, TrainingHook, TrainingResult } from "../../src/training/trainingHook.ts";
import type { Pairs } from "../../src/tuples/tuples.ts";
import { blobs, PullLoss, randomMatrix, ShuffledSampler } from "./fixtures.ts";

const data = blobs(3, 8, 5, 1);

function parts(): TrainerOptions & { model: MlpModel; loss: PullLoss } {
  return {
    model: new MlpModel({ inputSize: 5, hidden: [6], outputSize: 4, seed: 1 }),
    loss: new PullLoss(4),
    sampler: new ShuffledSampler(24, 10),
    data,
  };
}

describe("Trainer", () => {
  test("lowers the loss and moves the loss's own parameters", async () => {
    const given = parts();
    const { history } = await new Trainer(given).train({ epochs: 40 });
    const mean = (losses: Float64Array): number => losses.reduce((a, b) => a + b) / losses.length;
    expect(mean(history.loss.slice(-6))).toBeLessThan(0.5 * mean(history.loss.slice(0, 6)));
    expect(Array.from(given.loss.parameters.W.data)).not.toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test("leaves the loss's parameters alone without a lossOptimizer", async () => {
    const given = parts();
    await new Trainer({ ...given, lossOptimizer: null }).train({ epochs: 1 });
    expect(Array.from(given.loss.parameters.W.data)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  test("one step is embed, evaluate, backward and step", () => {
    const { model, loss } = parts();
    const trainer = new Trainer({ ...parts(), lossOptimizer: new SGD({ learningRate: 0.5 }) });
    const event = trainer.step();
    expect(Array.from(event.rows)).toEqual(Array.from([...new ShuffledSampler(24, 10).epoch()][0]));
    expect(event.labels).toEqual(Array.from(event.rows, (row) => data.labels[row]));
    const inputs = { data: new Float32Array(50), rows: 10, cols: 5 };
    event.rows.forEach((row, r) => inputs.data.set(data.inputs.data.subarray(row * 5, row * 5 + 5), r * 5));
    const embeddings = model.embed(inputs);
    expect(event.embeddings).toEqual(embeddings);
    const { value, gradients } = loss.evaluate(embeddings, event.labels);
    expect([event.value, event.gradients]).toEqual([value, gradients]);
    expect(event).toMatchObject({ step: 1, epoch: 1, liveShare: 1 });
    expect(event.samplesPerSecond).toBeGreaterThan(0);
  });

  test("the same seeds give the same training", async () => {
    const [first, second] = await Promise.all([1, 2].map(() => new Trainer(parts()).train({ epochs: 3 })));
    expect(second.history).toEqual(first.history);
  });

  test("goes on from a saved state as if it had never stopped, in the middle of an epoch too", async () => {
    const whole = new Trainer(parts());
    await whole.train({ steps: 4 });
    const state = structuredClone(await whole.state());
    const rest = await whole.train({ steps: 5 });
    const given = parts();
    const resumed = new Trainer({
      ...given,
      model: new MlpModel({ inputSize: 5, hidden: [6], outputSize: 4, seed: 77 }),
    });
    await resumed.load(state);
    const again = await resumed.train({ steps: 5 });
    expect(again.history).toEqual(rest.history);
    expect([resumed.stepsDone, resumed.epochsDone]).toEqual([9, 3]);
    expect(await resumed.state()).toEqual(await whole.state());
  });

  test("a later run goes on where the first stopped in its epoch", async () => {
    const seen = async (runs: number[]): Promise<number[][]> => {
      const rows: number[][] = [];
      const trainer = new Trainer({
        ...parts(),
        hooks: [{ onStep: (event) => void rows.push(Array.from(event.rows)) }],
      });
      for (const steps of runs) await trainer.train({ steps });
      return rows;
    };
    expect(await seen([1, 3, 2])).toEqual(await seen([6]));
  });

  test("counts the silent batches and reports each of them", async () => {
    const labels = Array.from({ length: 24 }, (_, i) => (i < 12 ? i : 99));
    const statuses: string[] = [];
    const hooks = [{ onStep: ({ report }: StepEvent) => void statuses.push(report.status) }];
    const sampler = new ShuffledSampler(24, 3, 5);
    const { silentSteps, history, steps } = await new Trainer({
      ...parts(),
      data: { ...data, labels },
      sampler,
      hooks,
    }).train({
      epochs: 2,
    });
    expect(steps).toBe(16);
    expect(silentSteps).toBe(statuses.filter((status) => status === "no-positive-pairs").length);
    expect(silentSteps).toBeGreaterThan(0);
    statuses.forEach((status, k) => expect(history.liveShare[k] === 0).toBe(status !== "learning"));
  });

  test("tells hooks what happens, in order, and waits for them", async () => {
    const told: string[] = [];
    let delay = 10;
    const later = (word: string) => async () => {
      await new Promise((resolve) => setTimeout(resolve, delay--));
      told.push(word);
    };
    const hook: TrainingHook = {
      onStart: later("start"),
      onStep: ({ step }) => later(`step ${step}`)(),
      onEpochEnd: ({ epoch, silentSteps }) => later(`epoch ${epoch}, ${silentSteps} silent`)(),
      onEvaluation: ({ metrics }) => later(`figure ${metrics["figure"]}`)(),
      onEnd: ({ stopReason }) => later(stopReason)(),
    };
    let calls = 0;
    const evaluate = () => ({ figure: ++calls });
    const sampler = new ShuffledSampler(24, 12);
    await new Trainer({ ...parts(), sampler, hooks: [hook], evaluate }).train({ steps: 3 });
    expect(told.join("; ")).toBe("start; step 1; step 2; epoch 1, 0 silent; figure 1; step 3; figure 2; finished");
  });

  test("evaluates every so many steps when asked to", async () => {
    const options = { ...parts(), evaluate: () => ({ figure: 1 }), evaluateEvery: { steps: 4 } };
    const { evaluations } = await new Trainer(options).train({ steps: 9 });
    expect(evaluations.map(({ step }) => step)).toEqual([4, 8, 9]);
  });

  test("a hook ends the run after its step", async () => {
    const hook: TrainingHook = { onStep: ({ step }, control) => (step === 3 ? control.stop("enough") : undefined) };
    const result = await new Trainer({ ...parts(), hooks: [hook] }).train({ epochs: 5 });
    expect(result).toMatchObject({ steps: 3, epochs: 1, stopReason: "stopped", stopMessage: "enough" });
  });

  test("a signal ends the run between two steps", async () => {
    const controller = new AbortController();
    const hooks = [{ onStep: ({ step }: StepEvent) => (step === 2 ? controller.abort() : undefined) }];
    const result = await new Trainer({ ...parts(), hooks }).train({ epochs: 5, signal: controller.signal });
    expect(result).toMatchObject({ steps: 2, stopReason: "aborted" });
  });

  test("who leaves the loop of steps ends the run, and its hooks are told", async () => {
    const results: TrainingResult[] = [];
    const trainer = new Trainer({ ...parts(), hooks: [{ onEnd: (result) => void results.push(result) }] });
    for await (const { step } of trainer.steps({ epochs: 5 })) if (step === 2) break;
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ steps: 2, stopReason: "aborted" });
    await trainer.train({ steps: 1 });
    expect(trainer.stepsDone).toBe(3);
  });

  test("hooks are told of a run that fails, and its error reaches the caller", async () => {
    const reasons: string[] = [];
    const hooks = [
      { onEnd: ({ stopReason }: TrainingResult) => void reasons.push(stopReason) },
      { onStep: () => Promise.reject(new Error("the disk is full")) },
    ];
    await expect(new Trainer({ ...parts(), hooks }).train({ epochs: 1 })).rejects.toThrow("the disk is full");
    expect(reasons).toEqual(["failed"]);
  });

  test("lets the event loop turn during a long run", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const slow: TrainingHook = {
      onStep: () => {
        const end = performance.now() + 12;
        while (performance.now() < end);
      },
    };
    await new Trainer({ ...parts(), hooks: [slow] }).train({ steps: 12 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  test("gives the loss what the miner chose", () => {
    const tuples: Pairs = { anchors1: [0], positives: [1], anchors2: [0], negatives: [2] };
    const given: unknown[] = [];
    class Listening extends PullLoss {
      override evaluate(...args: Parameters<PullLoss["evaluate"]>): ReturnType<PullLoss["evaluate"]> {
        given.push(args[2]);
        return super.evaluate(args[0], args[1]);
      }
    }
    const trainer = new Trainer({ ...parts(), loss: new Listening(4), miner: { name: "Fixed", mine: () => tuples } });
    expect(trainer.step().tuples).toBe(tuples);
    expect(given).toEqual([{ tuples }]);
  });

  test("prefers a model's learn, and insists that it asks for the slope", () => {
    const { model } = parts();
    const calls: string[] = [];
    const learning: Model = {
      embed: (inputs) => model.embed(inputs),
      backward: () => void calls.push("backward"),
      step: () => void calls.push("step"),
      learn(inputs, slopeOf) {
        slopeOf(model.embed(inputs));
        calls.push("learn");
      },
    };
    new Trainer({ ...parts(), model: learning }).step();
    expect(calls).toEqual(["learn", "step"]);
    expect(() => new Trainer({ ...parts(), model: { ...learning, learn: () => undefined } }).step()).toThrow(
      /slopeOf once/,
    );
  });

  test("chunks lead to the weights that the whole batch leads to, and every chunk is small", async () => {
    for (const way of ["backward", "learn"] as const) {
      const trained = async (chunkSize: number | null): Promise<{ model: MlpModel; trainedRows: number[] }> => {
        const given = parts();
        const model = new MlpModel({
          inputSize: 5,
          hidden: [6],
          outputSize: 4,
          seed: 1,
          optimizer: new SGD({ learningRate: 0.2 }),
        });
        const watched = watchedModel(model, way);
        const { history } = await new Trainer({ ...given, model: watched.model, chunkSize }).train({ epochs: 4 });
        expect(history.loss.at(-1)).toBeGreaterThan(0);
        return { model, trainedRows: watched.trainedRows };
      };
      const whole = await trained(null);
      for (const chunkSize of [1, 3, 5, 9, 10, 50]) {
        const { model, trainedRows } = await trained(chunkSize);
        Object.entries(model.parameters).forEach(([name, { data: weights }]) =>
          weights.forEach((weight, k) => expect(weight).toBeCloseTo(whole.model.parameters[name].data[k], 5)),
        );
        expect(Math.max(...trainedRows)).toBe(Math.min(10, chunkSize));
        expect(trainedRows.reduce((a, b) => a + b)).toBe(whole.trainedRows.reduce((a, b) => a + b));
      }
    }
  });

  test("with chunks the loss still sees the whole batch, once a step", () => {
    const asked: number[] = [];
    class Listening extends PullLoss {
      override evaluate(...args: Parameters<PullLoss["evaluate"]>): ReturnType<PullLoss["evaluate"]> {
        asked.push(args[1]!.length);
        return super.evaluate(...args);
      }
    }
    const [whole, chunked] = [null, 3].map((chunkSize) =>
      new Trainer({ ...parts(), loss: new Listening(4), chunkSize }).step(),
    );
    expect(asked).toEqual([10, 10]);
    expect(chunked.embeddings.rows).toBe(10);
    expect(chunked.value).toBeCloseTo(whole.value, 5);
    expect(chunked.report).toEqual(whole.report);
  });

  test("takes inputs from a function, batch by batch", () => {
    const asked: number[][] = [];
    const inputs = (rows: Int32Array) => {
      asked.push(Array.from(rows));
      return randomMatrix(rows.length, 5, 1);
    };
    const { rows } = new Trainer({ ...parts(), data: { inputs, labels: data.labels } }).step();
    expect(asked).toEqual([Array.from(rows)]);
    const short = { inputs: () => randomMatrix(1, 5, 1), labels: data.labels };
    expect(() => new Trainer({ ...parts(), data: short }).step()).toThrow("data.inputs gave 1 rows for 10 asked for");
  });

  test("zero steps give an empty result", async () => {
    const result = await new Trainer(parts()).train({ steps: 0 });
    expect(result).toMatchObject({ steps: 0, samplesPerSecond: 0, stopReason: "finished", evaluations: [] });
    expect(result.history.loss).toHaveLength(0);
  });

  test("refuses what does not fit, and says what is needed", async () => {
    const given = parts();
    expect(() => new Trainer({ ...given, model: undefined as never })).toThrow("Trainer's model is undefined");
    expect(() => new Trainer({ ...given, minner: null } as never)).toThrow(/did you mean "miner"/);
    expect(() => new Trainer({ ...given, evaluateEvery: {} })).toThrow(
      /evaluateEvery has epochs = undefined and steps = undefined/,
    );
    expect(() => new Trainer({ ...given, data: { ...data, labels: [1] } })).toThrow(
      "data.labels has 1 entries for 24 inputs",
    );
    expect(() => new Trainer({ ...given, chunkSize: 0 })).toThrow(/chunkSize is 0/);
    expect(() => new Trainer({ ...given, chunkSize: 2.5 })).toThrow(/chunkSize is 2.5/);
    expect(() => new Trainer({ ...given, chunkSize: "8" as never })).toThrow(/chunkSize is "8"/);
    const trainer = new Trainer(given);
    await expect(trainer.train({})).rejects.toThrow(/give one of the two/);
    await expect(trainer.train({ epochs: 1, steps: 1 })).rejects.toThrow(/give one of the two/);
    await expect(trainer.train({ epochs: 1.5 })).rejects.toThrow("epochs of a run is 1.5");
    await expect(Promise.all([trainer.train({ epochs: 1 }), trainer.train({ epochs: 1 })])).rejects.toThrow(
      /in a run already/,
    );
    expect(() => new Trainer({ ...given, sampler: new ShuffledSampler(25, 25) }).step()).toThrow(/sample 24 of 24/);
  });

  test("names a sampler whose epoch is not as long as it says", () => {
    const sampler = (batches: number) => ({
      name: "Odd",
      batchSize: 2,
      batchesPerEpoch: 2,
      epoch: () => Array.from({ length: batches }, () => Int32Array.of(0, 1)).values(),
      state: () => ({}),
      load: () => undefined,
    });
    const short = new Trainer({ ...parts(), sampler: sampler(1) });
    short.step();
    expect(() => short.step()).toThrow("Odd ended its epoch after 1 batches; its batchesPerEpoch is 2");
    const long = new Trainer({ ...parts(), sampler: sampler(3) });
    long.step();
    expect(() => long.step()).toThrow("Odd gave more batches in an epoch than its batchesPerEpoch, 2");
  });
});

/** The model, told apart by how it learns, with the number of rows of each embedding in training mode. */
function watchedModel(model: MlpModel, way: "backward" | "learn"): { model: Model; trainedRows: number[] } {
  const trainedRows: number[] = [];
  const embed: Model["embed"] = (inputs, isTraining) => {
    if (isTraining) trainedRows.push(inputs.rows);
    return model.embed(inputs, isTraining);
  };
  const backward: Model["backward"] = (gradient) => model.backward(gradient);
  const learn: Model["learn"] = (inputs, slopeOf) => backward(slopeOf(embed(inputs, true)));
  return { model: { embed, backward, step: () => model.step(), ...(way === "learn" && { learn }) }, trainedRows };
}
