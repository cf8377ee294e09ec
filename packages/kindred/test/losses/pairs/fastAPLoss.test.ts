import { describe, expect, it } from "vitest";
import { CosineSimilarity, FastAPLoss, LpDistance, type FastAPLossOptions } from "../../../src/index.ts";
import { threeLabels, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract, scene } from "../../support/lossContract.ts";
import { fromRows, itemsOfAnchors, type Valued } from "../../support/plain.ts";

/** 1 - average precision from soft histograms with `bins` bins up to `largest`. */
function item(mine: readonly Valued[], others: readonly Valued[], bins: number, largest: number): number {
  const width = largest / bins;
  const edges = Array.from({ length: bins + 1 }, (_, j) => j * width);
  const histogram = (pairs: readonly Valued[]): number[] =>
    edges.map((edge) => pairs.reduce((sum, { value }) => sum + Math.max(0, 1 - Math.abs(value - edge) / width), 0));
  const [h, other] = [histogram(mine), histogram(others)];
  const upTo = (counts: number[], j: number): number => counts.slice(0, j + 1).reduce((sum, x) => sum + x, 0);
  const precision = h.reduce((sum, here, j) => {
    return here === 0 ? sum : sum + (here * upTo(h, j)) / (upTo(h, j) + upTo(other, j));
  }, 0);
  return 1 - precision / mine.length;
}

for (const power of [1, 2, 3]) {
  describeLossContract(`FastAPLoss with power ${power}`, {
    make: (options) => new FastAPLoss({ numBins: 7, ...options } as FastAPLossOptions),
    distances: [new LpDistance({ power })],
    takesReference: false,
    takesTuples: "none",
    twin: ({ distances, positives, negatives }) => {
      const live = new Set(positives.map(([a]) => a));
      const items = itemsOfAnchors(distances, positives, negatives, (mine, others) =>
        mine.length === 0 ? 0 : item(mine, others, 7, 2 ** power),
      );
      return { loss: { kind: "element", items: items.filter(({ anchor }) => live.has(anchor)) } };
    },
  });
}

describeHostileInputs("FastAPLoss", (options) => new FastAPLoss(options as FastAPLossOptions));

describe("FastAPLoss", () => {
  const { rows, labels } = scene({ n: 7, d: 4, seed: 12 });

  it("is 0 for a perfect ranking whose positives and negatives share no bin", () => {
    const loss = new FastAPLoss({ whenSilent: "ignore" });
    const { value, report } = loss.evaluate(
      [
        [1, 0],
        [1, 0],
        [-1, 0],
        [-1, 0],
      ],
      [0, 0, 1, 1],
    );
    expect([value, report.status]).toEqual([0, "all-satisfied"]);
  });

  it("has no slope where all distances lie at edges of the bins", () => {
    const rows = [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ];
    const { value, gradients } = new FastAPLoss().evaluate(rows, [0, 0, 1, 0]);
    expect(value).toBeGreaterThan(0);
    expect(gradients.embeddings.data.every((slope) => slope === 0)).toBe(true);
  });

  it("weighs anchors by how often they stand in the tuples", () => {
    const perAnchor = labels.map((_, i) => {
      const alone = { anchors1: [i], positives: [i], anchors2: [i], negatives: [i] };
      return new FastAPLoss().evaluate(fromRows(rows), labels, { tuples: alone }).value;
    });
    const tuples = { anchors: [0, 1, 1], positives: [2, 2, 3], negatives: [4, 5, 5] };
    const counts = [1, 2, 2, 1, 1, 2, 0];
    const { value } = new FastAPLoss().evaluate(fromRows(rows), labels, { tuples });
    expect(value).toBeCloseTo(
      perAnchor.reduce((sum, loss, i) => sum + (loss * counts[i]) / 2, 0),
      5,
    );
  });

  it("refuses other distances, raw embeddings, a reference and missing labels", () => {
    expect(() => new FastAPLoss({ distance: new CosineSimilarity() as never })).toThrow(
      new TypeError("FastAPLoss works on LpDistance alone, given CosineSimilarity; leave the distance out"),
    );
    expect(() => new FastAPLoss({ distance: new LpDistance({ normalizeEmbeddings: false }) })).toThrow(
      new RangeError(
        "FastAPLoss needs a LpDistance with normalizeEmbeddings true, given false; leave normalizeEmbeddings out",
      ),
    );
    expect(() => new FastAPLoss({ distance: new LpDistance({ p: 1 }) })).toThrow(RangeError);
    expect(() => new FastAPLoss({ numBins: 0 })).toThrow(RangeError);
    const loss = new FastAPLoss();
    expect(() => loss.evaluate(fromRows(rows), null as never)).toThrow(/^FastAPLoss needs labels/);
    expect(() =>
      loss.evaluate(fromRows(rows), labels, { reference: fromRows(rows), referenceLabels: labels } as never),
    ).toThrow(/^FastAPLoss compares the batch with itself/);
  });
});

it("FastAPLoss of unit vectors can be checked by hand", () => {
  // edges at 0 and 4: the positive counts 0.8 and 0.2, negatives 0.5 and 0.5, or 0.9 and 0.1
  const { value } = new FastAPLoss({ numBins: 1 }).evaluate(threeRows, threeLabels);
  expect(value).toBeCloseTo(1 - (0.64 / 1.3 + 0.64 / 1.7) / 2 - 0.1, 5);
});
