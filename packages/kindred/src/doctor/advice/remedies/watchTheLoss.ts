import type { RemedySource } from "./situation.ts";

/** A loss of 0 looks like success; the monitor knows the difference. */
export const watchTheLoss: RemedySource = ({ now }) => ({
  name: "watch-the-loss",
  title: "Watch the loss: LossMonitor",
  why: "a silent batch has loss 0, which looks like success; the monitor counts silent steps and says why",
  cost: "less than 2 % of a step",
  before: now,
  after: now,
  code: "const trainer = new Trainer({ model, loss, sampler, data, hooks: [new LossMonitor()] });",
  settings: null,
});
