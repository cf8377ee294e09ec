import { describe, expect, it } from "vitest";
import { LpDistance, RankedListLoss, type MetricLossOptions } from "../../../src/index.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract } from "../../support/lossContract.ts";
import { itemsOfAnchors, type Valued } from "../../support/plain.ts";

const given = { margin: 0.5, Tn: 2, Tp: 1.5, alpha: 1.3, imbalance: 0.3 };
const make = (options: Partial<MetricLossOptions>): RankedListLoss => new RankedListLoss({ ...given, ...options });

describeLossContract("RankedListLoss", {
  make,
  takesReference: false,
  takesTuples: "none",
  twin: ({ distances, positives, negatives, labels }) => {
    const part = (pairs: readonly Valued[], u: (d: number) => number, temperature: number): number => {
      const violations = pairs.filter(({ value }) => value > 0 && u(value) > 0).map(({ value }) => u(value));
      const weights = violations.map((x) => Math.exp(temperature * x));
      const total = weights.reduce((sum, w) => sum + w, 0) + labels.length * 1e-5;
      return violations.reduce((sum, x, k) => sum + weights[k] * x, 0) / total;
    };
    return {
      loss: {
        kind: "element",
        items: itemsOfAnchors(
          distances,
          positives,
          negatives,
          (mine, others) => 0.7 * part(mine, (d) => d - 0.8, 1.5) + 0.3 * part(others, (d) => 1.3 - d, 2),
        ),
      },
    };
  },
});

describeHostileInputs("RankedListLoss", make);
describeHostileInputs("RankedListLoss with steep weights", (options) =>
  make({ ...options, ...{ Tn: 60, Tp: 60, distance: new LpDistance({ normalizeEmbeddings: false }) } }),
);

describe("RankedListLoss", () => {
  const rows = [
    [1, 0],
    [0, 1],
    [0.6, 0.8],
  ];
  const labels = [0, 0, 1];

  it("does not overflow where its weights would", () => {
    const loss = new RankedListLoss({
      ...given,
      Tp: 1000,
      imbalance: 0,
      distance: new LpDistance({ normalizeEmbeddings: false }),
    });
    const { value } = loss.evaluate(
      [
        [0, 0],
        [10, 0],
        [3, 0],
      ],
      [0, 0, 0],
    );
    // the farthest positive outweighs all others: 10, 10 and 7, minus alpha - margin
    expect(value).toBeCloseTo((10 + 10 + 7) / 3 - 0.8, 5);
  });

  it("takes 1 + margin / 2 as alpha by default", () => {
    const one = new RankedListLoss({ margin: 0.4, Tn: 1 });
    expect(one.alpha).toBeCloseTo(1.2);
    const other = new RankedListLoss({ margin: 0.4, Tn: 1, alpha: 1.2 });
    expect(one.evaluate(rows, labels).value).toBeCloseTo(other.evaluate(rows, labels).value, 10);
  });

  it("refuses to be made without margin or Tn, or with an imbalance outside 0 .. 1", () => {
    expect(() => new RankedListLoss({ Tn: 1 } as never)).toThrow(
      /^RankedListLoss was given no margin; give a finite number/,
    );
    expect(() => new RankedListLoss({ margin: 1 } as never)).toThrow(
      /^RankedListLoss was given no Tn; give a finite number/,
    );
    expect(() => new RankedListLoss({ ...given, imbalance: 1.5 })).toThrow(RangeError);
  });

  it("refuses tuples, a reference and missing labels", () => {
    const loss = make({});
    expect(() => loss.evaluate(rows, null as never)).toThrow(/^RankedListLoss needs labels/);
    expect(() => loss.evaluate(rows, labels, { reference: rows, referenceLabels: labels } as never)).toThrow(
      /^RankedListLoss compares the batch with itself; it was given a reference, leave it out/,
    );
    expect(() =>
      loss.evaluate(rows, labels, { tuples: { anchors: [0], positives: [1], negatives: [2] } } as never),
    ).toThrow(/^RankedListLoss takes no tuples, whatever pairs they name; leave them out/);
  });
});
