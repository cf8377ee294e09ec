import { describe, expect, it, vi } from "vitest";
import {
  EarlyStopping,
  faultyBatchToBytes,
  LossMonitor,
  MlpModel,
  NotFiniteError,
  SGD,
  takeRows,
  tensorsFromBytes,
  Trainer,
  type Evaluation,
  type FaultyBatch,
  type Loss,
  type Matrix,
  type TrainerOptions,
} from "../../src/index.ts";
import { blobs, PullLoss, ShuffledSampler } from "./fixtures.ts";

const data = blobs(3, 8, 5, 1);

type Parts = TrainerOptions & { model: MlpModel; loss: PullLoss };

function parts(): Parts {
  return {
    model: new MlpModel({ inputSize: 5, hidden: [6], outputSize: 4, seed: 1 }),
    loss: new PullLoss(4),
    sampler: new ShuffledSampler(24, 8),
    data,
  };
}

/** A matrix with one entry that is none. */
function spoilt(matrix: Matrix, entry = NaN): Matrix {
  const copy = { ...matrix, data: matrix.data.slice() };
  copy.data[5 % copy.data.length] = entry;
  return copy;
}

/** Spoils what a function gives in its n-th call. */
function inCall<A extends unknown[], R>(
  n: number,
  call: (...args: A) => R,
  spoil: (result: R) => R,
): (...args: A) => R {
  let calls = 0;
  return (...args) => (++calls === n ? spoil(call(...args)) : call(...args));
}

/** The loss, of which the fourth evaluation is spoilt. */
function spoiltLoss(spoil: (evaluation: Evaluation) => Evaluation): (given: Parts) => TrainerOptions {
  return (given) => {
    const evaluate = inCall(4, given.loss.evaluate.bind(given.loss), spoil);
    return { ...given, loss: Object.create(given.loss, { evaluate: { value: evaluate } }) as Loss };
  };
}

/** Parts, of which one makes NaN or an infinity in the fourth step, and only then. */
const faults: Record<string, [place: string, message: RegExp, broken: (given: Parts) => TrainerOptions]> = {
  inputs: [
    "inputs",
    /^the inputs hold NaN or an infinity in the batch of step 4; nothing has moved, the batch is kept as faultyBatch: look at its rows/,
    (given) => {
      const inputs = inCall(4, (rows: Int32Array) => takeRows(data.inputs, rows), spoilt);
      return { ...given, data: { ...data, inputs } };
    },
  ],
  embeddings: [
    "embeddings",
    /^the embeddings hold NaN .* give a smaller learning rate/,
    (given) => {
      given.model.embed = inCall(4, given.model.embed.bind(given.model), (found) => spoilt(found, Infinity));
      return given;
    },
  ],
  "the loss": [
    "loss",
    /^the loss is NaN .* give the loss milder options/,
    spoiltLoss((found) => ({ ...found, value: NaN })),
  ],
  "a slope of the embeddings": [
    "slopes",
    /^the slope of the embeddings holds NaN/,
    spoiltLoss(({ gradients, ...found }) => ({
      ...found,
      gradients: { ...gradients, embeddings: spoilt(gradients.embeddings, -Infinity) },
    })),
  ],
  "a slope of the loss's own": [
    "slopes",
    /^the slope of the loss's W holds NaN/,
    spoiltLoss(({ gradients, ...found }) => ({
      ...found,
      gradients: { ...gradients, parameters: { W: spoilt(gradients.parameters["W"]) } },
    })),
  ],
  "a slope of the model's": [
    "slopes",
    /^the slope of the model's weights1 holds NaN/,
    (given) => {
      const backward = given.model.backward.bind(given.model);
      let calls = 0;
      given.model.backward = (gradient) => {
        backward(gradient);
        if (++calls === 4) given.model.gradients["weights1"].data[3] = NaN;
      };
      return given;
    },
  ],
};

