import { afterEach, describe, expect, it, vi } from "vitest";
import {
  Adam,
  AdamW,
  ArcFaceLoss,
  cosineSchedule,
  linearSchedule,
  MlpModel,
  MPerClassSampler,
  ProjectionHead,
  identityMap,
  SGD,
  Trainer,
  TripletMarginLoss,
  takeRows,
  type Matrix,
  type Model,
  type NamedMatrices,
  type Optimizer,
  type StepEvent,
  type TrainerOptions,
  type TrainerState,
} from "../../src/index.ts";
import { blobs, PullLoss, ShuffledSampler } from "./fixtures.ts";

const data = blobs(3, 8, 5, 1);

interface Parts extends TrainerOptions {
  readonly model: MlpModel;
  readonly loss: PullLoss;
  readonly lossOptimizer: Optimizer;
}

/** What learns: a model and a loss with parameters, each with an optimizer of its own. */
function parts(optimizer: () => Optimizer = () => new SGD({ learningRate: 0.1, momentum: 0.5 })): Parts {
  return {
    model: new MlpModel({ inputSize: 5, hidden: [6], outputSize: 4, seed: 1, optimizer: optimizer() }),
    loss: new PullLoss(4),
    sampler: new ShuffledSampler(24, 8),
    data,
    lossOptimizer: optimizer(),
  };
}

/** The steps of a training, written plainly: `move` is handed the slopes of each batch and moves what it wants. */
function plainly(given: Parts, steps: number, move: (step: number, slopes: { W: Matrix }) => void): void {
  let batches = given.sampler.epoch();
  for (let step = 0; step < steps; step++) {
    let next = batches.next();
    if (next.done) next = (batches = given.sampler.epoch()).next();
    const rows = next.value as Int32Array;
    const labels = Array.from(rows, (row) => data.labels[row]);
    const embeddings = given.model.embed(takeRows(data.inputs, rows), true);
    const { gradients } = given.loss.evaluate(embeddings, labels);
    given.model.backward(gradients.embeddings);
    move(step, gradients.parameters as { W: Matrix });
  }
}

function expectSameWeights(found: Parts, expected: Parts, digits?: number): void {
  const all = (given: Parts): NamedMatrices => ({ ...given.model.parameters, W: given.loss.parameters.W });
  for (const [name, { data: entries }] of Object.entries(all(expected))) {
    const { data: others } = all(found)[name];
    if (digits === undefined) expect(others, name).toEqual(entries);
    else entries.forEach((entry, k) => expect(others[k], name).toBeCloseTo(entry, digits));
  }
}

function times(matrix: Matrix, factor: number): Matrix {
  return { ...matrix, data: matrix.data.map((entry) => entry * factor) };
}

/** A model that has the three methods alone. */
function bare(model: MlpModel): Model {
  return { embed: model.embed.bind(model), backward: model.backward.bind(model), step: model.step.bind(model) };
}

/** A training that is interrupted after `at` steps goes on in parts made anew with the bits of one that is not. */
async function expectResumes(make: () => TrainerOptions, at: number, more: number): Promise<TrainerState> {
  const whole = new Trainer(make());
  await whole.train({ steps: at });
  const state = structuredClone(await whole.state());
  const { history } = await whole.train({ steps: more });
  const resumed = new Trainer(make());
  await resumed.load(structuredClone(state));
  expect(await resumed.state()).toEqual(state);
  expect((await resumed.train({ steps: more })).history).toEqual(history);
  expect(await resumed.state()).toEqual(await whole.state());
  return state;
}

