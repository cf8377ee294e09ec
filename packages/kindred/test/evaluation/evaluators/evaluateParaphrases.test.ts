import { describe, expect, it } from "vitest";
import { evaluateParaphrases, Random } from "../../../src/index.ts";
import { gaussianRows } from "../../support/gaussian.ts";
import { plainSimilarity } from "../../support/similarities.ts";

const embeddings = gaussianRows(20, 4, new Random(8));
const ids = Array.from({ length: 20 }, (_, i) => `s${i}`);
const duplicates: [string, string][] = [["s0", "s1"], ["s2", "s1"], ["s5", "s9"], ["s9", "s5"], ["s14", "s3"]]; // prettier-ignore

describe("evaluateParaphrases", () => {
  it("walks down all pairs by falling similarity", () => {
    const isDuplicate = (i: number, j: number): boolean =>
      duplicates.some(([a, b]) => (a === ids[i] && b === ids[j]) || (a === ids[j] && b === ids[i]));
    const pairs = ids.flatMap((_, i) => ids.slice(i + 1).map((_, k) => [i, i + 1 + k]));
    const score = ([i, j]: number[]): number => plainSimilarity("cosine", embeddings, i, embeddings, j);
    const order = pairs.sort((a, b) => score(b) - score(a));
    let [found, ap, f1, threshold] = [0, 0, 0, 0];
    order.forEach((pair, k) => {
      if (!isDuplicate(pair[0], pair[1])) return;
      found++;
      ap += found / (k + 1) / 4;
      if ((2 * found) / (k + 1 + 4) <= f1) return;
      f1 = (2 * found) / (k + 1 + 4);
      threshold = (score(pair) + score(order[Math.min(k + 1, order.length - 1)])) / 2;
    });
    const { metrics } = evaluateParaphrases({ embeddings, ids, duplicates });
    expect(metrics.averagePrecision).toBeCloseTo(ap, 10);
    expect(metrics.f1).toBeCloseTo(f1, 10);
    expect(metrics.threshold).toBeCloseTo(threshold, 6);
  });

  it("takes paraphrases of paraphrases for paraphrases when told to", () => {
    const closed = [...duplicates, ["s0", "s2"]] as [string, string][];
    expect(evaluateParaphrases({ embeddings, ids, duplicates }, { transitive: true })).toEqual(
      evaluateParaphrases({ embeddings, ids, duplicates: closed }),
    );
    expect(evaluateParaphrases({ embeddings, ids, duplicates: closed })).not.toEqual(
      evaluateParaphrases({ embeddings, ids, duplicates }),
    );
  });

  it("counts what is not found as missed, and is 0 where nothing is", () => {
    const given = { embeddings: [[1, 0], [1, 0.1], [-1, 0], [-1, 0.2]], duplicates: [[0, 1], [0, 2]] as const }; // prettier-ignore
    expect(evaluateParaphrases(given, { maxPairs: 1 }).metrics).toMatchObject({
      averagePrecision: 0.5,
      recall: 0.5,
      precision: 1,
    });
    const none = { averagePrecision: 0, f1: 0, precision: 0, recall: 0, threshold: 0 };
    expect(evaluateParaphrases({ ...given, duplicates: [] }).metrics).toEqual(none);
    expect(evaluateParaphrases({ embeddings: [], duplicates: [] }).metrics).toEqual(none);
  });

  it("has intervals in which a pair weighs as often as both of its rows were drawn", () => {
    // pairs of equal rows on axes of their own: all that is drawn is found, before all else
    const axes = Array.from({ length: 20 }, (_, i) => Array.from({ length: 10 }, (_, k) => (i % 10 === k ? 1 : 0)));
    const given = { embeddings: axes, duplicates: Array.from({ length: 10 }, (_, k) => [k, k + 10] as const) };
    const { intervals } = evaluateParaphrases(given, { bootstrap: true });
    for (const name of ["averagePrecision", "f1", "recall"] as const)
      expect(intervals![name], name).toEqual({ low: 1, high: 1 });
  });

  it("refuses pairs that are none", () => {
    const refuse = (pair: unknown) => () =>
      evaluateParaphrases({ embeddings, ids, duplicates: [pair as [string, string]] });
    expect(refuse(["s0", "s77"])).toThrow('duplicates[0] names "s77", which no row has for its id');
    expect(refuse(["s0", "s0"])).toThrow(/a row and itself/);
    expect(refuse(["s0"])).toThrow("duplicates[0] is an array of 1; give a pair of ids");
  });
});
