import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from "vitest";
import { ProductForm } from "../../src/distances/forms/productForm.ts";
import {
  AngularMiner,
  BatchEasyHardMiner,
  BatchHardMiner,
  CosineSimilarity,
  DistanceWeightedMiner,
  EmbeddingsAlreadyPackagedAsTriplets,
  HDCMiner,
  MeanReducer,
  MultiSimilarityMiner,
  PairMarginMiner,
  prepareBatch,
  Random,
  SupConLoss,
  TripletMarginMiner,
  UniformHistogramMiner,
  type Evaluation,
  type Matrix,
  type Miner,
  type Reducer,
  type Tuples,
} from "../../src/index.ts";
import { groupingOf } from "../../src/tuples/grouping.ts";
import { tupleNames } from "../support/minerContract.ts";

const ROWS = 60;
const random = new Random(9);
const embeddings: Matrix = {
  data: Float32Array.from({ length: ROWS * 8 }, () => random.normal()),
  rows: ROWS,
  cols: 8,
};
const mixed = Array.from({ length: ROWS }, () => "abcdefgh"[random.integer(8)]);
const ordered = [...mixed].sort();
const distance = new CosineSimilarity();
const loss = new SupConLoss({ distance, whenSilent: "ignore" });

const miners: Readonly<Record<string, () => Miner>> = {
  BatchEasyHardMiner: () => new BatchEasyHardMiner({ distance }),
  BatchHardMiner: () => new BatchHardMiner({ distance }),
  HDCMiner: () => new HDCMiner({ distance }),
  MultiSimilarityMiner: () => new MultiSimilarityMiner({ distance }),
  PairMarginMiner: () => new PairMarginMiner({ distance, posMargin: 0.9, negMargin: 0 }),
  TripletMarginMiner: () => new TripletMarginMiner({ distance, maxTuplesPerAnchor: 5 }),
  UniformHistogramMiner: () => new UniformHistogramMiner({ distance }),
};

let products: MockInstance;
beforeEach(() => {
  products = vi.spyOn(ProductForm.prototype, "fillSymmetric");
});
afterEach(() => {
  products.mockRestore();
});

function bitsOf({ value, gradients, report }: Evaluation): unknown[] {
  return [value, [...gradients.embeddings.data], report];
}

function expectClose(found: Evaluation, expected: Evaluation): void {
  expect(found.value / expected.value).toBeCloseTo(1, 6);
  expect(found.report).toEqual(expected.report);
  found.gradients.embeddings.data.forEach((slope, k) =>
    expect(Math.abs(slope - expected.gradients.embeddings.data[k])).toBeLessThan(1e-6),
  );
}

