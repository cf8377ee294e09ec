import { describe, expect, it } from "vitest";
import * as kindred from "../../src/index.ts";
import type { SamplerDescription } from "../../src/index.ts";
import { describedClasses } from "../../src/options/described.ts";
import { describeSamplerContract } from "../support/samplerContract.ts";

const descriptions = describedClasses(kindred, "sampler").map(({ description }) => description as SamplerDescription);

const labels = Array.from({ length: 120 }, (_, i) => `class ${i % 10}`);

for (const description of descriptions)
  describeSamplerContract(`the example of ${description.name}`, (seed) => description.example(labels, seed));

describe("what samplers say of themselves", () => {
  it("is said by every sampler", () => {
    const named = Object.keys(kindred).filter((name) => /^[A-Z].*Sampler$/.test(name) && name !== "PlannedSampler");
    expect(descriptions.map(({ name }) => name).sort()).toEqual([...named, "FixedSetOfTriplets"].sort());
  });

  for (const description of descriptions) {
    const { name } = description;
    it(`is true of ${name}`, () => {
      expect(kindred).toHaveProperty(name);
      expect(description.summary).toMatch(/^[A-Z].*\.$/);
      const sampler = description.example(labels, 2);
      expect(sampler.name).toBe(name);
      expect(sampler).toMatchObject({ description, options: { seed: 2, batchSize: sampler.batchSize } });
      for (const batch of sampler.epoch()) for (const row of batch) expect(labels[row]).toBeDefined();
    });
  }
});
