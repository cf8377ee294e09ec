import { describe, expect, test } from "vitest";
import { LpDistance } from "../../../src/distances/lpDistance.ts";
import { EmbeddingIndex } from "../../../src/evaluation/inference/embeddingIndex.ts";
import { InferenceModel } from "../../../src/evaluation/inference/inferenceModel.ts";
import { MatchFinder } from "../../../src/evaluation/inference/matchFinder.ts";
import { normalMatrix } from "../fixtures.ts";

const gallery = [
  [1, 0],
  [0, 1],
  [-1, 0],
];

describe("InferenceModel", () => {
  test("finds the nearest references and their labels", () => {
    const inference = new InferenceModel();
    inference.trainKnn(gallery, ["east", "north", "west"]);
    const { indices, labels, distances } = inference.getNearestNeighbors([[5, 1]], 2);
    expect([...indices]).toEqual([0, 1]);
    expect(labels).toEqual(["east", "north"]);
    // cosines: the nearest has the largest
    expect(distances[0]).toBeGreaterThan(distances[1]);
  });

  test("adds references behind those that are there, and replaces them when trained anew", () => {
    const inference = new InferenceModel();
    inference.trainKnn(gallery);
    inference.addToKnn([[0, -1]]);
    expect([...inference.getNearestNeighbors([[0, -3]], 1).indices]).toEqual([3]);
    inference.trainKnn([[1, 1]]);
    expect(inference.index.size).toBe(1);
    expect(inference.getNearestNeighbors([[0, -3]], 1).labels).toBeUndefined();
  });

  test("compares what the model makes of the inputs", () => {
    const model = {
      embed: (x: { rows: number; cols: number; data: Float32Array }) => ({ ...x, data: x.data.map((v) => v + 1) }),
    };
    const inference = new InferenceModel({ model, normalizeEmbeddings: false, batchSize: 2 });
    expect([...inference.getEmbeddings(gallery).data]).toEqual([2, 1, 1, 2, 0, 1]);
    expect(new InferenceModel({ model }).isMatch([[0, 0]], [[9, 9]])).toEqual([true]);
  });

  test("tells matches by the threshold", () => {
    const inference = new InferenceModel();
    expect(inference.isMatch(gallery, [[2, 0], [1, 0], [-3, 1]])).toEqual([true, false, true]); // prettier-ignore
    expect(inference.isMatch([[1, 0]], [[1, 1]], 0.7)).toEqual([true]);
    const { queries, references } = inference.getMatches([[1, 0.1], [-1, 0.1]], gallery); // prettier-ignore
    expect([[...queries], [...references]]).toEqual([[0, 1], [0, 2]]); // prettier-ignore
    expect([...inference.getMatches(gallery).queries]).toEqual([0, 1, 2]);
  });

  test("calibrates its threshold on labelled inputs", () => {
    const matchFinder = new MatchFinder({ distance: new LpDistance({ normalizeEmbeddings: false }), threshold: 100 });
    const inference = new InferenceModel({ matchFinder, normalizeEmbeddings: false });
    const inputs = [[0], [1], [10], [11]];
    expect(inference.calibrate(inputs, [0, 0, 1, 1])).toMatchObject({ f1: 1, precision: 1, recall: 1, threshold: 5 });
    expect(inference.threshold).toBe(5);
    expect(inference.isMatch([[0], [0]], [[4], [6]])).toEqual([true, false]);
  });

  test("keeps its threshold when no threshold achieves the target", () => {
    const matchFinder = new MatchFinder({ distance: new LpDistance(), threshold: 3 });
    const inference = new InferenceModel({ matchFinder, normalizeEmbeddings: false });
    const inputs = [[1, 0], [1, 0], [0, 1], [1, 0]]; // prettier-ignore
    expect(() => inference.calibrate(inputs, [0, 1, 0, 2], { precision: 1 })).toThrow(/no threshold achieves/);
    expect(inference.threshold).toBe(3);
  });

  test("is the same after saving and loading", () => {
    const saved = new InferenceModel();
    saved.trainKnn(
      normalMatrix(30, 4),
      Array.from({ length: 30 }, (_, i) => `name ${i}`),
    );
    const loaded = new InferenceModel();
    loaded.loadKnn(saved.saveKnn());
    const query = normalMatrix(5, 4, 7);
    expect(loaded.getNearestNeighbors(query, 3)).toEqual(saved.getNearestNeighbors(query, 3));
  });

  test.each(["float32", "int8", "bits"] as const)(
    "loads what it saved, kept as %s, whatever the labels' lengths",
    (storage) => {
      for (let length = 0; length < 40; length++) {
        const saved = new InferenceModel({ index: new EmbeddingIndex({ storage }) });
        saved.trainKnn(normalMatrix(3, 5), ["a".repeat(length), "b", "c"]);
        const loaded = new InferenceModel();
        loaded.loadKnn(Buffer.from(saved.saveKnn()));
        expect(loaded.getNearestNeighbors(normalMatrix(2, 5, 7), 3)).toEqual(saved.getNearestNeighbors(normalMatrix(2, 5, 7), 3)); // prettier-ignore
      }
    },
  );

  test("saves labels of every kind", () => {
    const labels = [1n, -7n, 2.5, Infinity, -Infinity, "1", true];
    const [saved, loaded] = [new InferenceModel(), new InferenceModel()];
    saved.trainKnn(normalMatrix(7, 4), labels);
    loaded.loadKnn(saved.saveKnn());
    const nearest = loaded.getNearestNeighbors(normalMatrix(7, 4), 1).labels;
    expect(nearest).toEqual(labels);
    expect(() => saved.addToKnn(normalMatrix(1, 4), [NaN])).toThrow(/labels\[0\] is NaN/);
  });

  test("refuses an index whose extra are no labels of its references, and keeps those it has", () => {
    const index = new EmbeddingIndex();
    index.add(normalMatrix(3, 2));
    const inference = new InferenceModel();
    inference.trainKnn(gallery, [1, 2, 3]);
    for (const extra of [["a"], "abc", { a: 1 }, [null, 1, 2], [{}, 1, 2], [{ bigint: "x" }, 1, 2]])
      expect(() => inference.loadKnn(index.save(extra))).toThrow(/give what saveKnn\(\) returned/);
    expect(inference.getNearestNeighbors([[1, 0]], 3).labels).toEqual([1, 2, 3]);
    expect(() => index.save(1n)).toThrow(/extra is 1, which JSON cannot hold/);
    expect(() => index.save(undefined as never)).not.toThrow();
  });

  test("keeps its references when a file is damaged or inputs are refused", () => {
    const inference = new InferenceModel();
    inference.trainKnn(gallery, [1, 2, 3]);
    const bytes = inference.saveKnn();
    expect(() => inference.loadKnn(bytes.with(40, bytes[40] ^ 1))).toThrow(/damaged/);
    expect(() => inference.trainKnn([[NaN, 0]])).toThrow(/NaN/);
    expect(() => inference.trainKnn([[1, 0]], [1, 2])).toThrow(/2 entries for 1 inputs/);
    expect(() => inference.addToKnn([[1, 0]])).toThrow(/labels always or never/);
    expect(() => inference.addToKnn([[1, 0, 0]], [4])).toThrow(/3 columns/);
    expect(inference.getNearestNeighbors([[1, 0]], 3).labels).toEqual([1, 2, 3]);
  });

  test("searches an index in bits", () => {
    const inference = new InferenceModel({ index: new EmbeddingIndex({ storage: "bits" }) });
    inference.trainKnn(normalMatrix(100, 64));
    expect([...inference.getNearestNeighbors(normalMatrix(100, 64), 1).indices.subarray(0, 4)]).toEqual([0, 1, 2, 3]);
  });
});

describe("MatchFinder", () => {
  test("accepts a distance of exactly the threshold, and distances below it", () => {
    const finder = new MatchFinder({ distance: new LpDistance({ normalizeEmbeddings: false }), threshold: 5 });
    expect(finder.isMatch([[0, 0], [0, 0], [0, 0]], [[3, 4], [3, 3], [4, 4]])).toEqual([true, true, false]); // prettier-ignore
  });

  test("refuses sides of other shape and a threshold that is no number", () => {
    expect(() => new MatchFinder().isMatch([[1]], [[1], [2]])).toThrow(/x has 1 rows and y 2/);
    expect(() => new MatchFinder().getMatchingPairs([[1]], [[1, 2]])).toThrow(/columns/);
    expect(() => new MatchFinder({ threshold: NaN })).toThrow(TypeError);
  });
});
