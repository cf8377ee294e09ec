import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DotProductSimilarity,
  HistogramLoss,
  LpDistance,
  SumReducer,
  type HistogramLossOptions,
} from "../../../src/index.ts";
import { threeLabels, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract, scene } from "../../support/lossContract.ts";
import { fromRows, type Pair } from "../../support/plain.ts";
import { expectTrueAcrossTiles } from "../../support/tiles.ts";

/** sum_r h-_r sum_{q <= r} h+_q of the similarities of positives and of negatives. */
function histogramLoss(positives: readonly number[], negatives: readonly number[], bins: number): number {
  const width = 2 / bins;
  const shares = (similarities: readonly number[]): number[] =>
    Array.from({ length: bins + 1 }, (_, r) => {
      const edge = -1 + r * width;
      const closeness = similarities.map((s) => Math.max(0, 1 - Math.abs(clamp(s) - edge) / width));
      return closeness.reduce((sum, x) => sum + x, 0) / similarities.length;
    });
  const [mine, others] = [shares(positives), shares(negatives)];
  let [below, total] = [0, 0];
  mine.forEach((share, r) => {
    below += share;
    total += others[r] * below;
  });
  return total;
}

const clamp = (s: number): number => Math.max(-1, Math.min(1, s));

describeLossContract("HistogramLoss", {
  make: (options) => new HistogramLoss({ nBins: 8, ...options } as HistogramLossOptions),
  distances: [new CosineSimilarity(), new DotProductSimilarity(), new CosineSimilarity({ power: 3 })],
  reducers: [new SumReducer()],
  takesReference: false,
  twin: ({ distances, positives, negatives }) => {
    // unordered pairs, each once, of anchors that have both
    const similarities = (pairs: readonly Pair[], live: readonly Pair[]): number[] => {
      const anchors = new Set(live.map(([a]) => a));
      const kept = pairs.filter(([a]) => anchors.has(a)).map(([a, j]) => `${Math.min(a, j)} ${Math.max(a, j)}`);
      return [...new Set(kept)].map((pair) => {
        const [a, j] = pair.split(" ").map(Number);
        return distances[a][j];
      });
    };
    const [mine, others] = [similarities(positives, negatives), similarities(negatives, positives)];
    const loss = mine.length === 0 || others.length === 0 ? 0 : histogramLoss(mine, others, 8);
    return { loss: { kind: "already_reduced", items: [{ anchor: 0, loss }] } };
  },
});

describeHostileInputs("HistogramLoss", (options) => new HistogramLoss(options as HistogramLossOptions));

describe("HistogramLoss", () => {
  const rows = [
    [1, 0],
    [1, 0],
    [-1, 0],
    [0, 1],
  ];

  it("takes similarities of exactly 1 and -1", () => {
    expect(new HistogramLoss({ whenSilent: "ignore" }).evaluate(rows.slice(0, 3), [0, 0, 1]).value).toBe(0);
    expect(new HistogramLoss().evaluate(rows.slice(0, 3), [0, 1, 0]).value).toBe(1);
  });

  it("leaves out negative pairs of two samples that have no positives", () => {
    const { rows, labels } = scene({ n: 9, d: 4, seed: 40 });
    const singletons = labels.map((label, i) => (i < 6 ? label : i));
    const pairs = singletons.flatMap((a, i) => singletons.slice(i + 1).map((b, k) => [i, i + 1 + k, a === b] as const));
    const similarity = (i: number, j: number): number =>
      rows[i].reduce((sum, x, k) => sum + x * rows[j][k], 0) / Math.hypot(...rows[i]) / Math.hypot(...rows[j]);
    const hasPositive = (i: number): boolean => singletons.filter((label) => label === singletons[i]).length > 1;
    const mine = pairs.filter(([, , isMine]) => isMine).map(([i, j]) => similarity(i, j));
    const others = pairs
      .filter(([i, j, isMine]) => !isMine && (hasPositive(i) || hasPositive(j)))
      .map(([i, j]) => similarity(i, j));
    const { value } = new HistogramLoss().evaluate(fromRows(rows), singletons);
    expect(value).toBeCloseTo(histogramLoss(mine, others, 100), 5);
  });

  it("takes the bins' number or their width", () => {
    expect(new HistogramLoss().delta).toBe(0.02);
    expect(new HistogramLoss({ nBins: 50 }).delta).toBe(0.04);
    expect(new HistogramLoss({ delta: 0.04, nBins: 50 }).delta).toBe(0.04);
    expect(() => new HistogramLoss({ delta: 0.3, nBins: 10 })).toThrow(
      new RangeError("delta is 0.3 and nBins is 10; delta must be 2 / nBins: give one of them"),
    );
    expect(() => new HistogramLoss({ delta: 0 })).toThrow(RangeError);
    expect(() => new HistogramLoss({ nBins: 2.5 })).toThrow(RangeError);
  });

  it("takes widths that do not divide the range", () => {
    for (const delta of [0.3, 0.6, 2]) {
      const { value, gradients } = new HistogramLoss({ delta }).evaluate(rows, [0, 0, 1, 1]);
      expect(value).toSatisfy(Number.isFinite);
      expect(gradients.embeddings.data.every(Number.isFinite)).toBe(true);
    }
  });

  it("is true to its equation when the batch takes several tiles", { tags: ["long"] }, () => {
    expectTrueAcrossTiles(new HistogramLoss({ nBins: 5 }), (similarity, labels) => {
      const counts = [new Float64Array(6), new Float64Array(6)];
      const sizes = [0, 0];
      for (let i = 0; i < labels.length; i++) {
        for (let j = 0; j < i; j++) {
          const kind = labels[i] === labels[j] ? 0 : 1;
          const position = (similarity(i, j) + 1) / 0.4;
          const edge = Math.min(4, Math.floor(position));
          counts[kind][edge] += edge + 1 - position;
          counts[kind][edge + 1] += position - edge;
          sizes[kind]++;
        }
      }
      let [below, total] = [0, 0];
      for (let r = 0; r <= 5; r++) {
        below += counts[0][r] / sizes[0];
        total += (below * counts[1][r]) / sizes[1];
      }
      return total;
    });
  });

  it("refuses what is no similarity from -1 to 1, and a reference", () => {
    expect(() => new HistogramLoss({ distance: new LpDistance() as never })).toThrow(TypeError);
    const raw = new DotProductSimilarity({ normalizeEmbeddings: false });
    expect(() => new HistogramLoss({ distance: raw })).toThrow(/with normalizeEmbeddings true, given false/);
    for (const options of [{ p: 3 }, { power: -1 }])
      expect(() => new HistogramLoss({ distance: new CosineSimilarity(options) })).toThrow(/they leave that range/);
    expect(() =>
      new HistogramLoss().evaluate(rows, [0, 0, 1, 1], { reference: rows, referenceLabels: [0, 0, 1, 1] } as never),
    ).toThrow(/^HistogramLoss compares the batch with itself/);
  });
});

it("HistogramLoss of unit vectors can be checked by hand", () => {
  // bins end at -1, 0 and 1: positives [0, 0.4, 0.6], negatives at 0 and 0.8 [0, 0.6, 0.4]
  const { value } = new HistogramLoss({ nBins: 2 }).evaluate(threeRows, threeLabels);
  expect(value).toBeCloseTo(0.6 * 0.4 + 0.4 * 1, 5);
});
