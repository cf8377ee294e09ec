import { describe, expect, it, vi } from "vitest";
import {
  AvgNonZeroReducer,
  ContrastiveLoss,
  CosineSimilarity,
  GenericPairLoss,
  MeanReducer,
  SumReducer,
} from "../../../src/index.ts";
import { threeLabels, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract } from "../../support/lossContract.ts";
import { fromRows, itemsOfPairs } from "../../support/plain.ts";
import { normalRows } from "../../support/twin.ts";

const pull = (d: number): number => Math.log1p(Math.exp(3 * (d - 0.4)));
const pullSlope = (d: number): number => 3 / (1 + Math.exp(-3 * (d - 0.4)));
const push = (d: number): number => Math.exp(-d);
const pushSlope = (d: number): number => -Math.exp(-d);

// one formula with its slope, one without
describeLossContract("GenericPairLoss", {
  make: (options) => new GenericPairLoss({ ...options, positive: { loss: pull, slope: pullSlope }, negative: push }),
  twin: ({ distances, positives, negatives }) => ({
    posLoss: { kind: "pos_pair", items: itemsOfPairs(positives, (a, p) => pull(distances[a][p])) },
    negLoss: { kind: "neg_pair", items: itemsOfPairs(negatives, (a, n) => push(distances[a][n])) },
  }),
});

for (const [title, given] of Object.entries({
  "with slopes": { positive: { loss: pull, slope: pullSlope }, negative: { loss: push, slope: pushSlope } },
  "without slopes": { positive: pull, negative: push },
  "of formulas that end at 0": { positive: (d: number) => d ** 1.5, negative: (d: number) => -Math.sqrt(d) },
}))
  describeHostileInputs(
    `GenericPairLoss ${title}`,
    (options) => new GenericPairLoss({ ...options, ...given, reducer: new MeanReducer() }),
  );

describeHostileInputs(
  "GenericPairLoss of angles, whose formula ends at similarities of 1 and -1",
  (options) =>
    new GenericPairLoss({
      ...options,
      distance: new CosineSimilarity(),
      positive: (s) => Math.acos(Math.max(-1, Math.min(1, s))) ** 2,
      negative: (s) => Math.acos(s > 1 && s < 1 + 1e-6 ? 1 : s < -1 && s > -1 - 1e-6 ? -1 : s),
    }),
);

