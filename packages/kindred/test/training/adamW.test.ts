import { describe, expect, it } from "vitest";
import { Adam, AdamW } from "../../src/index.ts";
import { fourSteps } from "./optimizerFixtures.ts";

describe("AdamW", () => {
  it("is Adam with PyTorch's default weight decay of 0.01, under its own name", () => {
    expect(fourSteps(new AdamW({ learningRate: 0.1 }))).toEqual(fourSteps(new Adam({ learningRate: 0.1, weightDecay: 0.01 }))); // prettier-ignore
    expect(fourSteps(new AdamW())).not.toEqual(fourSteps(new Adam()));
    expect(new AdamW().learningRate).toBe(0.001);
  });

  it("shrinks what has no slope to follow by learningRate * weightDecay", () => {
    const W = { data: Float32Array.of(2), rows: 1, cols: 1 };
    new AdamW({ learningRate: 0.1 }).update({ W }, { W: { ...W, data: new Float32Array(1) } });
    expect(W.data[0]).toBeCloseTo(2 * (1 - 0.1 * 0.01), 6);
  });

  it("keeps a state of its own kind", () => {
    const optimizer = new AdamW();
    fourSteps(optimizer);
    const state = optimizer.state();
    expect(state["kind"]).toBe("AdamW");
    const other = new AdamW();
    other.load(state);
    expect(other.state()).toEqual(state);
    expect(() => new Adam().load(state)).toThrow("this is the state of AdamW, not of Adam");
  });

  it("names itself in what it refuses", () => {
    expect(() => new AdamW({ decay: 1 } as never)).toThrow(/AdamW has no option "decay"/);
    expect(() => new AdamW({ weightDecay: -1 })).toThrow("weightDecay is -1");
  });
});
