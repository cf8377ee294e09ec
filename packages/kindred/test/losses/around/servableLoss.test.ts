import { describe, expect, it } from "vitest";
import { SupConLoss, type Loss } from "../../../src/index.ts";
import { isServableLoss, isServableWithoutLabels } from "../../../src/losses/around/servableLoss.ts";
import { callOf, lossClasses, makeLoss, referenceOf } from "../../support/describedLosses.ts";

const wrappers = lossClasses.filter(({ description }) => description.wraps !== undefined);
const losses = lossClasses.filter((Class) => !wrappers.includes(Class)).map((Class) => makeLoss(Class));

/** Whether the loss compares the rows of a batch, by labels, with rows of any number that anchors may stand among. */
function comparesWithOthers(loss: Loss): boolean {
  const { embeddings } = callOf(loss.description!.takes);
  const labels = embeddings.map((_, i) => i % 3);
  try {
    const anchorRows = embeddings.map(() => -1);
    const { gradients } = loss.evaluate(embeddings, labels, { ...referenceOf(9), anchorRows });
    return gradients.reference?.rows === 9;
  } catch {
    return false;
  }
}

describe("what a wrapper can serve", () => {
  it("is what compares a batch with a reference by labels", () => {
    for (const loss of losses) expect(isServableLoss(loss), loss.name).toBe(comparesWithOthers(loss));
    expect(losses.filter(isServableLoss).length).toBeGreaterThan(15);
  });

  it("is no loss that keeps something for known classes, where the wrapper makes up the labels", () => {
    const refused = losses.filter((loss) => isServableLoss(loss) && !isServableWithoutLabels(loss));
    expect(refused.map(({ name }) => name)).toEqual(["MarginLoss"]);
  });

  it("is nothing without a description, and no other wrapper", () => {
    const { name, needs, parameters } = new SupConLoss();
    expect(isServableLoss({ name, needs, parameters } as Loss)).toBe(false);
    for (const Wrapper of wrappers) expect(isServableLoss(makeLoss(Wrapper))).toBe(false);
  });
});