describe("GenericPairLoss", () => {
  const rows = fromRows(normalRows(9, 4, 1));
  const labels = ["a", "b", "a", "c", "b", "b", "a", "c", "d"];

  it("takes slopes of formulas that are the analytic ones", () => {
    const formulas: readonly [string, (d: number) => number, (d: number) => number][] = [
      ["d^2", (d) => d ** 2, (d) => 2 * d],
      ["softplus", pull, pullSlope],
      ["e^-d", push, pushSlope],
      ["sin", (d) => 2 + Math.sin(5 * d), (d) => 5 * Math.cos(5 * d)],
      ["1000 d^4", (d) => 1000 * d ** 4, (d) => 4000 * d ** 3],
      ["hinge", (d) => Math.max(0, 1.1 - d), (d) => (d < 1.1 ? -1 : 0)],
    ];
    for (const [name, loss, slope] of formulas) {
      const reducer = new SumReducer();
      const numeric = new GenericPairLoss({ positive: loss, negative: loss, reducer }).evaluate(rows, labels);
      const analytic = new GenericPairLoss({
        positive: { loss, slope },
        negative: { loss, slope },
        reducer,
      }).evaluate(rows, labels);
      expect(numeric.value).toBe(analytic.value);
      const peak = Math.max(...analytic.gradients.embeddings.data.map(Math.abs));
      analytic.gradients.embeddings.data.forEach((expected, k) =>
        expect(Math.abs(numeric.gradients.embeddings.data[k] - expected) / peak, name).toBeLessThan(1e-6),
      );
    }
  });

  it("takes the mean of both sides at a kink, and the inner side at the end of a formula", () => {
    const slopeAt = (loss: (s: number) => number, x: number[], y: number[]): number => {
      const distance = new CosineSimilarity();
      const generic = new GenericPairLoss({
        positive: loss,
        distance,
        reducer: new SumReducer(),
        whenSilent: "ignore",
      });
      // the slope along (0, 1) of an anchor at (1, 0): that of s times the other's second coordinate
      return generic.evaluate([x, y], [0, 0]).gradients.embeddings.data[1] / y[1] / 2;
    };
    // the similarity as float32 has it
    const kink = new CosineSimilarity().matrix([[1, 0]], [[0.6, 0.8]]).data[0];
    expect(slopeAt((s) => Math.abs(s - kink), [1, 0], [0.6, 0.8])).toBeCloseTo(0, 5);
    const bounded = (s: number): number => (s > 0.7 ? NaN : 3 * s);
    expect(slopeAt(bounded, [1, 0], [0.6, 0.8])).toBeCloseTo(3, 5);
    for (const isInside of [(s: number) => s < kink + 2e-6, (s: number) => s > kink - 2e-6])
      expect(slopeAt((s) => (isInside(s) ? 3 * s : NaN), [1, 0], [0.6, 0.8])).toBeCloseTo(3, 4);
  });

  it("is ContrastiveLoss when it is given its formula", () => {
    const generic = new GenericPairLoss({
      positive: { loss: (d) => Math.max(0, d), slope: (d) => (d > 0 ? 1 : 0) },
      negative: { loss: (d) => Math.max(0, 1 - d), slope: (d) => (d < 1 ? -1 : 0) },
    });
    const [own, given] = [new ContrastiveLoss(), generic].map((loss) => loss.evaluate(rows, labels));
    expect(given.value).toBeCloseTo(own.value, 6);
    expect(given.report).toEqual(own.report);
    given.gradients.embeddings.data.forEach((slope, k) =>
      expect(slope).toBeCloseTo(own.gradients.embeddings.data[k], 5),
    );
  });

  it("needs only the pairs that cost something", () => {
    expect(new GenericPairLoss({ positive: pull }).needs).toEqual({ positives: true, negatives: false });
    expect(new GenericPairLoss({ negative: pull }).needs).toEqual({ positives: false, negatives: true });
    expect(new GenericPairLoss({ positive: pull, negative: push }).needs).toEqual({
      positives: false,
      negatives: false,
    });
    const silent = new GenericPairLoss({ positive: pull, whenSilent: "ignore" }).evaluate(rows, [...Array(9).keys()]);
    expect(silent.report.status).toBe("no-positive-pairs");
    const onlyNegatives = new GenericPairLoss({ negative: push, reducer: new MeanReducer() });
    const { report, value } = onlyNegatives.evaluate(rows, labels);
    expect([report.items, report.positivePairs]).toEqual([report.negativePairs, 14]);
    expect(value).toBeGreaterThan(0);
  });

  it("learns from items below 0 as the reducer does: the mean keeps them, AvgNonZeroReducer leaves them out", () => {
    const similar = { distance: new CosineSimilarity(), positive: (s: number) => s - 2, whenSilent: "ignore" } as const;
    const mean = new GenericPairLoss({ ...similar, reducer: new MeanReducer() }).evaluate(rows, labels);
    expect([mean.report.status, mean.report.activeItems]).toEqual(["learning", 14]);
    expect(mean.value).toBeLessThan(0);
    const kept = new GenericPairLoss({ ...similar, reducer: new AvgNonZeroReducer() }).evaluate(rows, labels);
    expect([kept.report.status, kept.value]).toEqual(["all-satisfied", 0]);
  });

  it("asks for the slope of no pair that has no weight", () => {
    const slope = vi.fn(() => 1);
    const loss = new GenericPairLoss({ positive: { loss: () => 0, slope }, whenSilent: "ignore" });
    expect(loss.evaluate(rows, labels).report.status).toBe("all-satisfied");
    expect(slope).not.toHaveBeenCalled();
  });

  it("is called in errors and warnings what its maker calls it", () => {
    const loss = new GenericPairLoss({ name: "MyLoss", positive: pull });
    expect(() => loss.evaluate(rows, null)).toThrow(/^MyLoss was given neither labels nor tuples/);
    expect(new GenericPairLoss({ positive: pull }).name).toBe("GenericPairLoss");
  });

  it("has nothing to save", () => {
    const loss = new GenericPairLoss({ positive: pull });
    expect([loss.state(), loss.parameters]).toEqual([{ kind: "GenericPairLoss" }, {}]);
    expect(() => loss.load({ kind: "GenericPairLoss" })).not.toThrow();
  });

  it("refuses to be made without a formula, or with what is none", () => {
    expect(() => new GenericPairLoss({})).toThrow(
      new TypeError(
        "neither positive nor negative pairs were given a loss; give one, such as { positive: (d) => d ** 2 }",
      ),
    );
    for (const positive of [3, "d", {}, { loss: 1 }, { loss: pull, slope: 2 }])
      expect(() => new GenericPairLoss({ positive: positive as never })).toThrow(/positive is .*; give a function/);
    expect(() => new GenericPairLoss({ pos: pull } as object)).toThrow(TypeError);
  });
});

it("GenericPairLoss of unit vectors can be checked by hand", () => {
  const formulas = { positive: (d: number) => d ** 2, negative: (d: number) => Math.max(0, 1 - d) };
  const { value } = new GenericPairLoss(formulas).evaluate(threeRows, threeLabels);
  // of the negatives only those at sqrt 0.4 cost something
  expect(value).toBeCloseTo(0.8 + 1 - Math.sqrt(0.4), 5);
});