describe("a schedule", () => {
  it("sets the rates of the model and of the loss's optimizer before each step", () => {
    const [scheduled, byHand] = [parts(), parts()];
    const schedule = linearSchedule({ steps: 7, warmUp: 2 });
    const trainer = new Trainer({ ...scheduled, schedule });
    const rates: (number | undefined)[] = [];
    for (let step = 0; step < 8; step++) rates.push(trainer.step().learningRate);
    plainly(byHand, 8, (step, slopes) => {
      byHand.model.learningRate = byHand.lossOptimizer.learningRate = 0.1 * schedule(step);
      byHand.model.step();
      byHand.lossOptimizer.update(byHand.loss.parameters, slopes);
    });
    expect(rates).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((step) => 0.1 * schedule(step)));
    expectSameWeights(scheduled, byHand);
  });

  it("goes on from a state where it stood, from the rates that it began with", async () => {
    const make = () => ({ ...parts(() => new Adam({ learningRate: 0.02 })), schedule: cosineSchedule({ steps: 9 }) });
    const state = await expectResumes(make, 4, 5);
    expect(state.learningRates).toEqual({ model: 0.02, loss: 0.02 });
    expect(state.model!["optimizer.learningRate"]).toBeCloseTo(0.02 * cosineSchedule({ steps: 9 })(3), 12);
  });

  it("is for every model that has a learningRate, and refused for one without", () => {
    const given = parts();
    const schedule = () => 0.5;
    expect(() => new Trainer({ ...given, model: bare(given.model), schedule })).toThrow(
      "Trainer's schedule works with the model's learningRate, and the model has undefined; give it learningRate to get and set, or leave schedule out",
    );
    const head = new ProjectionHead({ map: identityMap(5), optimizer: new SGD({ learningRate: 0.4 }) });
    new Trainer({ ...given, loss: new PullLoss(5), model: head, schedule }).step();
    expect(head.learningRate).toBe(0.2);
    expect(() => new Trainer({ ...given, schedule: "cosine" as never })).toThrow(
      /schedule is "cosine"; give a function/,
    );
  });

  it("that gives no number moves nothing, and the rates stay", async () => {
    const trainer = new Trainer({ ...parts(), schedule: (done) => (done === 2 ? NaN : 0.5) });
    trainer.step();
    trainer.step();
    const before = await trainer.state();
    expect(() => trainer.step()).toThrow("the schedule's factor after 2 steps is NaN");
    expect(await trainer.state()).toEqual(before);
  });

  it("leaves the rates as they were when the model's step throws", async () => {
    const given = parts();
    const trainer = new Trainer({ ...given, schedule: (done) => 1 / (1 + done) });
    trainer.step();
    const before = await trainer.state();
    given.model.step = () => {
      throw new Error("broken");
    };
    expect(() => trainer.step()).toThrow("broken");
    expect(await trainer.state()).toEqual(before);
  });
});

describe("clip", () => {
  it.each([{ norm: 0.05 }, { value: 0.01 }])("moves by slopes that are no longer than %o", (clip) => {
    const [found, byHand] = [parts(), parts()];
    const trainer = new Trainer({ ...found, clip });
    const norms: (number | undefined)[] = [];
    for (let step = 0; step < 5; step++) norms.push(trainer.step().gradientNorm);
    const expected: number[] = [];
    const shortened = (slopes: Record<string, Matrix>): Record<string, Matrix> => {
      const entries = Object.values(slopes).flatMap(({ data: each }) => Array.from(each));
      const norm = Math.sqrt(entries.reduce((sum, entry) => sum + entry ** 2, 0));
      if (Object.keys(slopes).length > 1) expected.push(norm);
      const cut = (entry: number): number =>
        clip.norm === undefined
          ? Math.sign(entry) * Math.min(Math.abs(entry), clip.value)
          : entry * Math.min(1, clip.norm / (norm + 1e-6));
      return Object.fromEntries(
        Object.entries(slopes).map(([name, slope]) => [name, { ...slope, data: slope.data.map(cut) }]),
      );
    };
    plainly(byHand, 5, (_, slopes) => {
      byHand.model.gradients = shortened({ ...byHand.model.gradients });
      byHand.model.step();
      byHand.lossOptimizer.update(byHand.loss.parameters, shortened(slopes));
    });
    expectSameWeights(found, byHand);
    norms.forEach((norm, k) => expect(norm).toBeCloseTo(expected[k], 9));
    expect(Math.max(...expected)).toBeGreaterThan(0.05);
  });

  it("leaves slopes that are short as they are", () => {
    const [found, plain] = [parts(), parts()];
    const [one, other] = [new Trainer({ ...found, clip: { norm: 1e6 } }), new Trainer(plain)];
    for (let step = 0; step < 3; step++) expect(one.step().gradients).toEqual(other.step().gradients);
    expectSameWeights(found, plain);
    expect(other.step().gradientNorm).toBeUndefined();
  });

  it("is refused for a model whose slopes cannot be had, and out of bounds", () => {
    const given = parts();
    expect(() => new Trainer({ ...given, model: bare(given.model), clip: { norm: 1 } })).toThrow(
      /clip works with the model's gradients, and the model has undefined/,
    );
    expect(() => new Trainer({ ...given, clip: { norm: -1 } })).toThrow("norm of clip is -1");
  });
});

