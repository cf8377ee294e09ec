import { describe, expect, it } from "vitest";
import * as kindred from "../../src/index.ts";
import type { SamplerDescription } from "../../src/index.ts";
import { describeSamplerContract } from "../support/samplerContract.ts";

interface SamplerClass {
  readonly prototype: object;
  readonly description: SamplerDescription;
}

const classes = Object.entries(kindred)
  .filter(
    (entry): entry is [string, SamplerClass & string] =>
      typeof entry[1] === "function" &&
      typeof (entry[1].prototype as { epoch?: unknown } | undefined)?.epoch === "function",
  )
  .filter(([name]) => name !== "PlannedSampler");

const labels = Array.from({ length: 120 }, (_, i) => `class ${i % 10}`);

for (const [name, { description }] of classes)
  describeSamplerContract(`the example of ${name}`, (seed) => description.example(labels, seed));

describe("what samplers say of themselves", () => {
  it("is said by every sampler", () => {
    const named = Object.keys(kindred).filter((name) => /^[A-Z].*Sampler$/.test(name) && name !== "PlannedSampler");
    expect(classes.map(([name]) => name).sort()).toEqual([...named, "FixedSetOfTriplets"].sort());
  });

  for (const [name, { description }] of classes) {
    it(`is true of ${name}`, () => {
      expect(description.name).toBe(name);
      expect(description.summary).toMatch(/^[A-Z].*\.$/);
      const sampler = description.example(labels, 2);
      expect(sampler.name).toBe(name);
      expect(sampler).toMatchObject({ description, options: { seed: 2, batchSize: sampler.batchSize } });
      for (const batch of sampler.epoch()) for (const row of batch) expect(labels[row]).toBeDefined();
    });
  }
});
