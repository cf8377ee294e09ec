import { describe, expect, test } from "vitest";
import { usearchIndex, type UsearchOptions } from "../../src/engines/usearch.ts";
import {
  AccuracyCalculator,
  CosineSimilarity,
  type Distance,
  DotProductSimilarity,
  EmbeddingIndex,
  InferenceModel,
  LpDistance,
  mineHardNegatives,
  nearestNeighbours,
  SNRDistance,
} from "../../src/index.ts";
import { normalMatrix } from "../evaluation/fixtures.ts";

const gallery = normalMatrix(300, 6);
const query = normalMatrix(20, 6, 2);
/** Looks at every reference: as many candidates as there are references. */
const thorough: Partial<UsearchOptions> = { connectivity: 32, expansionAdd: 300, expansionSearch: 300 };
/** Hardly any links and candidates, so that neighbours are missed. */
const careless: Partial<UsearchOptions> = { connectivity: 2, expansionAdd: 1, expansionSearch: 1 };

describe("usearchIndex", () => {
  test.each<[string, Distance]>([
    ["Euclidean distances", new LpDistance({ normalizeEmbeddings: false })],
    ["squared distances of unit vectors", new LpDistance({ power: 2 })],
    ["cosines", new CosineSimilarity()],
    ["dot products", new DotProductSimilarity({ normalizeEmbeddings: false })],
  ])("finds the exact neighbours by %s when it looks at every reference", (_, distance) => {
    const exact = nearestNeighbours(query, gallery, 5, { distance });
    const index = usearchIndex(thorough)(gallery, distance);
    expect(index.size).toBe(300);
    const found = index.search(query, 5);
    expect([...found.indices]).toEqual([...exact.indices]);
    found.distances.forEach((value, place) => expect(value).toBeCloseTo(exact.distances[place], 4));
  });

  test("answers one query, none, and more than it is handed at a time", () => {
    const distance = new LpDistance({ normalizeEmbeddings: false });
    const index = usearchIndex(thorough)(gallery, distance);
    const one = { data: query.data.subarray(0, 6), rows: 1, cols: 6 };
    expect([...index.search(one, 2).indices]).toEqual([...index.search(query, 2).indices.subarray(0, 2)]);
    expect(index.search({ data: new Float32Array(0), rows: 0, cols: 6 }, 2).indices.length).toBe(0);
    const many = normalMatrix(1030, 6, 3);
    expect([...index.search(many, 1).indices]).toEqual([...nearestNeighbours(many, gallery, 1, { distance }).indices]);
  });

  test("fills the places of what it does not find with -1", () => {
    const index = usearchIndex()({ data: Float32Array.of(0, 0, 1, 0), rows: 2, cols: 2 }, new CosineSimilarity());
    const { indices, distances } = index.search({ data: Float32Array.of(1, 0), rows: 1, cols: 2 }, 3);
    expect([...indices]).toEqual([1, 0, -1]);
    expect([...distances]).toEqual([1, 0, -Infinity]);
  });

  test("gives the same on one thread every time", () => {
    const build = () => usearchIndex(careless)(gallery, new CosineSimilarity()).search(query, 5);
    expect(build()).toEqual(build());
  });

  test("has its recall in an accuracy's result, and finds more with more candidates", () => {
    const queryLabels = Array.from({ length: 300 }, (_, i) => (gallery.data[6 * i] > 0 ? "right" : "left"));
    const evaluate = (options: Partial<UsearchOptions>) =>
      new AccuracyCalculator({ include: ["precisionAt5"], knnFunc: usearchIndex(options) }).getAccuracy({
        query: gallery,
        queryLabels,
      });
    const exact = new AccuracyCalculator({ include: ["precisionAt5"] }).getAccuracy({ query: gallery, queryLabels });
    const good = evaluate(thorough);
    expect(good.indexRecall).toBe(1);
    expect(good.metrics.precisionAt5).toBeCloseTo(exact.metrics.precisionAt5, 12);
    expect(evaluate(careless).indexRecall).toBeLessThan(0.9);
  });

  test("serves an EmbeddingIndex, also after rows are added, and after loading", () => {
    const knnFunc = usearchIndex(thorough);
    const index = new EmbeddingIndex({ knnFunc });
    index.add(gallery);
    expect([...index.search(query, 3).indices]).toEqual([...nearestNeighbours(query, gallery, 3).indices]);
    index.add(query);
    expect([...index.search(query, 1).indices]).toEqual(Array.from({ length: 20 }, (_, i) => 300 + i));
    expect(index.recall({ queries: query, k: 4 })).toBe(1);
    const { index: loaded } = EmbeddingIndex.load(index.save(), index.distance, knnFunc);
    expect(loaded.search(query, 3)).toEqual(index.search(query, 3));
    const poor = new EmbeddingIndex({ knnFunc: usearchIndex(careless) });
    poor.add(gallery);
    expect(poor.recall()).toBeLessThan(0.9);
    expect(poor.quantized("int8").recall).toBeLessThan(0.9);
  });

  test("stays the index of an InferenceModel when it is trained anew and loaded", () => {
    let built = 0;
    const knnFunc: ReturnType<typeof usearchIndex> = (reference, distance) => {
      built++;
      return usearchIndex(thorough)(reference, distance);
    };
    const inference = new InferenceModel({ index: new EmbeddingIndex({ knnFunc }) });
    inference.trainKnn(gallery);
    const found = inference.getNearestNeighbors(query, 2);
    inference.getNearestNeighbors(query, 2);
    expect(built).toBe(1);
    inference.loadKnn(inference.saveKnn());
    expect(inference.getNearestNeighbors(query, 2)).toEqual(found);
    expect(built).toBe(2);
  });

  test("mines the hard negatives that an exact search mines, and tells its recall", { tags: ["long"] }, () => {
    const labels = Array.from({ length: 300 }, (_, i) => i % 7);
    const exact = mineHardNegatives({ anchors: gallery, labels });
    const found = mineHardNegatives({ anchors: gallery, labels }, { knnFunc: usearchIndex(thorough) });
    expect(exact.indexRecall).toBeUndefined();
    expect(found.indexRecall).toBe(1);
    expect(found.triplets).toEqual(exact.triplets);
    const poor = mineHardNegatives({ anchors: gallery, labels }, { knnFunc: usearchIndex(careless) });
    expect(poor.indexRecall).toBeLessThan(1);
    for (const [k, negative] of poor.triplets.negatives.entries())
      expect(labels[negative]).not.toBe(labels[poor.triplets.anchors[k]]);
  });

  test("refuses distances it cannot compare by, and options that are none", () => {
    expect(() => usearchIndex()(gallery, new SNRDistance())).toThrow(/not by SNRDistance/);
    expect(() => usearchIndex()(gallery, new LpDistance({ p: 1 }))).toThrow(/p = 1/);
    expect(() => usearchIndex()(gallery, new CosineSimilarity({ power: 2 }))).toThrow(/power = 2/);
    expect(() => usearchIndex({ connectivity: 1 })).toThrow(/connectivity is 1; give a whole number >= 2/);
    expect(() => usearchIndex({ expansionAdd: 0 })).toThrow(/expansionAdd is 0/);
    expect(() => usearchIndex({ expansionSearch: 1.5 })).toThrow(/expansionSearch is 1.5/);
    expect(() => usearchIndex({ threads: -1 })).toThrow(/threads is -1/);
    expect(() => usearchIndex({ expansion: 3 } as Partial<UsearchOptions>)).toThrow(/no option "expansion"/);
  });
});
