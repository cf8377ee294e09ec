import { describe, expect, it } from "vitest";
import * as kindred from "../../../src/index.ts";
import { SupConLoss, type Loss, type LossDescription } from "../../../src/index.ts";
import { isServableLoss, isServableWithoutLabels } from "../../../src/losses/around/servableLoss.ts";

interface Described {
  readonly description: LossDescription;
  new (...given: unknown[]): Loss;
}

const shape = { embeddingSize: 4, numClasses: 3 };

const described = Object.values<unknown>({ ...kindred }).filter(
  (exported): exported is Described =>
    typeof exported === "function" && "description" in exported && "family" in (exported.description as object),
);
const wrappers = described.filter(({ description }) => description.wraps !== undefined);
const losses = described
  .filter((Made) => !wrappers.includes(Made))
  .map((Made) => new Made(Made.description.example?.(shape)));

describe("what a wrapper can serve", () => {
  it("is said by the losses' descriptions", () => {
    const served = losses.filter(isServableLoss).map(({ name }) => name);
    expect(served.toSorted()).toEqual([
      "AngularLoss",
      "CircleLoss",
      "ContrastiveLoss",
      "DynamicSoftMarginLoss",
      "GeneralizedLiftedStructureLoss",
      "GenericPairLoss",
      "IntraPairVarianceLoss",
      "LiftedStructureLoss",
      "MarginLoss",
      "MultiSimilarityLoss",
      "NCALoss",
      "NTXentLoss",
      "SigLIPLoss",
      "SignalToNoiseRatioContrastiveLoss",
      "SupConLoss",
      "ThresholdConsistentMarginLoss",
      "TripletMarginLoss",
      "TupletMarginLoss",
    ]);
  });

  it("is no loss that keeps something for known classes, where the wrapper makes up the labels", () => {
    const refused = losses.filter((loss) => isServableLoss(loss) && !isServableWithoutLabels(loss));
    expect(refused.map(({ name }) => name)).toEqual(["MarginLoss"]);
  });

  it("is nothing without a description, and no other wrapper", () => {
    const { name, needs, parameters } = new SupConLoss();
    expect(isServableLoss({ name, needs, parameters } as Loss)).toBe(false);
    expect(wrappers.length).toBe(4);
    for (const Wrapper of wrappers) {
      const { wraps, example } = Wrapper.description;
      const given = wraps === "loss" ? new SupConLoss() : [new SupConLoss()];
      const wrapper = new Wrapper(given, example?.(shape));
      expect(wrapper.name).toBe(Wrapper.description.name);
      expect(isServableLoss(wrapper)).toBe(false);
    }
  });
});