describe("a batch that makes NaN or an infinity", () => {
  it.each(Object.entries(faults))("in %s ends the run, and nothing has moved", async (_, [place, message, broken]) => {
    const whole = new Trainer(parts());
    await whole.train({ steps: 3 });
    const before = await whole.state();
    const trainer = new Trainer(broken(parts()));
    const result = await trainer.train({ steps: 9 });
    expect(result).toMatchObject({ steps: 3, stopReason: "not-finite" });
    expect(result.stopMessage).toMatch(message);
    expect(await trainer.state()).toEqual(before);

    const { faultyBatch } = result;
    const next = whole.step();
    expect(faultyBatch).toMatchObject({ step: 4, epoch: 2, place, message: result.stopMessage });
    expect([faultyBatch!.rows, faultyBatch!.labels]).toEqual([next.rows, next.labels]);
    expect(faultyBatch!.inputs.rows).toBe(8);
    const isAsked = place === "loss" || place === "slopes";
    expect(faultyBatch!.embeddings === null).toBe(place === "inputs");
    expect([faultyBatch!.value === null, faultyBatch!.gradients === null]).toEqual([!isAsked, !isAsked]);

    // the fault was of that attempt alone: a later run takes the same batch again
    const rest = await trainer.train({ steps: 2 });
    expect(rest).toMatchObject({ steps: 2, stopReason: "finished", stopMessage: "", faultyBatch: null });
    expect(rest.history.loss[0]).toBe(next.value);
    whole.step();
    expect(await trainer.state()).toEqual(await whole.state());
  });

  it("is thrown by a single step", () => {
    const trainer = new Trainer({
      ...parts(),
      data: { ...data, inputs: (rows) => spoilt(takeRows(data.inputs, rows)) },
    });
    let error: unknown;
    try {
      trainer.step();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(NotFiniteError);
    expect(error).toBeInstanceOf(RangeError);
    expect((error as NotFiniteError).batch.place).toBe("inputs");
    expect(trainer.stepsDone).toBe(0);
  });

  it("is what a training with far too large steps comes to, before its weights are spoilt", async () => {
    for (const learningRate of [20, 1e3, 1e8, 1e15, 1e30]) {
      const model = new MlpModel({ inputSize: 5, outputSize: 4, optimizer: new SGD({ learningRate, momentum: 0.9 }) });
      const result = await new Trainer({ ...parts(), model }).train({ steps: 200 });
      expect(result.stopReason, `${learningRate}`).toBe("not-finite");
      if (learningRate === 1e30) expect(result.stopMessage).toMatch(/^the slope of the model's \w+ would move it beyond float32's range in the batch of step \d;/); // prettier-ignore
      for (const { data: weights } of Object.values(model.parameters))
        expect(weights.every(Number.isFinite), `${learningRate}`).toBe(true);
    }
  });

  it("is one of several whose slopes were gathered", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const trainer = new Trainer({ ...faults["a slope of the model's"][2](parts()), accumulate: 5 });
    warned.mockRestore();
    const { faultyBatch } = await trainer.train({ steps: 9 });
    expect(faultyBatch!.step).toBe(4);
    expect((await trainer.state()).gathered!["batches"]).toBe(3);
  });

  it("is told by the monitor as what was not finite first", async () => {
    for (const [what, message] of [
      ["embeddings", /^the embeddings hold NaN or infinity, the first of all/],
      ["a slope of the loss's own", /^the gradient of W holds NaN/],
      ["a slope of the model's", /^the slope of the model's weights1 holds NaN/],
      ["inputs", /^the inputs hold NaN/],
    ] as const) {
      const monitor = new LossMonitor();
      await new Trainer({ ...faults[what][2](parts()), hooks: [monitor] }).train({ steps: 9 });
      expect(monitor.findings.find(({ name }) => name === "not-finite")).toMatchObject({
        since: 4,
        message: expect.stringMatching(message) as string,
      });
    }
  });
});

describe("a metric that is NaN", () => {
  it("ends the run with the last batch before it", async () => {
    const figures = [1, NaN, 3];
    let calls = 0;
    const evaluate = () => ({ sound: 1, figure: figures[calls++] });
    const trainer = new Trainer({ ...parts(), evaluate, evaluateEvery: { steps: 2 } });
    const result = await trainer.train({ steps: 9 });
    expect(result).toMatchObject({
      steps: 4,
      stopReason: "not-finite",
      stopMessage:
        "figure of the evaluation is NaN after step 4; the last batch is kept as faultyBatch: look at what evaluate computes",
    });
    expect(result.evaluations.map(({ step }) => step)).toEqual([2, 4]);
    expect(result.faultyBatch).toMatchObject({ step: 4, place: "metric", value: result.history.loss[3] });
    expect(result.faultyBatch!.embeddings!.rows).toBe(8);
  });

  it("also at the last evaluation, and where a hook has words of its own", async () => {
    const evaluate = () => ({ figure: NaN });
    expect(await new Trainer({ ...parts(), evaluate }).train({ steps: 2 })).toMatchObject({ stopReason: "not-finite" });
    const hooks = [new EarlyStopping({ metric: "figure" })];
    const { stopReason, stopMessage } = await new Trainer({ ...parts(), evaluate, hooks }).train({ epochs: 2 });
    expect([stopReason, stopMessage]).toEqual(["not-finite", "figure is NaN at step 3"]);
  });
});

describe("faultyBatchToBytes", () => {
  const described = (bytes: Uint8Array): Record<string, unknown> =>
    JSON.parse(tensorsFromBytes(bytes).metadata["batch"]) as Record<string, unknown>;

  it("writes all that is known of the batch, in a file of tensors with a header of JSON", async () => {
    const { faultyBatch } = await new Trainer(faults["a slope of the loss's own"][2](parts())).train({ steps: 9 });
    const bytes = faultyBatchToBytes(faultyBatch!);
    const { tensors, metadata } = tensorsFromBytes(bytes);
    const { inputs, embeddings, gradients } = faultyBatch!;
    expect(metadata["format"]).toBe("kindred faulty batch");
    expect(tensors).toEqual({
      inputs,
      embeddings,
      "slopes.embeddings": gradients!.embeddings,
      "slopes.parameters.W": gradients!.parameters["W"],
    });
    expect(tensors["slopes.parameters.W"].data.some(Number.isNaN)).toBe(true);
    expect(described(bytes)).toEqual({
      step: 4,
      epoch: 2,
      rows: Array.from(faultyBatch!.rows),
      labels: faultyBatch!.labels,
      place: "slopes",
      message: faultyBatch!.message,
      value: faultyBatch!.value,
    });
  });

  it("writes what JSON has no number for as words, and leaves out what was not asked", () => {
    const [inputs, labels] = [{ data: Float32Array.of(1, 2), rows: 2, cols: 1 }, [7n, "a"]];
    const bare = {
      step: 1,
      epoch: 1,
      rows: Int32Array.of(3, 4),
      message: "m",
      place: "loss" as const,
      inputs,
      others: [],
      labels,
    };
    const batch: FaultyBatch = { ...bare, embeddings: null, value: -Infinity, gradients: null };
    const bytes = faultyBatchToBytes(batch);
    expect(Object.keys(tensorsFromBytes(bytes).tensors)).toEqual(["inputs"]);
    expect(described(bytes)).toMatchObject({ value: "-Infinity", labels: [{ bigint: "7" }, "a"], rows: [3, 4] });
    expect(described(faultyBatchToBytes({ ...batch, value: null }))["value"]).toBeNull();
  });
});
