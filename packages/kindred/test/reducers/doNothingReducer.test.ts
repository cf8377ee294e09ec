import { describe, expect, it } from "vitest";
import {
  ContrastiveLoss,
  DoNothingReducer,
  LpRegularizer,
  NTXentLoss,
  SupConLoss,
  TripletMarginLoss,
  type MetricLoss,
  type Tuples,
} from "../../src/index.ts";
import { fromRows, plainDistances, plainPairs, plainTriplets } from "../support/plain.ts";
import { normalRows } from "../support/twin.ts";

const reducer = new DoNothingReducer();
const rows = normalRows(7, 4, 4);
const labels = ["b", "a", "b", "c", "a", "b", "d"];
const [positives, negatives] = plainPairs(labels, null);

function subLossesOf(loss: MetricLoss, tuples?: Tuples) {
  const { value, gradients, report, subLosses } = loss.evaluate(fromRows(rows), labels, { tuples });
  expect(value).toBe(0);
  expect(gradients.embeddings.data.every((slope) => slope === 0)).toBe(true);
  expect(report.status).toBe("learning");
  return { report, subLosses: subLosses! };
}

const columns = (tuples: readonly (readonly number[])[]): number[][] =>
  (tuples[0] ?? []).map((_, w) => tuples.map((tuple) => tuple[w]));

describe("DoNothingReducer", () => {
  it("hands out the items of pairs with anchor and other, ordered by them", () => {
    const loss = new ContrastiveLoss({ reducer, negMargin: 2 });
    const { subLosses, report } = subLossesOf(loss);
    const distances = plainDistances(loss.distance, rows, rows);
    const { posLoss, negLoss } = subLosses;
    expect([posLoss.reductionType, negLoss.reductionType]).toEqual(["pos_pair", "neg_pair"]);
    expect(posLoss.indices!.map((list) => Array.from(list))).toEqual(columns(positives));
    expect(negLoss.indices!.map((list) => Array.from(list))).toEqual(columns(negatives));
    positives.forEach(([a, p], k) => expect(posLoss.losses[k]).toBeCloseTo(distances[a][p], 5));
    negatives.forEach(([a, n], k) => expect(negLoss.losses[k]).toBeCloseTo(2 - distances[a][n], 5));
    expect([report.items, report.activeItems]).toEqual(Array(2).fill(positives.length + negatives.length));
  });

  it("hands out triplets with anchor, positive and negative", () => {
    const loss = new TripletMarginLoss({ reducer, margin: 0.3 });
    const { losses, indices, reductionType } = subLossesOf(loss).subLosses.loss;
    const triplets = plainTriplets(positives, negatives);
    const distances = plainDistances(loss.distance, rows, rows);
    expect(reductionType).toBe("triplet");
    expect(losses).toHaveLength(triplets.length);
    losses.forEach((item, k) => {
      const [a, p, n] = indices!.map((list) => list[k]);
      expect([labels[a] === labels[p], labels[a] === labels[n]]).toEqual([true, false]);
      expect(item).toBeCloseTo(Math.max(0, distances[a][p] - distances[a][n] + 0.3), 5);
    });
    expect(new Set(Array.from(losses, (_, k) => indices!.map((list) => list[k]).join())).size).toBe(triplets.length);
  });

  it("hands out one item an anchor, and a loss's positive pairs in the order of the tuples given", () => {
    const { losses, indices, reductionType } = subLossesOf(new SupConLoss({ reducer })).subLosses.loss;
    expect(reductionType).toBe("element");
    expect(indices!.map((list) => Array.from(list))).toEqual([Array.from(losses.keys())]);
    const tuples = { anchors1: [4, 0, 2], positives: [1, 5, 0], anchors2: [4, 0, 2], negatives: [3, 3, 3] };
    const pairs = subLossesOf(new NTXentLoss({ reducer }), tuples).subLosses.loss.indices!;
    expect(pairs.map((list) => Array.from(list))).toEqual([tuples.anchors1, tuples.positives]);
  });

  it("hands out nothing, reduced already, of a batch without items, and the penalty beside it", () => {
    const loss = new SupConLoss({ reducer, embeddingRegularizer: new LpRegularizer(), whenSilent: "ignore" });
    const { value, report, subLosses } = loss.evaluate(
      [
        [3, 4],
        [0, 1],
      ],
      [0, 1],
    );
    expect([value, report.status]).toEqual([0, "no-positive-pairs"]);
    expect(subLosses!.loss).toEqual({ losses: new Float64Array(0), indices: null, reductionType: "already_reduced" });
    expect(subLosses!.embeddingRegLoss).toEqual({
      losses: Float64Array.of(3),
      indices: null,
      reductionType: "already_reduced",
    });
  });
});
