import { describe, expect, test } from "vitest";
import {
  allPairs,
  ArcFaceLoss,
  ContrastiveLoss,
  CrossBatchMemory,
  DistanceWeightedMiner,
  DynamicSoftMarginLoss,
  MPerClassSampler,
  MultipleLosses,
  takeRows,
  TripletMarginLoss,
  type Loss,
  type Matrix,
  type Miner,
  type StateDict,
  type TrainerState,
} from "../../src/index.ts";
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
      "data.labels has 1 entries for 24 rows",
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

describe("a step that fails", () => {
  /** All that draws, remembers or learns: a Trainer goes on only if each part is where it was. */
  const drawingParts = (): TrainerOptions & { loss: Loss; model: MlpModel } => ({
    model: new MlpModel({ inputSize: 5, hidden: [6], outputSize: 4, seed: 1 }),
    loss: new MultipleLosses(
      {
        memory: new CrossBatchMemory(new TripletMarginLoss({ tripletsPerAnchor: 2, whenSilent: "ignore" }), {
          embeddingSize: 4,
          memorySize: 25,
        }),
        soft: new DynamicSoftMarginLoss({ whenSilent: "ignore" }),
        classes: new ArcFaceLoss({ numClasses: 3, embeddingSize: 4, sampledClasses: 1, whenSilent: "ignore" }),
      },
      { miners: { memory: null, soft: new DistanceWeightedMiner({ seed: 4 }) } },
    ),
    sampler: new MPerClassSampler(data.labels, { m: 3, batchSize: 9 }),
    data,
  });
  const throwing = <A extends unknown[], R>(call: (...args: A) => R, at: number, isAfter = true) => {
    let calls = 0;
    return (...args: A): R => {
      const isBroken = ++calls === at;
      if (isBroken && !isAfter) throw new Error("broken once");
      const result = call(...args);
      if (isBroken) throw new Error("broken once");
      return result;
    };
  };
  const mining = (mine: Miner["mine"]) => ({
    loss: new CrossBatchMemory(new ContrastiveLoss({ whenSilent: "ignore" }), { embeddingSize: 4, memorySize: 25 }),
    miner: { name: "own", mine },
  });
  /** The parts, of which one throws in its fourth call. */
  const brokenOnce: Record<string, (parts: ReturnType<typeof drawingParts>) => TrainerOptions> = {
    "the inputs": (parts) => {
      const inputs = (rows: Int32Array) => takeRows(data.inputs, rows);
      return { ...parts, data: { ...data, inputs: throwing(inputs, 4) } };
    },
    "the miner": (parts) => ({ ...parts, ...mining(throwing((_, labels) => allPairs(labels), 4)) }),
    "the loss, after it has remembered the batch": (parts) => {
      parts.loss.evaluate = throwing(parts.loss.evaluate.bind(parts.loss), 4);
      return parts;
    },
    "one of several losses, after the others": (parts) => {
      const { losses } = parts.loss as MultipleLosses;
      losses.classes.evaluate = throwing(losses.classes.evaluate.bind(losses.classes), 4);
      return parts;
    },
    "the model's embed": (parts) => {
      parts.model.embed = throwing(parts.model.embed.bind(parts.model), 4);
      return parts;
    },
    "the model's backward": (parts) => {
      parts.model.backward = throwing(parts.model.backward.bind(parts.model), 4);
      return parts;
    },
    "the model's step, before it moves": (parts) => {
      parts.model.step = throwing(parts.model.step.bind(parts.model), 4, false);
      return parts;
    },
  };

  test.each(Object.entries(brokenOnce))(
    "in %s takes nothing along: the next takes the same batch, with the same bits",
    async (what, broken) => {
      const steady = drawingParts();
      const miner = what === "the miner" ? mining((_, labels) => allPairs(labels)) : {};
      const [whole, failing] = [new Trainer({ ...steady, ...miner }), new Trainer(broken(drawingParts()))];
      for (let step = 1; step <= 3; step++) failing.step();
      const before = await failing.state();
      expect(() => failing.step()).toThrow("broken once");
      expect(await failing.state()).toEqual(before);
      for (let step = 1; step <= 7; step++) whole.step();
      for (let step = 4; step <= 7; step++) failing.step();
      expect(await failing.state()).toEqual(await whole.state());
    },
  );

  test("within a chunk leaves no slope of the first chunks behind", async () => {
    const [whole, failing] = [0, 1].map(() => drawingParts());
    failing.model.backward = throwing(failing.model.backward.bind(failing.model), 2);
    const [one, other] = [whole, failing].map((given) => new Trainer({ ...given, chunkSize: 4 }));
    expect(() => other.step()).toThrow("broken once");
    one.step();
    other.step();
    expect(await other.state()).toEqual(await one.state());
  });

  test("for slopes that fit no parameter of the loss moves nothing", async () => {
    const given = parts();
    const wrong = { ...given.loss.parameters.W, rows: 2 };
    const evaluate = (...args: Parameters<PullLoss["evaluate"]>) => {
      const evaluation = given.loss.evaluate(...args);
      return { ...evaluation, gradients: { ...evaluation.gradients, parameters: { W: wrong } } };
    };
    const loss = Object.create(given.loss, { evaluate: { value: evaluate } }) as Loss;
    const trainer = new Trainer({ ...given, loss });
    const before = await trainer.state();
    expect(() => trainer.step()).toThrow(/slope of W is 2 x 4/);
    expect(await trainer.state()).toEqual(before);
  });

  test("in a run ends it, and a later run goes on with its batch", async () => {
    const given = parts();
    const inputs = throwing((rows: Int32Array) => takeRows(data.inputs, rows), 3);
    const trainer = new Trainer({ ...given, data: { ...data, inputs } });
    await expect(trainer.train({ steps: 6 })).rejects.toThrow("broken once");
    await trainer.train({ steps: 4 });
    const whole = new Trainer(parts());
    await whole.train({ steps: 6 });
    expect(await trainer.state()).toEqual(await whole.state());
  });
});