describe("freeze", () => {
  const weightsOf = (given: Parts): Record<string, number[]> =>
    Object.fromEntries(
      Object.entries({ ...given.model.parameters, W: given.loss.parameters.W }).map(([name, { data: entries }]) => [
        name,
        Array.from(entries),
      ]),
    );
  const moved = (given: Parts, before: Record<string, number[]>): string[] =>
    Object.entries(weightsOf(given))
      .filter(([name, entries]) => entries.some((entry, k) => entry !== before[name][k]))
      .map(([name]) => name);

  it("leaves parameters of the model and the loss as they are, whatever the optimizer's decay and momentum", () => {
    const given = parts(() => new AdamW({ weightDecay: 0.1 }));
    const before = weightsOf(given);
    const trainer = new Trainer({ ...given, freeze: { model: ["weights0", "bias0"], loss: "all" } });
    for (let step = 0; step < 4; step++) trainer.step();
    expect(moved(given, before)).toEqual(["weights1", "bias1"]);
  });

  it("ends after its steps, and what was frozen begins as if it were new to the optimizer", () => {
    const given = parts(() => new Adam({ learningRate: 0.01 }));
    const trainer = new Trainer({
      ...given,
      freeze: [
        { model: "all", steps: 3 },
        { loss: ["W"], steps: 2 },
      ],
    });
    const before = weightsOf(given);
    trainer.step();
    trainer.step();
    expect(moved(given, before)).toEqual([]);
    trainer.step();
    expect(moved(given, before)).toEqual(["W"]);
    trainer.step();
    expect(moved(given, before)).toEqual(["weights0", "bias0", "weights1", "bias1", "W"]);
    // Adam's first step goes learningRate along the sign of the slope
    const { weights0 } = given.model.parameters;
    const first = Array.from(weights0.data, (weight, k) => Math.abs(weight - before["weights0"][k]));
    expect(Math.max(...first)).toBeCloseTo(0.01, 4);
    expect(Math.max(...first)).toBeLessThan(0.0101);
  });

  it("counts its steps on in a training that goes on from a state", async () => {
    await expectResumes(() => ({ ...parts(() => new Adam()), freeze: { model: ["weights0"], steps: 6 } }), 4, 5);
  });

  it("goes with clip: what is frozen has no length", () => {
    const given = parts();
    const { gradientNorm } = new Trainer({ ...given, clip: { norm: 1 }, freeze: { model: "all" } }).step();
    expect(gradientNorm).toBe(0);
  });

  it("names parameters that are not there, and needs a model that tells of its own", () => {
    const given = parts();
    const freeze =
      (freeze: TrainerOptions["freeze"], model: Model = given.model) =>
      () =>
        new Trainer({ ...given, model, freeze: freeze! });
    expect(freeze({ model: ["weight0"] })).toThrow(
      'freeze: the model has no parameter "weight0"; did you mean "weights0"?',
    );
    expect(freeze({ loss: ["V"] })).toThrow(/the loss has no parameter "V"/);
    expect(freeze({ model: "weights0" as never })).toThrow(
      'model of freeze is "weights0"; give an array of names, or "all"',
    );
    expect(freeze({ steps: 0 })).toThrow("steps of freeze is 0");
    expect(freeze({ modell: [] } as never)).toThrow(/did you mean "model"/);
    expect(freeze({ model: "all" }, bare(given.model))).toThrow(
      /the model has no parameters and gradients; give it both/,
    );
    expect(freeze({ loss: "all" }, bare(given.model))).not.toThrow();
  });
});