describe("a batch prepared once for a miner and a loss", () => {
  for (const [name, make] of Object.entries(miners)) {
    it(`gives ${name}'s tuples and the loss on them, with one matrix product less when it is shared`, () => {
      const alone = make().mine(embeddings, mixed);
      const expected = loss.evaluate(embeddings, mixed, { tuples: alone });
      expect(alone.negatives.length).toBeGreaterThan(0);
      expect(products).toHaveBeenCalledTimes(2);
      const batch = prepareBatch(embeddings, mixed);
      products.mockClear();
      const [tuples, found] = batch.share(() => {
        const mined = make().mine(batch, mixed);
        return [mined, loss.evaluate(batch, mixed, { tuples: mined })] as const;
      });
      expect(tuples).toEqual(alone);
      expect(products).toHaveBeenCalledTimes(1);
      // anchors come in another order, by class: sums differ by their rounding
      expectClose(found, expected);
    });
  }

  it("gives the loss on tuples with the same bits where samples come class by class", () => {
    const miner = new MultiSimilarityMiner();
    const expected = loss.evaluate(embeddings, ordered, { tuples: miner.mine(embeddings, ordered) });
    const batch = prepareBatch(embeddings, ordered);
    const found = batch.share(() => loss.evaluate(batch, ordered, { tuples: miner.mine(batch, ordered) }));
    expect(bitsOf(found)).toEqual(bitsOf(expected));
  });

  it("gives every loss on all pairs with the same bits, for several losses in a row", () => {
    const other = new SupConLoss({ temperature: 0.5, reducer: new MeanReducer(), whenSilent: "ignore" });
    const expected = [loss, other, loss].map((each) => bitsOf(each.evaluate(embeddings, mixed)));
    const batch = prepareBatch(embeddings, mixed);
    const shared = batch.share(() => [loss, other, loss].map((each) => bitsOf(each.evaluate(batch, mixed))));
    expect(shared).toEqual(expected);
    // and after a miner, and after the sharing has ended
    const after = batch.share(() => {
      new MultiSimilarityMiner().mine(batch, mixed);
      return bitsOf(loss.evaluate(batch, mixed));
    });
    expect(after).toEqual(expected[0]);
    expect(bitsOf(loss.evaluate(batch, mixed))).toEqual(expected[0]);
  });

  it("is not disturbed by a reducer that evaluates the batch itself", () => {
    const batch = prepareBatch(embeddings, mixed);
    const inner = new SupConLoss({ temperature: 0.3, whenSilent: "ignore" });
    const seen: unknown[] = [];
    const mean: Reducer = new MeanReducer();
    const meddling: Reducer = {
      name: "Meddling",
      begin: (context) => {
        const reduction = mean.begin(context);
        const weigh = reduction.weigh.bind(reduction);
        reduction.weigh = (anchor, losses, count, weights) => {
          if (anchor === 7) seen.push(bitsOf(inner.evaluate(batch, mixed)));
          weigh(anchor, losses, count, weights);
        };
        return reduction;
      },
    };
    const expected = bitsOf(new SupConLoss({ reducer: mean }).evaluate(embeddings, mixed));
    const found = batch.share(() => bitsOf(new SupConLoss({ reducer: meddling }).evaluate(batch, mixed)));
    expect(found).toEqual(expected);
    expect(seen).toEqual([bitsOf(inner.evaluate(embeddings, mixed))]);
  });

  it("lets the loss take a miner's tuples unchecked and as they are grouped, but no others", () => {
    const batch = prepareBatch(embeddings, mixed);
    const triplets = new TripletMarginMiner({ distance }).mine(batch, mixed);
    expect(groupingOf(triplets, batch)).not.toBeNull();
    expect(groupingOf(triplets, prepareBatch(embeddings, mixed))).toBeNull();
    expect(groupingOf({ ...triplets }, batch)).toBeNull();
    expect(groupingOf(new TripletMarginMiner({ distance }).mine(embeddings, mixed), batch)).toBeNull();
    const packaged = new EmbeddingsAlreadyPackagedAsTriplets().mine(batch, mixed);
    expect(groupingOf(packaged, batch)).not.toBeNull();

    const wrong: Tuples = { anchors: [0], positives: [1], negatives: [ROWS] };
    expect(() => loss.evaluate(batch, mixed, { tuples: wrong })).toThrow(`tuples.negatives[0] is ${ROWS}`);
  });

  it("counts for what it is: other labels, or another reference, are prepared anew", () => {
    const batch = prepareBatch(embeddings, mixed);
    const miner = new PairMarginMiner();
    batch.share(() => {
      expect(miner.mine(batch, ordered)).toEqual(miner.mine(embeddings, ordered));
      const reference = { ...embeddings, data: embeddings.data.map((x) => -x) };
      const options = { reference, referenceLabels: mixed };
      expect(miner.mine(batch, mixed, options)).toEqual(miner.mine(embeddings, mixed, options));
      expect(() => miner.mine(batch, null as never)).toThrow("labels is null");
    });
  });

  it("takes a reference that it was prepared with, and where anchors stand in it", () => {
    const anchorRows = Array.from({ length: ROWS }, (_, i) => i);
    const batch = prepareBatch(embeddings, mixed, { reference: embeddings, referenceLabels: mixed, anchorRows });
    // anchors come as they were given, not by class, so that what is drawn at random differs
    for (const name of [
      "BatchEasyHardMiner",
      "BatchHardMiner",
      "HDCMiner",
      "MultiSimilarityMiner",
      "PairMarginMiner",
    ]) {
      const names = (given: Matrix): string[] => tupleNames(miners[name]().mine(given, mixed)).sort();
      expect(names(batch)).toEqual(names(embeddings));
    }
    for (const miner of [new AngularMiner({ angle: 30 }), new DistanceWeightedMiner({ nonzeroLossCutoff: 2 })])
      for (const [a, p] of tupleNames(miner.mine(batch, mixed)).map((name) => name.split(" "))) expect(a).not.toBe(p);
  });
});
