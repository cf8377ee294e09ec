import { advise } from "kindred";
import { expect, it } from "vitest";
import { flagsOf } from "../../src/flags/flagsOf.ts";

it("flagsOf writes a remedy's settings as flags, after what is kept of the question", () => {
  const { remedies } = advise(new Array<number>(500).fill(2), { batchSize: 20 });
  const balanced = remedies.find(({ name }) => name === "balanced-sampling")!;
  expect(flagsOf(balanced)).toBe("--sampler m-per-class --m 2");
  expect(flagsOf(balanced, { loss: "SupConLoss", batchSize: 20 })).toBe(
    "--loss SupConLoss --batch-size 20 --sampler m-per-class --m 2",
  );
  expect(flagsOf(remedies.find(({ settings }) => settings === null)!)).toBeNull();
});
