import { describe, expect, it } from "vitest";
import * as kindred from "../../src/index.ts";
import type { SamplerDescription } from "../../src/index.ts";
import { describedClasses } from "../../src/options/described.ts";
import { readOptions } from "../../src/options/readOptions.ts";
import { describeOptionsContract } from "../support/describedOptions.ts";
import { filesOf } from "../support/exportedFiles.ts";
import { describeSamplerContract } from "../support/samplerContract.ts";

const descriptions = describedClasses(kindred, "sampler").map(({ description }) => description as SamplerDescription);

const files = filesOf("samplers");

const labels = Array.from({ length: 120 }, (_, i) => `class ${i % 10}`);

for (const description of descriptions)
  describeSamplerContract(`the example of ${description.name}`, (seed) => description.example(labels, seed));

describe("what samplers say of themselves", () => {
  it("is said by every sampler, but by one that is given its batches", () => {
    const all: Readonly<Record<string, unknown>> = kindred;
    const samplers = [...files.keys()].filter(
      (name) => "epoch" in (all[name] as { readonly prototype: object }).prototype,
    );
    const silent = samplers.filter((name) => !descriptions.some((description) => description.name === name));
    expect(silent).toEqual(["PlannedSampler"]);
    expect(descriptions.length).toBeGreaterThan(7);
  });

  for (const description of descriptions) {
    const { name } = description;
    it(`is true of ${name}`, () => {
      expect(kindred).toHaveProperty(name);
      expect(files.get(name)!.file.toLowerCase()).toBe(name.toLowerCase());
      expect(description.summary).toMatch(/^[A-Z].*\.$/);
      const sampler = description.example(labels, 2);
      expect(sampler.name).toBe(name);
      expect(sampler).toMatchObject({ description, options: { seed: 2, batchSize: sampler.batchSize } });
      for (const batch of sampler.epoch()) for (const row of batch) expect(labels[row]).toBeDefined();
    });
  }
});

for (const { name, options } of descriptions)
  describeOptionsContract(name, {
    record: options,
    least: {},
    make: (given) => ({ options: readOptions(options, given, name) }),
  });
