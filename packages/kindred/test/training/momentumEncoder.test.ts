import { describe, expect, it } from "vitest";
import {
  Adam,
  MultiSimilarityMiner,
  ContrastiveLoss,
  CrossBatchMemory,
  MlpModel,
  MomentumEncoder,
  NTXentLoss,
  Random,
  SGD,
  SupConLoss,
  takeRows,
  Trainer,
  zeros,
  type Matrix,
  type MomentumEncoderOptions,
  type TrainerOptions,
} from "../../src/index.ts";
import { blobs, precisionAt1, randomMatrix, ShuffledSampler } from "./fixtures.ts";

const data = blobs(3, 8, 5, 1);
const MEMORY = 20;

function model(): MlpModel {
  const optimizer = new SGD({ learningRate: 0.2, momentum: 0.5 });
  return new MlpModel({ inputSize: 5, hidden: [6], outputSize: 4, seed: 1, optimizer });
}

function parts(options: MomentumEncoderOptions = {}): TrainerOptions<MlpModel> & { momentumEncoder: MomentumEncoder } {
  const loss = new CrossBatchMemory(new NTXentLoss({ whenSilent: "ignore" }), { embeddingSize: 4, memorySize: MEMORY });
  const momentumEncoder = new MomentumEncoder({ momentum: 0.8, ...options });
  return { model: model(), loss, sampler: new ShuffledSampler(24, 8), data, momentumEncoder };
}

/** Momentum contrast, written plainly: two models, and a list of keys of which the oldest go. */
class Twin {
  readonly queryEncoder = model();
  readonly keyEncoder = model();
  readonly #loss = new NTXentLoss({ whenSilent: "ignore" });
  #keys: { readonly row: Float32Array; readonly label: number }[] = [];

