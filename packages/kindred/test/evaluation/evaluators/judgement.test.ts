import { describe, expect, it } from "vitest";
import {
  acrossSimilarities,
  embeddedEvaluation,
  evaluatePairs,
  evaluateSimilarity,
  evaluateTriplets,
  inSequence,
  named,
  Random,
  type Judgement,
} from "../../../src/index.ts";
import { gaussianRows } from "../../support/gaussian.ts";
import { allSimilarities } from "../../support/similarities.ts";

/** n triplets of which the first are hits. */
const triplets = (hits: number, n: number) => ({
  anchors: Array.from({ length: n }, () => [1, 0]),
  positives: Array.from({ length: n }, (_, i) => (i < hits ? [1, 0] : [0, 1])),
  negatives: Array.from({ length: n }, (_, i) => (i < hits ? [0, 1] : [1, 0])),
});

describe("the interval of an evaluator", () => {
  it("of a share is as wide as the binomial distribution says", () => {
    const { intervals } = evaluateTriplets(triplets(320, 400), { bootstrap: { resamples: 4000 }, seed: 1 });
    const deviation = Math.sqrt((0.8 * 0.2) / 400);
    expect(Math.abs(intervals!.accuracy.low - (0.8 - 1.96 * deviation))).toBeLessThan(0.006);
    expect(Math.abs(intervals!.accuracy.high - (0.8 + 1.96 * deviation))).toBeLessThan(0.006);
  });

  it("of a correlation is as wide as Fisher's transformation says", () => {
    const random = new Random(4);
    const n = 500;
    const scores = Array.from({ length: n }, () => random.normal());
    const query = scores.map((score) => [0.6 * score + 0.8 * random.normal()]);
    const reference = query.map(() => [1]);
    const options = { similarity: "dot", bootstrap: { resamples: 4000 } } as const;
    const { metrics, intervals } = evaluateSimilarity({ query, reference, scores }, options);
    const wide = 1.96 / Math.sqrt(n - 3);
    expect(Math.abs(intervals!.pearson.low - Math.tanh(Math.atanh(metrics.pearson) - wide))).toBeLessThan(0.02);
    expect(Math.abs(intervals!.pearson.high - Math.tanh(Math.atanh(metrics.pearson) + wide))).toBeLessThan(0.02);
    expect(intervals!.spearman.low).toBeLessThan(metrics.spearman);
  });

  it("covers the true average precision about as often as its level says", { tags: ["long"] }, () => {
    // scores of positives N(1, 1), of negatives N(0, 1), as many of both; the truth from a sample of 400000
    const draw = (n: number, random: Random) => {
      const labels = Array.from({ length: n }, (_, i) => i % 2);
      return { labels, query: labels.map((label) => [label + random.normal()]), reference: labels.map(() => [1]) };
    };
    const truth = evaluatePairs(draw(400_000, new Random(1)), { similarity: "dot" }).metrics.averagePrecision;
    const random = new Random(2);
    let covered = 0;
    for (let run = 0; run < 120; run++) {
      const options = { similarity: "dot", bootstrap: { resamples: 200, level: 0.9 }, seed: run } as const;
      const { low, high } = evaluatePairs(draw(200, random), options).intervals!.averagePrecision;
      if (low <= truth && truth <= high) covered++;
    }
    // 0.9 +- 4 deviations of 120 draws, and a little for the bias of the average precision of few
    expect(covered / 120).toBeGreaterThan(0.76);
    expect(covered / 120).toBeLessThan(1);
  });

  it("is the same for the same seed, and absent unless asked for", () => {
    const given = triplets(3, 7);
    const options = { bootstrap: true, seed: 9 };
    expect(evaluateTriplets(given, options)).toEqual(evaluateTriplets(given, options));
    expect(evaluateTriplets(given)).toEqual({ metrics: { accuracy: 3 / 7 }, primary: "accuracy" });
  });
});