describe("a Trainer's state", () => {
  const planned = (): TrainerOptions => ({
    ...parts(),
    loss: new ArcFaceLoss({ numClasses: 3, embeddingSize: 4, whenSilent: "ignore" }),
    miner: new DistanceWeightedMiner({ seed: 4 }),
    sampler: new MPerClassSampler(data.labels, { m: 3, batchSize: 9 }),
  });

  test("holds where the miner's drawing stands, so that a training goes on with the same bits", async () => {
    const make = (seed: number): Trainer =>
      new Trainer({
        ...planned(),
        loss: new TripletMarginLoss({ whenSilent: "ignore" }),
        miner: new DistanceWeightedMiner({ seed }),
      });
    const [whole, resumed] = [make(1), make(2)];
    await whole.train({ steps: 3 });
    await resumed.load(structuredClone(await whole.state()));
    const [expected, found] = [await whole.train({ steps: 5 }), await resumed.train({ steps: 5 })];
    expect(found.history).toEqual(expected.history);
    expect(await resumed.state()).toEqual(await whole.state());
  });

  test("is refused as a whole: no part has changed, whichever was wrong", async () => {
    const trainer = new Trainer(planned());
    await trainer.train({ steps: 5 });
    const state = await trainer.state();
    const { model, sampler } = state;
    const unsound: Record<string, unknown> = {
      null: null,
      text: "x",
      "an empty object": {},
      "a loss's": state.loss,
      "one more name": { ...state, further: 1 },
      "no model": { ...state, model: undefined },
      "a model null": { ...state, model: null },
      "no miner": { ...state, miner: null },
      "no optimizer": { ...state, lossOptimizer: null },
      "no sampler": { ...state, sampler: undefined },
      "stepsDone NaN": { ...state, stepsDone: NaN },
      "stepsDone -5": { ...state, stepsDone: -5 },
      "epochsDone text": { ...state, epochsDone: "x" },
      "batchesDone unlike the sampler's": { ...state, batchesDone: state.batchesDone + 1 },
      "batchesDone beyond the epoch": { ...state, batchesDone: 999, sampler: { ...sampler, batch: 999 } },
      "another sampler's": { ...state, sampler: { ...sampler, kind: "UniformBatchSampler" } },
      "a model with NaN": { ...state, model: { ...model, bias0: { ...(model?.["bias0"] as Matrix), data: new Float32Array(6).fill(NaN) } } }, // prettier-ignore
      "a model without moments": { ...state, model: { ...model, "optimizer.mean.bias0": undefined } },
      "a lossOptimizer without moments": { ...state, lossOptimizer: { kind: "Adam", learningRate: 1, steps: 3, parameters: 0 } }, // prettier-ignore
      "what JSON leaves": JSON.parse(JSON.stringify(state)) as unknown,
    };
    for (const [what, wrong] of Object.entries(unsound)) {
      const other = new Trainer(planned());
      await other.train({ steps: 2 });
      const before = await other.state();
      await expect(other.load(wrong as TrainerState), what).rejects.toThrow(/state.{15,}/);
      expect(await other.state(), what).toEqual(before);
    }
  });

  test("is refused by a Trainer without the parts that it is of, and during a run", async () => {
    const state = await new Trainer(planned()).state();
    const { model, ...rest } = planned();
    const bare = { embed: model.embed.bind(model), backward: model.backward.bind(model), step: model.step.bind(model) };
    await expect(new Trainer({ ...rest, model: bare }).load(state)).rejects.toThrow(/this Trainer has no model that keeps a state/); // prettier-ignore
    await expect(new Trainer({ ...planned(), miner: null }).load(state)).rejects.toThrow(/has no miner that keeps/);
    const trainer = new Trainer({
      ...planned(),
      hooks: [{ onStep: (_, control) => (control as Trainer).load(state) }],
    });
    await expect(trainer.train({ steps: 1 })).rejects.toThrow(/is in a run; load a state before or after it/);
  });

  test("changes nothing when a model of the caller's own refuses it, halfway and late", async () => {
    const own = (): { parts: TrainerOptions; weight: () => number } => {
      const { model, ...rest } = planned();
      let weight = 1;
      const state = () => Promise.resolve({ weight });
      const load = async ({ weight: given }: StateDict): Promise<void> => {
        weight = given as number;
        await Promise.resolve();
        if (weight < 0) throw new RangeError("the weight is below 0");
      };
      const bound = {
        embed: model.embed.bind(model),
        backward: model.backward.bind(model),
        step: model.step.bind(model),
      };
      return { parts: { ...rest, model: { ...bound, state, load } }, weight: () => weight };
    };
    const { parts: given, weight } = own();
    const trainer = new Trainer(given);
    const other = new Trainer(own().parts);
    await other.train({ steps: 2 });
    const state = await other.state();
    const before = await trainer.state();
    await expect(trainer.load({ ...state, model: { weight: -1 } })).rejects.toThrow("the weight is below 0");
    expect(await trainer.state()).toEqual(before);
    await trainer.load({ ...state, model: { weight: 5 } });
    expect([weight(), trainer.stepsDone]).toEqual([5, 2]);
  });
});
