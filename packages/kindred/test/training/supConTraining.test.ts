import { expect, test } from "vitest";
import { SupConLoss } from "../../src/losses/pairs/supConLoss.ts";
import { Adam } from "../../src/training/adam.ts";
import { MlpModel } from "../../src/training/mlpModel.ts";
import { Trainer } from "../../src/training/trainer.ts";
import { blobs, precisionAt1, randomMatrix, ShuffledSampler } from "./fixtures.ts";

test("slopes run through SupConLoss and the whole MLP as finite differences say", () => {
  const model = new MlpModel({ inputSize: 5, hidden: [6], outputSize: 4, activation: "tanh", seed: 3 });
  const loss = new SupConLoss({ temperature: 0.5 });
  const inputs = randomMatrix(9, 5, 1);
  const labels = [0, 1, 2, 0, 1, 2, 0, 0, 3];
  model.backward(loss.evaluate(model.embed(inputs, true), labels).gradients.embeddings);
  const h = 4e-3;
  for (const [name, parameter] of Object.entries(model.parameters))
    for (let k = 0; k < parameter.data.length; k++) {
      const value = parameter.data[k];
      const [above, below] = [value + h, value - h].map((moved) => {
        parameter.data[k] = moved;
        return { at: parameter.data[k], loss: loss.evaluate(model.embed(inputs), labels).value };
      });
      parameter.data[k] = value;
      const difference = (above.loss - below.loss) / (above.at - below.at);
      expect(Math.abs(model.gradients[name].data[k] - difference), `${name}[${k}]`).toBeLessThan(3e-4);
    }
});

test("training with SupConLoss lowers the loss, and raises precision@1 on samples that were not seen", async () => {
  const data = blobs(4, 40, 10, 1);
  const unseen = blobs(4, 20, 10, 2);
  const before = precisionAt1(unseen.inputs, unseen.labels);
  const model = new MlpModel({
    inputSize: 10,
    hidden: [16],
    outputSize: 4,
    seed: 1,
    optimizer: new Adam({ learningRate: 0.01 }),
  });
  const trainer = new Trainer({
    model,
    loss: new SupConLoss(),
    data,
    sampler: new ShuffledSampler(160, 40),
    evaluate: (trained) => ({ precisionAt1: precisionAt1(trained.embed(unseen.inputs), unseen.labels) }),
    evaluateEvery: { epochs: 60 },
  });
  const { history, silentSteps, evaluations } = await trainer.train({ epochs: 60 });
  expect(silentSteps).toBe(0);
  expect(history.loss.at(-1)).toBeLessThan(history.loss[0] - 0.3);
  expect(evaluations).toHaveLength(1);
  expect(evaluations[0].metrics["precisionAt1"]).toBeGreaterThan(before + 0.2);
});

test("labels from 100,000 classes give silent batches, and the training says so", async () => {
  const inputs = randomMatrix(60, 5, 1);
  const labels = Array.from({ length: 60 }, (_, i) => i * 1667);
  const trainer = new Trainer({
    model: new MlpModel({ inputSize: 5, outputSize: 4 }),
    loss: new SupConLoss({ whenSilent: "ignore" }),
    data: { inputs, labels },
    sampler: new ShuffledSampler(60, 20),
  });
  const { steps, silentSteps, history } = await trainer.train({ epochs: 2 });
  expect([steps, silentSteps]).toEqual([6, 6]);
  expect(Array.from(history.loss)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(Array.from(history.liveShare)).toEqual([0, 0, 0, 0, 0, 0]);
});
