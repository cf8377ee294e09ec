import { describe, expect, it } from "vitest";
import * as kindred from "../../src/index.ts";
import type { SamplerDescription } from "../../src/index.ts";
import { describeSamplerContract } from "../support/samplerContract.ts";

function isSamplerClass(entry: [string, unknown]): entry is [string, { readonly description: SamplerDescription }] {
  const [name, given] = entry;
  const prototype = typeof given === "function" ? (given.prototype as object | undefined) : undefined;
  return prototype !== undefined && "epoch" in prototype && name !== "PlannedSampler";
}

const classes = (Object.entries(kindred) as [string, unknown][]).filter(isSamplerClass);

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
