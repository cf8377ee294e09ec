import { describe, expect, it } from "vitest";
import { ExponentialAverage, MeanAverage, type NamedMatrices, type WeightAverage } from "../../../src/index.ts";

/** Weights of a training: w_t = (t, t^2 / 10), t = 1, 2 ... */
function weightsOf(step: number): NamedMatrices {
  return { W: { data: Float32Array.of(step, step ** 2 / 10), rows: 1, cols: 2 } };
}

function averageOf(average: WeightAverage, steps: number): number[] {
  for (let step = 1; step <= steps; step++) average.add(weightsOf(step), step);
  return Array.from(average.weights!["W"].data);
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  found.forEach((entry, k) => expect(entry).toBeCloseTo(expected[k], 5));
}

describe("ExponentialAverage", () => {
  // torch.optim.swa_utils.AveragedModel(multi_avg_fn=get_ema_multi_avg_fn(0.9)): avg = w_1, then avg = 0.9 avg + 0.1 w
  it("takes the first weights, and then a share of each, as torch's does", () => {
    let expected = [1, 0.1];
    for (let step = 2; step <= 6; step++) expected = [0.9 * expected[0] + 0.1 * step, 0.9 * expected[1] + 0.01 * step ** 2]; // prettier-ignore
    expectClose(averageOf(new ExponentialAverage({ decay: 0.9, warmUp: false }), 6), expected);
  });

  // timm.utils.ModelEmaV3(decay=0.9, use_warmup=True): decay_t = min(decay, 1 - (1 + t)^(-2/3)), t = 1, 2 ... after the first
  it("forgets the first weights sooner with a warm-up, as timm's does", () => {
    const decays = [0.370039, 0.51925, 0.60315, 0.658, 0.697149];
    let expected = [1, 0.1];
    decays.forEach((decay, k) => {
      const step = k + 2;
      expected = [decay * expected[0] + (1 - decay) * step, decay * expected[1] + ((1 - decay) * step ** 2) / 10];
    });
    expectClose(averageOf(new ExponentialAverage({ decay: 0.9 }), 6), expected);
    const early = averageOf(new ExponentialAverage({ decay: 0.5 }), 40);
    const late = averageOf(new ExponentialAverage({ decay: 0.5, warmUp: false }), 40);
    expectClose(early, late);
  });

  it("keeps nothing of what it was shown: weights that move on do not move it", () => {
    const average = new ExponentialAverage();
    const weights = weightsOf(1);
    average.add(weights, 1);
    weights["W"].data.fill(9);
    expect(Array.from(average.weights!["W"].data)).toEqual([1, Math.fround(0.1)]);
  });

  it("refuses options out of bounds, and weights of another model", () => {
    expect(() => new ExponentialAverage({ decay: 1 })).toThrow("decay is 1");
    expect(() => new ExponentialAverage({ warmUp: 10 as never })).toThrow("warmUp is 10");
    expect(() => new ExponentialAverage({ momentum: 0.9 } as never)).toThrow(/no option "momentum"/);
    const average = new ExponentialAverage();
    average.add(weightsOf(1), 1);
    expect(() => average.add({ V: weightsOf(2)["W"] }, 2)).toThrow(/a weight for the unknown parameter "V"/);
  });
});

describe("MeanAverage", () => {
  it("is the mean of all weights from a step on", () => {
    expectClose(averageOf(new MeanAverage(), 5), [3, (0.1 * (1 + 4 + 9 + 16 + 25)) / 5]);
    expectClose(averageOf(new MeanAverage({ from: 4 }), 6), [5, (0.1 * (16 + 25 + 36)) / 3]);
  });

  it("is the mean of every so many-th weights", () => {
    const average = new MeanAverage({ from: 3, every: 2 });
    expectClose(averageOf(average, 8), [(3 + 5 + 7) / 3, (0.1 * (9 + 25 + 49)) / 3]);
    expect(average.taken).toBe(3);
  });

  it("has no weights before the first", () => {
    const average = new MeanAverage({ from: 4 });
    average.add(weightsOf(3), 3);
    expect([average.weights, average.taken]).toEqual([null, 0]);
  });

  it("refuses options out of bounds", () => {
    expect(() => new MeanAverage({ from: 0 })).toThrow("from is 0");
    expect(() => new MeanAverage({ every: 1.5 })).toThrow("every is 1.5");
  });
});

describe("the state of an average", () => {
  it.each([() => new ExponentialAverage({ decay: 0.9 }), () => new MeanAverage({ from: 2, every: 2 })])(
    "is gone on from with the same bits",
    (make) => {
      for (const at of [0, 1, 3, 4]) {
        const [whole, resumed] = [make(), make()];
        if (at > 0) for (let step = 1; step <= at; step++) whole.add(weightsOf(step), step);
        resumed.load(structuredClone(whole.state()));
        for (let step = at + 1; step <= 9; step++) for (const each of [whole, resumed]) each.add(weightsOf(step), step);
        expect(resumed.state()).toEqual(whole.state());
      }
    },
  );

  it("is refused when it is another's, and changes nothing", () => {
    const average = new ExponentialAverage();
    average.add(weightsOf(1), 1);
    const before = average.state();
    const wide = { W: { data: new Float32Array(3), rows: 1, cols: 3 } };
    expect(() => average.load(new MeanAverage().state())).toThrow("this is the state of MeanAverage");
    expect(() => average.load({ ...before, taken: -1 })).toThrow(/taken is -1/);
    expect(() => average.load({ ...before, weights: { W: 5 } })).toThrow(/weights.W is 5/);
    expect(() => average.prepareLoad({ ...before, weights: wide }, weightsOf(1))).toThrow(/weights.W is 1 x 3/);
    expect(() => average.prepareLoad({ ...before, weights: {} }, weightsOf(1))).toThrow(/has no W/);
    expect(average.state()).toEqual(before);
  });
});
