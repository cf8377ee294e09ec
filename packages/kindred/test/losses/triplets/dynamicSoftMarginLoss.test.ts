import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DoNothingReducer,
  DynamicSoftMarginLoss,
  LpDistance,
  SumReducer,
  type DynamicSoftMarginLossOptions,
} from "../../../src/index.ts";
import { threeLabels, threeRows } from "../../support/byHand.ts";
import { differencesOf, pairedDifferences, plainLoss, zeros, type Bins } from "../../support/dynamicSoftMargin.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract, scene } from "../../support/lossContract.ts";
import { fromRows, plainDistances, type Rows } from "../../support/plain.ts";
import { expectTwin, expectTwinAlongSlope, normalRows } from "../../support/twin.ts";

for (const bins of [{}, { numBins: 7, minVal: -1.3 }] satisfies Bins[])
  describeLossContract(`DynamicSoftMarginLoss ${JSON.stringify(bins)}`, {
    make: (options) => new DynamicSoftMarginLoss({ ...bins, ...options } as DynamicSoftMarginLossOptions),
    distances: [new LpDistance(), new LpDistance({ power: 2 })],
    reducers: [new SumReducer()],
    // the value jumps where a difference changes its bin: slopes are compared below, away from that
    hasTrueSlope: false,
    twin: ({ distances, triplets }) => {
      const differences = triplets.map(([a, p, n]) => distances[a][p] - distances[a][n]);
      const [loss] = differences.length === 0 ? [0] : plainLoss(differences, zeros(bins.numBins ?? 10), bins);
      return { loss: { kind: "already_reduced", items: [{ anchor: 0, loss }] } };
    },
  });

describeHostileInputs(
  "DynamicSoftMarginLoss",
  (options) => new DynamicSoftMarginLoss(options as DynamicSoftMarginLossOptions),
);
describeHostileInputs(
  "DynamicSoftMarginLoss without labels",
  (options) => new DynamicSoftMarginLoss(options as DynamicSoftMarginLossOptions),
  (loss, embeddings) => loss.evaluate(embeddings, null),
);

