import { describe, expect, it } from "vitest";
import { stepsForward } from "../../../../src/commands/train/plain/plainSteps.ts";
import type { TrainedHead } from "../../../../src/commands/train/plain/trainedHead.ts";
import type { Change } from "../../../../src/data/change.ts";

const up: Change = { value: 0.1, low: 0.05, high: 0.15 };
const down: Change = { value: -0.1, low: -0.15, high: -0.05 };
const open: Change = { value: 0.1, low: -0.05, high: 0.25 };

function changes(precisionAt1: Change, meanAveragePrecisionAtR: Change): Pick<TrainedHead, "change"> {
  return { change: { precisionAt1, rPrecision: open, meanAveragePrecisionAtR } };
}

/** As much of a head as the steps look at. */
function headWith(
  change: Pick<TrainedHead, "change">,
  { hidden = [] as number[], size = 64, cols = 64, classes = 100, silentSteps = 0, loss = [3, 2, 1, 1, 1] } = {},
): TrainedHead {
  return {
    ...change,
    data: { vectors: { cols } },
    split: { train: { labels: Array.from({ length: 200 }, (_, i) => `class ${i % classes}`) } },
    consultation: { options: { hidden, size, learningRate: 0.001, heldOut: 0.3 } },
    result: { steps: 5, silentSteps, history: { loss } },
  } as unknown as TrainedHead;
}

describe("what to do when a head is not better than the raw vectors", () => {
  const titles = (head: TrainedHead): string[] => stepsForward(head).map(({ title }) => title);

  it("is nothing when it is", () => {
    expect(titles(headWith(changes(up, up)))).toEqual([]);
  });

  it("begins with the raw vectors and ends with the labels", () => {
    expect(titles(headWith(changes(down, down)))).toEqual([
      "Use the raw vectors",
      "Train more gently",
      "Check the labels",
    ]);
  });

  it("names what this training can change, with the flags to type", () => {
    const head = headWith(changes(down, down), { hidden: [32], size: 8, classes: 10, silentSteps: 3 });
    const steps = stepsForward(head);
    expect(steps.map(({ title }) => title)).toEqual([
      "Use the raw vectors",
      "Let the batches teach",
      "Train more gently",
      "Leave the hidden layers out",
      "Give the embeddings more columns",
      "Give it more classes",
      "Check the labels",
    ]);
    expect(steps.map(({ code }) => code)).toEqual([
      undefined,
      "kindred train ... --auto",
      "kindred train ... --lr 0.0003\nkindred train ... --steps 2",
      "kindred train ...    # without --hidden",
      "kindred train ... --size 16",
      "kindred train ... --held-out 0.15",
      "kindred doctor <labels>",
    ]);
  });

  it("is to train longer where nothing is shown and the loss still fell", () => {
    const falling = headWith(changes(open, open), { loss: [5, 4, 3, 2, 1] });
    expect(titles(falling)[1]).toBe("Train longer");
    expect(titles(headWith(changes(open, open)))[1]).toBe("Train more gently");
  });
});
