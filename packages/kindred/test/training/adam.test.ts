import { describe, expect, test } from "vitest";
import type { Matrix } from "../../src/matrix/matrix.ts";
import { Adam } from "../../src/training/adam.ts";
import { SGD } from "../../src/training/sgd.ts";
import type { StateDict } from "../../src/training/stateDict.ts";
import { fourSteps, steps } from "./optimizerFixtures.ts";

describe("Adam", () => {
  // The numbers are those of torch.optim.Adam and AdamW on the same four slopes.
  test.each([
    [{ learningRate: 0.1 }, [0.9255403, -1.9255403, 0.4255403, 2.9255404]],
    [
      { learningRate: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 1e-4, weightDecay: 0.1 },
      [0.8955722, -1.8561292, 0.4152221, 2.8166912],
    ],
  ])("moves parameters as PyTorch does with %o", (options, expected) => {
    const moved = fourSteps(new Adam(options));
    expected.forEach((entry, k) => expect(moved[k]).toBeCloseTo(entry, 5));
  });

  test("a loaded state goes on as if it had never stopped", () => {
    const first = new Adam({ learningRate: 0.1 });
    const half = steps(first, undefined, 0, 2);
    const second = new Adam();
    second.load(structuredClone(first.state()));
    expect(steps(second, half.slice(), 2, 4)).toEqual(steps(first, half.slice(), 2, 4));
  });

  // torch.optim.Adam, too, counts the steps of each parameter: its first one goes learningRate along the sign of the slope
  test("begins with a parameter that gets its first slope late as if all began then", () => {
    const matrix = (entry: number): Matrix => ({ data: Float32Array.of(entry), rows: 1, cols: 1 });
    const [early, late] = [matrix(1), matrix(1)];
    const optimizer = new Adam({ learningRate: 0.1 });
    for (let step = 0; step < 5; step++) optimizer.update({ early, late }, { early: matrix(2) });
    expect(late.data[0]).toBe(1);
    const resumed = new Adam();
    resumed.load(optimizer.state(), { early, late });
    resumed.update({ early, late }, { early: matrix(2), late: matrix(-3) });
    expect(late.data[0]).toBeCloseTo(1.1, 6);
    expect(early.data[0]).toBeCloseTo(0.4, 5);
  });

  test("stays finite where every slope is 0", () => {
    const W = { data: new Float32Array([1]), rows: 1, cols: 1 };
    new Adam().update({ W }, { W: { ...W, data: new Float32Array(1) } });
    expect(W.data[0]).toBe(1);
  });

  test("refuses options out of bounds and states of another optimizer", () => {
    expect(() => new Adam({ beta2: 1 })).toThrow("beta2 is 1");
    expect(() => new Adam({ epsilon: 0 })).toThrow("epsilon is 0");
    const state = { kind: "Adam", learningRate: 0.1, parameters: 1, "steps.W": 2 };
    const W = { data: new Float32Array(2), rows: 1, cols: 2 };
    const wide = { data: new Float32Array(3), rows: 1, cols: 3 };
    const load = (given: StateDict, parameters?: { W: Matrix }) => () => new Adam().load(given, parameters);
    expect(load(new SGD().state())).toThrow("this is the state of SGD, not of Adam");
    expect(load({ kind: "Adam", learningRate: 0.1 })).toThrow(/the state has no parameters/);
    expect(load(state)).toThrow(/the state has no mean.W, square.W/);
    expect(load({ ...state, parameters: 0 })).toThrow(/the unexpected steps.W/);
    expect(load({ ...state, parameters: 2, "mean.W": W, "square.W": W })).toThrow(
      "the state has mean and square of 1 parameters, its count of parameters is 2",
    );
    expect(load({ ...state, "mean.W": W })).toThrow(/the state has no square.W/);
    expect(load({ ...state, parameters: 0, "mean.W": W, "square.W": W })).toThrow(
      /unexpected steps.W, mean.W, square.W/,
    );
    expect(load({ ...state, "mean.W": W, "square.W": wide })).toThrow(/square.W is 1 x 3, 1 x 2 is needed/);
    expect(load({ ...state, "mean.W": wide, "square.W": wide }, { W })).toThrow(/mean.W is 1 x 3, 1 x 2 is needed/);
    expect(load({ ...state, "mean.V": W, "square.V": W }, { W })).toThrow(
      /no mean.W, square.W and .* unexpected mean.V/,
    );
    const below = { ...W, data: Float32Array.of(0, -1) };
    expect(load({ ...state, "mean.W": W, "square.W": below })).toThrow(/square.W has entries below 0/);
    for (const steps of [-1, 0.5, NaN, "x"]) {
      const given = { ...state, "steps.W": steps, "mean.W": W, "square.W": W };
      expect(load(given)).toThrow(/the state's steps.W is/);
    }
  });
});