describe("DynamicSoftMarginLoss", () => {
  const { rows, labels } = scene({ n: 6, d: 4, seed: 12 });
  const embeddings = fromRows(rows);

  for (const options of [
    {},
    { numBins: 4 },
    { numBins: 30, minVal: -2.5 },
    { numBins: 5, minVal: -0.4 },
    { numBins: 1 },
  ] satisfies Bins[])
    it(`has true slopes with ${JSON.stringify(options)}`, () => {
      const loss = new DynamicSoftMarginLoss(options);
      expectTwin(loss.evaluate(embeddings, labels), { embeddings: rows }, (inputs) => {
        const differences = differencesOf(inputs.embeddings, labels);
        return plainLoss(differences, zeros(loss.options.numBins), options)[0];
      });
    });

  it("carries its histogram from batch to batch, and slopes pass through this batch's share of it", () => {
    const options = { numBins: 8, momentum: 0.3 };
    const loss = new DynamicSoftMarginLoss(options);
    let histogram = zeros(8);
    expect([...loss.histogram]).toEqual(histogram);
    for (const seed of [12, 13, 14]) {
      const batch = scene({ n: 6, d: 4, seed });
      const earlier = histogram;
      const equation = (moved: Rows): number => plainLoss(differencesOf(moved, batch.labels), earlier, options)[0];
      expectTwin(loss.evaluate(fromRows(batch.rows), batch.labels), { embeddings: batch.rows }, (inputs) =>
        equation(inputs.embeddings),
      );
      histogram = plainLoss(differencesOf(batch.rows, batch.labels), earlier, options)[1];
      [...loss.histogram].forEach((share, k) => {
        expect(share).toBeCloseTo(histogram[k], 5);
      });
    }
  });

  it("lets nobody change its histogram from outside", () => {
    const loss = new DynamicSoftMarginLoss();
    loss.evaluate(embeddings, labels);
    const before = [...loss.histogram];
    loss.histogram.fill(7);
    expect([...loss.histogram]).toEqual(before);
  });

  it("goes on where a saved state was taken", () => {
    const loss = new DynamicSoftMarginLoss({ momentum: 0.2 });
    loss.evaluate(embeddings, labels);
    const saved = JSON.parse(JSON.stringify(loss.state())) as ReturnType<typeof loss.state>;
    const other = new DynamicSoftMarginLoss({ momentum: 0.2 });
    other.load(saved);
    const next = scene({ n: 9, d: 4, seed: 15 });
    const { value } = loss.evaluate(fromRows(next.rows), next.labels);
    expect(other.evaluate(fromRows(next.rows), next.labels).value).toBe(value);
    expect(other.histogram).toEqual(loss.histogram);
  });

  it("keeps its histogram when a batch has no triplets", () => {
    const loss = new DynamicSoftMarginLoss({ whenSilent: "ignore" });
    loss.evaluate(embeddings, labels);
    const before = loss.histogram;
    loss.evaluate(rows.slice(0, 3), [1, 1, 1]);
    const tuples = { anchors1: [0], positives: [1], anchors2: [2], negatives: [3] };
    expect(loss.evaluate(embeddings, labels, { tuples }).value).toBe(0);
    expect(loss.histogram).toEqual(before);
  });

  it("takes differences at the very ends of the histogram, and beyond them", () => {
    const line = [
      [1, 0],
      [-1, 0],
      [1, 0],
    ];
    // anchor 0: 2 - 0, anchor 1: 2 - 2
    const loss = new DynamicSoftMarginLoss();
    expect(loss.evaluate(line, [0, 0, 1]).value).toBeCloseTo(1, 6);
    expect([...loss.histogram]).toEqual([0, 0, 0, 0, 0, 0.5, 0, 0, 0, 0.5]);
    const narrow = new DynamicSoftMarginLoss({ minVal: -0.5, numBins: 2 });
    expect(narrow.evaluate(line, [0, 0, 1]).value).toBeCloseTo(1, 6);
    expect([...narrow.histogram]).toEqual([0, 1]);
    expect(narrow.evaluate(line, [0, 1, 0]).value).toBeLessThan(0);
  });

  it("without labels and tuples takes row i of both sides as a pair", () => {
    for (const [n, m] of [
      [7, 7],
      [5, 8],
      [8, 5],
      [1, 2],
      [2, 1],
    ]) {
      const [own, other] = [normalRows(n, 4, 50 + n), normalRows(m, 4, 60 + m)];
      const loss = new DynamicSoftMarginLoss();
      const evaluation = loss.evaluate(fromRows(own), null, { reference: fromRows(other) });
      expectTwin(evaluation, { embeddings: own, reference: other }, (inputs) => {
        const differences = pairedDifferences(inputs.embeddings, inputs.reference);
        return plainLoss(differences, zeros(10), {})[0];
      });
      expect(evaluation.report.items).toBe(Math.min(n, m));
    }
  });

  it("without labels, tuples and reference takes each row as its own positive", () => {
    const evaluation = new DynamicSoftMarginLoss().evaluate(embeddings, null);
    expectTwin(evaluation, { embeddings: rows }, (inputs) => {
      const differences = pairedDifferences(inputs.embeddings, inputs.embeddings);
      return plainLoss(differences, zeros(10), {})[0];
    });
  });

  it("without labels says when there is no pair or no negative", () => {
    const loss = new DynamicSoftMarginLoss({ whenSilent: "ignore" });
    expect(loss.evaluate([], null).report.status).toBe("empty-batch");
    expect(loss.evaluate(rows.slice(0, 1), null).report.status).toBe("no-negative-pairs");
  });

  it("takes tuples without labels", () => {
    const tuples = { anchors: [0, 3], positives: [1, 2], negatives: [4, 5] };
    const distances = plainDistances(new LpDistance(), rows, rows);
    const differences = [distances[0][1] - distances[0][4], distances[3][2] - distances[3][5]];
    const { value } = new DynamicSoftMarginLoss().evaluate(embeddings, null, { tuples });
    expect(value).toBeCloseTo(plainLoss(differences, zeros(10), {})[0], 5);
  });

  it("is true to its equation when the batch takes several tiles", { tags: ["long"] }, () => {
    const many = normalRows(2100, 3, 71);
    const classes = many.map((_, i) => (i * 7) % 1000);
    // a single bin: no jumps
    const loss = new DynamicSoftMarginLoss({ numBins: 1 });
    expectTwinAlongSlope(loss.evaluate(fromRows(many), classes), many, null, (moved) => {
      const toEveryone = plainDistances(new LpDistance(), moved, moved);
      let [total, count] = [0, 0];
      classes.forEach((label, a) => {
        const toOthers = toEveryone[a];
        const [positives, negatives]: [number[], number[]] = [[], []];
        toOthers.forEach((d, j) => {
          if (classes[j] !== label) negatives.push(d);
          else if (j !== a) positives.push(d);
        });
        const sumOfNegatives = negatives.reduce((sum, d) => sum + d, 0);
        for (const d of positives) total += negatives.length * d - sumOfNegatives;
        count += positives.length * negatives.length;
      });
      return total / count;
    });
  });

  it("hands its value out unreduced for a DoNothingReducer, and has its histogram", () => {
    const loss = new DynamicSoftMarginLoss({ reducer: new DoNothingReducer() });
    const { subLosses, value } = loss.evaluate(embeddings, labels);
    expect(value).toBe(0);
    expect(subLosses!.loss.losses[0]).toBe(new DynamicSoftMarginLoss().evaluate(embeddings, labels).value);
    expect(loss.histogram.some((share) => share > 0)).toBe(true);
  });

  it("refuses what makes no histogram", () => {
    const refuse = (options: Partial<DynamicSoftMarginLossOptions>, message: RegExp): void => {
      expect(() => new DynamicSoftMarginLoss(options)).toThrow(message);
    };
    refuse({ minVal: 0 }, /minVal is 0; give a finite number < 0/);
    refuse({ numBins: 2.5 }, /numBins is 2.5; give a whole number/);
    refuse({ momentum: 2 }, /momentum is 2/);
    refuse({ distance: new CosineSimilarity() as never }, /works on LpDistance alone/);
    refuse({ distance: new LpDistance({ p: 1 }) }, /needs a LpDistance with p 2/);
    const loss = new DynamicSoftMarginLoss();
    const kind = "DynamicSoftMarginLoss";
    expect(() => loss.load({ kind })).toThrow(/the state has no histogram/);
    expect(() => loss.load({ kind, histogram: [1, 2] })).toThrow(/histogram is an array of 2; a list of 10 numbers/);
    expect(() => loss.load({ kind, histogram: zeros(10).fill(-1) })).toThrow(/histogram\[0\] is -1; give/);
  });
});

it("DynamicSoftMarginLoss of unit vectors can be checked by hand", () => {
  const { value } = new DynamicSoftMarginLoss({ numBins: 2 }).evaluate(threeRows, threeLabels);
  // one difference in each half of the histogram, whose bins start at -2 and 0; the first is shared by both bins, as it
  // lies between their starts: the first bin gets -low / 2 of it, which is one of two differences
  const [low, high] = [Math.sqrt(0.8) - Math.sqrt(2), Math.sqrt(0.8) - Math.sqrt(0.4)];
  expect(value).toBeCloseTo(((-low / 4) * low + 1 * high) / 2, 5);
});
