import { describe, expect, test } from "vitest";
import { MultipleLosses } from "../../src/losses/around/multipleLosses.ts";
import { ContrastiveLoss } from "../../src/losses/pairs/contrastiveLoss.ts";
import { TripletMarginLoss } from "../../src/losses/triplets/tripletMarginLoss.ts";
import type { State } from "../../src/state/state.ts";
import { stateToBytes } from "../../src/state/stateBytes.ts";
import { MlpModel } from "../../src/training/mlpModel.ts";
import { RunRecord } from "../../src/training/runRecord.ts";
import { Trainer } from "../../src/training/trainer.ts";
import type { TrainingResult } from "../../src/training/trainingHook.ts";
import { blobs, PullLoss, ShuffledSampler } from "./fixtures.ts";

function training(record: RunRecord): Trainer {
  const data = blobs(4, 6, 5, 1);
  return new Trainer({
    model: new MlpModel({ inputSize: 5, outputSize: 4, seed: 1 }),
    loss: new PullLoss(4),
    sampler: new ShuffledSampler(24, 8, 3),
    data,
    evaluate: (model) => ({ first: model.embed(data.inputs).data[0] }),
    evaluateEvery: { steps: 2 },
    hooks: [record],
  });
}

/** What does not depend on the clock. */
function timeless({ seconds, samplesPerSecond, ...rest }: TrainingResult): object {
  expect([seconds > 0, samplesPerSecond > 0]).toEqual([true, true]);
  return rest;
}

describe("a RunRecord", () => {
  test("gives a training that was saved, ended and resumed the result of one that was not", async () => {
    const whole = await training(new RunRecord()).train({ steps: 10 });
    let saved = new Uint8Array();
    const first = training(new RunRecord());
    for await (const { step } of first.steps({ steps: 10 }))
      if (step === 5) {
        saved = await first.toBytes();
        break;
      }
    const later = new RunRecord();
    const second = training(later);
    await second.loadBytes(saved);
    const result = later.whole(await second.train({ steps: 10 - second.stepsDone }));
    expect(timeless(result)).toStrictEqual(timeless(whole));
    expect(result.epochs).toBe(3);
  });

  test("adds up the runs of one Trainer", async () => {
    const whole = await training(new RunRecord()).train({ steps: 9 });
    const record = new RunRecord();
    const trainer = training(record);
    for (const steps of [2, 4, 2]) await trainer.train({ steps });
    const last = await trainer.train({ steps: 1 });
    const result = record.whole(last);
    expect(result).toMatchObject({ steps: 9, epochs: 3, history: whole.history, stopReason: "finished" });
    expect(result.evaluations.at(-1)).toEqual(whole.evaluations.at(-1));
    expect(result.seconds).toBeGreaterThan(last.seconds);
  });

  test("keeps each loss of a sum", async () => {
    const make = (record: RunRecord): Trainer => {
      const { inputs, labels } = blobs(4, 6, 5, 1);
      const loss = new MultipleLosses({ near: new ContrastiveLoss(), far: new TripletMarginLoss() });
      const sampler = new ShuffledSampler(24, 8, 3);
      const model = new MlpModel({ inputSize: 5, outputSize: 4, seed: 1 });
      return new Trainer({ model, loss, sampler, data: { inputs, labels }, hooks: [record] });
    };
    const whole = await make(new RunRecord()).train({ steps: 5 });
    const first = make(new RunRecord());
    await first.train({ steps: 2 });
    const later = new RunRecord();
    const second = make(later);
    await second.loadBytes(await first.toBytes());
    const { history } = later.whole(await second.train({ steps: 3 }));
    expect(history).toStrictEqual(whole.history);
    expect(Object.keys(history.losses)).toEqual(["near", "far"]);
  });

  test("refuses a history whose columns are not of one length, and changes nothing", () => {
    const record = new RunRecord();
    const { history, ...rest } = record.state();
    const unequal = { ...rest, history: { ...(history as object), loss: Float64Array.of(1) } };
    expect(() => record.load(unequal)).toThrow(/history has 1, 0, 0, 0 entries; one a step is needed in each/);
    expect(record.state()).toEqual({ ...rest, history });
  });
});

describe("the bytes of a Trainer", () => {
  test("are gone on from with the same bits, and refused when damaged", async () => {
    const [whole, resumed] = [1, 2].map(() => training(new RunRecord()));
    await whole.train({ steps: 4 });
    const bytes = await whole.toBytes();
    await resumed.loadBytes(bytes);
    await whole.train({ steps: 5 });
    await resumed.train({ steps: 5 });
    // but for the record's times
    const { hooks, ...state } = await whole.state();
    expect(await resumed.state()).toMatchObject(state);
    expect((hooks["0"] as State).kind).toBe("RunRecord");
    const before = await resumed.state();
    await expect(resumed.loadBytes(bytes.slice(1))).rejects.toThrow(/no sound safetensors file/);
    await expect(resumed.loadBytes(stateToBytes({ kind: "SupConLoss" }))).rejects.toThrow(/the state of SupConLoss/);
    expect(await resumed.state()).toEqual(before);
  });
});

test("a hook rests after each step, when its evaluation is made", async () => {
  const told: string[] = [];
  const data = blobs(4, 6, 5, 1);
  const trainer = new Trainer({
    model: new MlpModel({ inputSize: 5, outputSize: 4 }),
    loss: new PullLoss(4),
    sampler: new ShuffledSampler(24, 8, 3),
    data,
    evaluate: () => ({ x: 1 }),
    evaluateEvery: { steps: 2 },
    hooks: [
      {
        onStep: ({ step }) => void told.push(`step ${step}`),
        onEvaluation: ({ step }) => void told.push(`evaluation ${step}`),
        onRest: ({ stepsDone }) => void told.push(`rest ${stepsDone}`),
      },
    ],
  });
  await trainer.train({ steps: 3 });
  expect(told).toEqual(["step 1", "rest 1", "step 2", "evaluation 2", "rest 2", "step 3", "rest 3", "evaluation 3"]);
});