  step(inputs: Matrix, keyInputs: Matrix, labels: readonly number[]): number {
    const queries = this.queryEncoder.embed(inputs, true);
    const keys = this.keyEncoder.embed(keyInputs);
    labels.forEach((label, i) => this.#keys.push({ row: keys.data.slice(4 * i, 4 * i + 4), label }));
    this.#keys = this.#keys.slice(-MEMORY);
    const reference = zeros(this.#keys.length, 4);
    this.#keys.forEach(({ row }, i) => reference.data.set(row, 4 * i));
    const referenceLabels = this.#keys.map(({ label }) => label);
    const given = { reference, referenceLabels, learnReference: false };
    const { value, gradients } = this.#loss.evaluate(queries, [...labels], given);
    this.queryEncoder.backward(gradients.embeddings);
    this.queryEncoder.step();
    for (const [name, { data: slow }] of Object.entries(this.keyEncoder.parameters)) {
      const fast = this.queryEncoder.parameters[name].data;
      slow.forEach((weight, k) => (slow[k] = 0.8 * weight + 0.2 * fast[k]));
    }
    return value;
  }
}

describe("MomentumEncoder", () => {
  it.each(["class", "sample"] as const)(
    "is two encoders and a queue, as written plainly: positives by %s",
    (positives) => {
      const other = randomMatrix(24, 5, 9);
      const given = parts({ positives, keyInputs: other });
      const trainer = new Trainer(given);
      const twin = new Twin();
      for (let step = 0; step < 8; step++) {
        const { rows, value, gradients, embeddings } = trainer.step();
        const labels = Array.from(rows, (row, i) => (positives === "class" ? data.labels[row] : 8 * step + i));
        expect(value).toBeCloseTo(twin.step(takeRows(data.inputs, rows), takeRows(other, rows), labels), 5);
        expect([gradients.embeddings.rows, embeddings.rows]).toEqual([8, 8]);
      }
      for (const [name, { data: weights }] of Object.entries(given.model.parameters)) {
        weights.forEach((weight, k) => expect(weight).toBeCloseTo(twin.queryEncoder.parameters[name].data[k], 5));
        const slow = given.momentumEncoder.weights![name].data;
        slow.forEach((weight, k) => expect(weight).toBeCloseTo(twin.keyEncoder.parameters[name].data[k], 5));
      }
      const keys = given.momentumEncoder.embed(given.model, other);
      twin.keyEncoder.embed(other).data.forEach((entry, k) => expect(keys.data[k]).toBeCloseTo(entry, 4));
    },
  );

  it("embeds the data's inputs once more as keys: a function gives a second view", () => {
    const asked: number[][] = [];
    const inputs = (rows: Int32Array): Matrix => {
      asked.push(Array.from(rows));
      return takeRows(data.inputs, rows);
    };
    const { rows } = new Trainer({ ...parts(), data: { ...data, inputs } }).step();
    expect(asked).toEqual([Array.from(rows), Array.from(rows)]);
  });

  it("learns what two views of a sample have in common, without labels", { tags: ["long"] }, async () => {
    const random = new Random(3);
    const [samples, own, noise] = [256, 4, 12];
    const kept = randomMatrix(samples, own, 5);
    // a view: what the sample is, drowned by what each view has drawn anew
    const view = (rows: ArrayLike<number>): Matrix => {
      const out = zeros(rows.length, own + noise);
      for (let i = 0; i < rows.length; i++)
        for (let j = 0; j < own + noise; j++)
          out.data[i * (own + noise) + j] = j < own ? kept.data[rows[i] * own + j] : 1.5 * random.normal();
      return out;
    };
    const all = Array.from({ length: samples }, (_, i) => i);
    const [first, second] = [view(all), view(all)];
    const found = (embed: (inputs: Matrix) => Matrix): number => {
      const both = [first, second].map(embed);
      const stacked = zeros(2 * samples, both[0].cols);
      both.forEach(({ data: rows }, k) => stacked.data.set(unit(rows, both[0].cols), k * rows.length));
      return precisionAt1(stacked, [...all, ...all]);
    };
    const optimizer = new Adam({ learningRate: 0.01 });
    const head = new MlpModel({ inputSize: own + noise, outputSize: own, seed: 2, optimizer });
    const loss = new CrossBatchMemory(new NTXentLoss({ temperature: 0.1 }), { embeddingSize: own, memorySize: 512 });
    const trainer = new Trainer({
      model: head,
      loss,
      sampler: new ShuffledSampler(samples, 64),
      data: { inputs: view, labels: all.map(() => "unknown") },
      momentumEncoder: new MomentumEncoder({ momentum: 0.9, positives: "sample" }),
    });
    const raw = found((inputs) => inputs);
    await trainer.train({ steps: 150 });
    expect(raw).toBeLessThan(0.1);
    expect(found((inputs) => head.embed(inputs))).toBeGreaterThan(0.8);
  });

  it("learns classes from labels", async () => {
    const { inputs, labels } = blobs(6, 12, 16, 4);
    const optimizer = new Adam({ learningRate: 0.01 });
    const head = new MlpModel({ inputSize: 16, outputSize: 4, seed: 2, optimizer });
    const loss = new CrossBatchMemory(new SupConLoss(), { embeddingSize: 4, memorySize: 72 });
    const sampler = new ShuffledSampler(72, 8);
    const momentumEncoder = new MomentumEncoder({ momentum: 0.9 });
    expect(precisionAt1(inputs, labels)).toBeLessThan(0.5);
    await new Trainer({ model: head, loss, sampler, data: { inputs, labels }, momentumEncoder }).train({ steps: 300 });
    expect(precisionAt1(head.embed(inputs), labels)).toBeGreaterThan(0.9);
  });

  it("goes with chunks, and follows the model only when that moves", () => {
    const [whole, chunked] = [parts(), parts()];
    const [one, other] = [new Trainer(whole), new Trainer({ ...chunked, chunkSize: 3 })];
    for (let step = 0; step < 4; step++) expect(other.step().value).toBeCloseTo(one.step().value, 5);
    const gathering = parts();
    const warn = console.warn;
    console.warn = () => undefined;
    const trainer = new Trainer({ ...gathering, accumulate: 2 });
    console.warn = warn;
    trainer.step();
    const slow = structuredClone(gathering.momentumEncoder.weights);
    expect(slow).toEqual(gathering.model.parameters);
    trainer.step();
    expect(gathering.momentumEncoder.weights).not.toEqual(slow);
  });

  it("goes on from a state with the same bits, from before the first step too", async () => {
    for (const at of [0, 4]) {
      const whole = new Trainer(parts({ positives: "sample" }));
      await whole.train({ steps: at });
      const resumed = new Trainer(parts({ positives: "sample" }));
      await resumed.load(structuredClone(await whole.state()));
      await whole.train({ steps: 5 });
      await resumed.train({ steps: 5 });
      expect(await resumed.state()).toEqual(await whole.state());
    }
  });

  it("is where it was after a step that failed, the first too", async () => {
    for (const at of [0, 3]) {
      const given = parts();
      const trainer = new Trainer(given);
      for (let step = 0; step < at; step++) trainer.step();
      const before = await trainer.state();
      const backward = given.model.backward.bind(given.model);
      given.model.backward = () => {
        throw new Error("broken once");
      };
      expect(() => trainer.step()).toThrow("broken once");
      expect(await trainer.state()).toEqual(before);
      given.model.backward = backward;
      const steady = new Trainer(parts());
      for (let step = 0; step <= at; step++) steady.step();
      trainer.step();
      expect(await trainer.state()).toEqual(await steady.state());
    }
  });

  it("needs a memory, a model that tells its weights, and no miner of the Trainer", async () => {
    const given = parts();
    expect(() => new Trainer({ ...given, loss: new ContrastiveLoss() })).toThrow(
      'momentumEncoder puts keys into a CrossBatchMemory, and the loss is "ContrastiveLoss"; give new CrossBatchMemory(loss, { embeddingSize })',
    );
    expect(() => new Trainer({ ...given, miner: new MultiSimilarityMiner() })).toThrow(
      /give the miner to CrossBatchMemory/,
    );
    const { model: own, ...rest } = given;
    const bare = { embed: own.embed.bind(own), backward: own.backward.bind(own), step: own.step.bind(own) };
    expect(() => new Trainer({ ...rest, evaluate: null, model: bare })).toThrow(/the model has no parameters/);
    expect(() => new MomentumEncoder({ momentum: 1 })).toThrow("momentum is 1");
    expect(() => new MomentumEncoder({ positives: "none" as never })).toThrow(/positives is "none"/);
    expect(() => new Trainer(parts({ keyInputs: randomMatrix(23, 5, 1) }))).toThrow(
      "keyInputs has 23 rows for 24 examples; give one each",
    );
    const state = await new Trainer(given).state();
    await expect(new Trainer(parts()).load({ ...state, momentumEncoder: null })).rejects.toThrow(
      /momentumEncoder is null/,
    );
  });
});

/** Rows of length 1. */
function unit(rows: Float32Array, cols: number): Float32Array {
  return rows.map((entry, k) => {
    const start = k - (k % cols);
    return entry / Math.hypot(...rows.subarray(start, start + cols));
  });
}
