import { describe, expect, it } from "vitest";
import { askedAbout, makeSampler, samplerWords, trainingSamplers } from "../../src/parts/samplers.ts";

const labels = Array.from({ length: 24 }, (_, i) => `kind ${i % 3}`);
const options = { batchSize: 8, m: 4, scarce: "repeat", seed: 1 } as const;

describe("makeSampler", () => {
  it.each(trainingSamplers)("draws batches: %s", (sampler) => {
    const batches = [...makeSampler({ ...options, sampler }, labels).epoch()];
    expect(batches.map(({ length }) => length)).toEqual(batches.map(() => 8));
  });

  it("gives the doctor random batches by name and others as they are", () => {
    expect(askedAbout(makeSampler({ ...options, sampler: "random" }, labels))).toBe("random");
    const balanced = makeSampler({ ...options, sampler: "m-per-class" }, labels);
    expect(askedAbout(balanced)).toBe(balanced);
  });
});

it("samplerWords tell how many of a class there are where that is known", () => {
  expect([samplerWords("m-per-class", 4), samplerWords("random", 4)]).toEqual(["4 per class", "random"]);
});
