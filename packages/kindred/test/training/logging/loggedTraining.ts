import { MlpModel } from "../../../src/training/mlpModel.ts";
import { Trainer } from "../../../src/training/trainer.ts";
import type { StepEvent, TrainingHook } from "../../../src/training/trainingHook.ts";
import { blobs, PullLoss, ShuffledSampler } from "../fixtures.ts";

/** A training of epochs of 3 steps that is evaluated every 2, and the steps that it made. */
export function loggedTraining(log: TrainingHook): { trainer: Trainer; steps: StepEvent[] } {
  const steps: StepEvent[] = [];
  const trainer = new Trainer({
    model: new MlpModel({ inputSize: 5, outputSize: 4, seed: 1 }),
    loss: new PullLoss(4),
    sampler: new ShuffledSampler(24, 8, 3),
    data: blobs(4, 6, 5, 1),
    evaluate: () => ({ score: 0.5, lost: Infinity }),
    evaluateEvery: { steps: 2 },
    hooks: [{ onStep: (event) => void steps.push(event) }, log],
  });
  return { trainer, steps };
}
