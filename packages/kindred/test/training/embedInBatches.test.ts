import { describe, expect, test } from "vitest";
import { embedInBatches } from "../../src/training/embedInBatches.ts";
import { MlpModel } from "../../src/training/mlpModel.ts";
import { randomMatrix } from "./fixtures.ts";

describe("embedInBatches", () => {
  test("gives the same embeddings for any batch size", () => {
    const model = new MlpModel({ inputSize: 5, hidden: [6], outputSize: 4, seed: 1 });
    const inputs = randomMatrix(24, 5, 1);
    const whole = model.embed(inputs);
    for (const batchSize of [1, 7, 24, 100]) expect(embedInBatches(model, inputs, batchSize)).toEqual(whole);
    expect(embedInBatches(model, []).rows).toBe(0);
    expect(() => embedInBatches(model, inputs, 0)).toThrow("batchSize is 0");
  });
});