describe("accumulate", () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  afterEach(() => warned.mockClear());

  it("moves by the mean slope of its batches, in every so many-th step", () => {
    const [found, byHand] = [parts(), parts()];
    const trainer = new Trainer({ ...found, accumulate: 3 });
    const events: StepEvent[] = [];
    for (let step = 0; step < 9; step++) events.push(trainer.step());
    let lossSum = new Float32Array(4);
    plainly(byHand, 9, (step, { W }) => {
      lossSum = lossSum.map((sum, k) => sum + W.data[k]);
      if (step % 3 < 2) return;
      byHand.model.gradients = Object.fromEntries(
        Object.entries(byHand.model.gradients).map(([name, slope]) => [name, times(slope, 1 / 3)]),
      );
      byHand.model.step();
      const mean = { data: lossSum.map((sum) => sum / 3), rows: 1, cols: 4 };
      byHand.lossOptimizer.update(byHand.loss.parameters, { W: mean });
      lossSum = new Float32Array(4);
    });
    expect(events.map(({ hasMoved }) => hasMoved)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((step) => step % 3 === 0));
    expectSameWeights(found, byHand, 5);
  });

  it("hands out the loss and the slopes of each batch as they are", () => {
    const [gathering, plain] = [new Trainer({ ...parts(), accumulate: 4 }), new Trainer(parts())];
    const [one, other] = [gathering.step(), plain.step()];
    expect(one.value).toBe(other.value);
    expect(one.gradients).toEqual(other.gradients);
  });

  it("goes on from a state in its middle with the same bits, with all that moves at once", async () => {
    const make = (): TrainerOptions => ({
      ...parts(() => new Adam()),
      loss: new ArcFaceLoss({ numClasses: 3, embeddingSize: 4 }),
      sampler: new MPerClassSampler(data.labels, { m: 2, batchSize: 6 }),
      accumulate: 3,
      clip: { norm: 0.5 },
      schedule: cosineSchedule({ steps: 20, warmUp: 4 }),
      freeze: { model: ["bias0"], steps: 7 },
    });
    for (const at of [4, 5, 6]) {
      const { gathered } = await expectResumes(make, at, 7);
      expect(gathered!["batches"]).toBe(at % 3);
      expect(Object.keys(gathered!["model"] as object)).toHaveLength(at % 3 === 0 ? 0 : 4);
    }
  });

  it("keeps what was gathered when a step fails", async () => {
    const given = parts();
    const trainer = new Trainer({ ...given, accumulate: 3 });
    const whole = parts();
    const other = new Trainer({ ...whole, accumulate: 3 });
    const [step, backward] = [given.model.step.bind(given.model), given.model.backward.bind(given.model)];
    trainer.step();
    const broken = (): never => {
      throw new Error("broken once");
    };
    given.model.backward = broken;
    expect(() => trainer.step()).toThrow("broken once");
    given.model.backward = backward;
    trainer.step();
    given.model.step = broken;
    expect(() => trainer.step()).toThrow("broken once");
    given.model.step = step;
    trainer.step();
    trainer.step();
    for (let k = 0; k < 4; k++) other.step();
    expect(await trainer.state()).toEqual(await other.state());
  });

  it("says once what it does to a loss of pairs, and where to turn", () => {
    new Trainer({ ...parts(), loss: new TripletMarginLoss(), accumulate: 4 });
    expect(warned.mock.calls.flat()).toEqual([
      "accumulate: 4 is not a batch 4 times as large: TripletMarginLoss makes its pairs within each batch only. " +
        "To compare more samples with each other in the same memory, give a larger batch and chunkSize.",
    ]);
    warned.mockClear();
    new Trainer({ ...parts(), loss: new ArcFaceLoss({ numClasses: 3, embeddingSize: 4 }), accumulate: 4 });
    new Trainer({ ...parts(), loss: new TripletMarginLoss() });
    expect(warned).not.toHaveBeenCalled();
  });

  it("is refused out of bounds, for a model whose slopes cannot be had, and with states that are not of it", async () => {
    const given = parts();
    expect(() => new Trainer({ ...given, accumulate: 0 })).toThrow("accumulate is 0");
    expect(() => new Trainer({ ...given, model: bare(given.model), accumulate: 2 })).toThrow(/accumulate works with the model's gradients/); // prettier-ignore
    const trainer = new Trainer({ ...given, accumulate: 2 });
    trainer.step();
    const state = await trainer.state();
    const load = (gathered: unknown, options = {}) =>
      new Trainer({ ...parts(), accumulate: 2, ...options }).load({ ...state, gathered: gathered as never });
    const sound = state.gathered!;
    await expect(load(sound)).resolves.toBeUndefined();
    await expect(load(null)).rejects.toThrow(/gathered is null/);
    await expect(load(sound, { accumulate: 1 })).rejects.toThrow(/this Trainer has no gathered/);
    await expect(load({ ...sound, batches: 2 })).rejects.toThrow(/gathered.batches is 2/);
    await expect(load({ ...sound, model: { V: given.loss.parameters.W } })).rejects.toThrow(/the unexpected "V"/);
    await expect(load({ ...sound, loss: { W: { ...given.loss.parameters.W, rows: 2 } } })).rejects.toThrow(/gathered.loss.W/); // prettier-ignore
    await expect(load({ ...sound, model: 5 })).rejects.toThrow(/gathered.model is 5/);
  });
});