describe("acrossSimilarities", () => {
  const random = new Random(7);
  const given = {
    anchors: gaussianRows(30, 3, random),
    positives: gaussianRows(30, 3, random),
    negatives: gaussianRows(30, 3, random),
  };
  const judge = (similarity: (typeof allSimilarities)[number]) =>
    evaluateTriplets(given, { similarity, bootstrap: true });

  it("names each metric after its similarity and gives the largest of each", () => {
    const { metrics, primary, intervals, bySimilarity } = acrossSimilarities(allSimilarities, judge);
    const each = allSimilarities.map((similarity) => judge(similarity).metrics.accuracy);
    expect(metrics).toEqual({
      cosineAccuracy: each[0],
      dotAccuracy: each[1],
      euclideanAccuracy: each[2],
      manhattanAccuracy: each[3],
      maxAccuracy: Math.max(...each),
    });
    expect(primary).toBe("maxAccuracy");
    expect(intervals!.dotAccuracy).toEqual(judge("dot").intervals!.accuracy);
    expect(bySimilarity.get("manhattan")!.metrics.accuracy).toBe(each[3]);
  });

  it("has no largest of one, and the primary metric of the main similarity", () => {
    expect(Object.keys(acrossSimilarities(["dot"], judge).metrics)).toEqual(["dotAccuracy"]);
    expect(acrossSimilarities(["dot"], judge).primary).toBe("dotAccuracy");
    expect(acrossSimilarities(allSimilarities, judge, { main: "euclidean" }).primary).toBe("euclideanAccuracy");
  });

  it("refuses none, one twice, one that is none, and a main one that is not there", () => {
    expect(() => acrossSimilarities([], judge)).toThrow(/similarities is \[\]/);
    expect(() => acrossSimilarities(["dot", "dot"], judge)).toThrow(/each once/);
    expect(() => acrossSimilarities(["angle" as "dot"], judge)).toThrow(/similarities\[0\] is "angle"/);
    expect(() => acrossSimilarities(["dot"], judge, { main: "cosine" })).toThrow(/main is "cosine"/);
  });
});

describe("inSequence and named", () => {
  const one: Judgement = { metrics: { accuracy: 0.5, f1: 0.2 }, primary: "accuracy" };
  const other: Judgement = {
    metrics: { ndcgAt10: 0.3 },
    primary: "ndcgAt10",
    intervals: { ndcgAt10: { low: 0.2, high: 0.4 } },
  };

  it("give all metrics, and the last one's primary metric as the score", () => {
    expect(inSequence([named("dev", one), other])).toEqual({
      metrics: { devAccuracy: 0.5, devF1: 0.2, ndcgAt10: 0.3, sequentialScore: 0.3 },
      primary: "sequentialScore",
      intervals: { ndcgAt10: { low: 0.2, high: 0.4 } },
    });
    expect(inSequence([]).metrics).toEqual({ sequentialScore: 0 });
  });

  it("refuse metrics of one name, and a name that is none", () => {
    expect(() => inSequence([one, one])).toThrow('two judgements have a metric "accuracy"; give each a name');
    expect(() => named("", one)).toThrow(/name is ""/);
  });
});

describe("embeddedEvaluation", () => {
  it("embeds the inputs with the model, and hands the embeddings on", () => {
    const seen: number[] = [];
    const model = {
      embed: ({ data, rows, cols }: { data: Float32Array; rows: number; cols: number }) => {
        seen.push(rows);
        return { data: data.map((x) => -x), rows, cols };
      },
    };
    const evaluate = embeddedEvaluation(
      triplets(5, 7),
      (embedded) => evaluateTriplets(embedded, { similarity: "dot" }),
      { batchSize: 4 },
    );
    expect(evaluate(model)).toEqual({ accuracy: 5 / 7 });
    expect(seen).toEqual([4, 3, 4, 3, 4, 3]);
    const judge = (): Judgement => evaluateTriplets(triplets(1, 1));
    expect(() => embeddedEvaluation({ anchors: [[NaN]] }, judge)).toThrow(/anchors holds NaN/);
    expect(() => embeddedEvaluation({}, judge, { batchSize: 0 })).toThrow(/batchSize is 0/);
    expect(() => embeddedEvaluation({}, 1 as never)).toThrow(/judge is 1/);
  });
});
