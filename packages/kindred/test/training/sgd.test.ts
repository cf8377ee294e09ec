import { describe, expect, test } from "vitest";
import { zeros } from "../../src/matrix/matrix.ts";
import type { Optimizer } from "../../src/training/optimizer.ts";
import { SGD } from "../../src/training/sgd.ts";
import { fourSteps, steps } from "./optimizerFixtures.ts";

describe("SGD", () => {
  // The numbers are those of torch.optim.SGD on the same four slopes.
  test.each([
    [{ learningRate: 0.1 }, [1.02, -2.04, 0.56, 3.3]],
    [{ learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 }, [0.9938191, -1.9876381, 0.5040452, 3.0157082]],
    [{ learningRate: 0.1, momentum: 0.9, nesterov: true }, [1.022529, -2.045058, 0.567587, 3.337935]],
  ])("moves parameters as PyTorch does with %o", (options, expected) => {
    const moved = fourSteps(new SGD(options));
    expected.forEach((entry, k) => expect(moved[k]).toBeCloseTo(entry, 5));
  });

  test("a loaded state goes on as if it had never stopped, its learning rate too", () => {
    const make = (): Optimizer => new SGD({ learningRate: 0.1, momentum: 0.9 });
    const first = make();
    first.learningRate = 0.05;
    const half = steps(first, undefined, 0, 2);
    const second = make();
    second.load(structuredClone(first.state()));
    expect(steps(second, half.slice(), 2, 4)).toEqual(steps(first, half.slice(), 2, 4));
  });

  test("its state is a copy that later steps leave alone", () => {
    const sgd = new SGD({ momentum: 0.9 });
    fourSteps(sgd);
    const state = sgd.state();
    const before = structuredClone(state);
    fourSteps(sgd);
    expect(state).toEqual(before);
  });

  test("leaves a parameter without a slope where it is", () => {
    const W = { data: new Float32Array([1]), rows: 1, cols: 1 };
    new SGD().update({ W }, {});
    expect(W.data[0]).toBe(1);
  });

  test("refuses options out of bounds and slopes that belong to no parameter", () => {
    expect(() => new SGD({ momentum: 1 })).toThrow("momentum is 1");
    expect(() => new SGD({ learningRate: 0 })).toThrow("learningRate is 0");
    expect(() => new SGD({ lr: 1 } as never)).toThrow(/no option "lr"/);
    const W = { data: new Float32Array(2), rows: 1, cols: 2 };
    expect(() => new SGD().update({ W }, { w: W })).toThrow(/unknown parameter "w"; did you mean "W"/);
    expect(() => new SGD().update({ W }, { W: { ...W, rows: 2, cols: 1 } })).toThrow(
      /slope of W is 2 x 1, the parameter 1 x 2/,
    );
    expect(() => new SGD().load({ kind: "SGD", parameters: 0 })).toThrow(/the state has no learningRate/);
    expect(() => new SGD().load({ kind: "SGD", parameters: 0, learningRate: NaN })).toThrow(/learningRate is NaN/);
    const sgd = new SGD();
    sgd.update({ W }, { W });
    expect(() => sgd.update({ W: zeros(2, 2) }, { W: zeros(2, 2) })).toThrow(/SGD remembers W as 1 x 2/);
  });
});
