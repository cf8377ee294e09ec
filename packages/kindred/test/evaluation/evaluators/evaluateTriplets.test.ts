import { describe, expect, it } from "vitest";
import { evaluateTriplets, Random, type Matrix } from "../../../src/index.ts";
import { gaussianRows, tiedRows } from "../../support/gaussian.ts";
import { allSimilarities, plainSimilarity } from "../../support/similarities.ts";

const random = new Random(1);
const triplets = (make: typeof gaussianRows) => ({
  anchors: make(50, 3, random),
  positives: make(50, 3, random),
  negatives: make(50, 3, random),
});

describe("evaluateTriplets", () => {
  it.each(allSimilarities)(
    "gives the share of positives that are more alike by %s, a tie being a miss",
    (similarity) => {
      for (const given of [triplets(gaussianRows), triplets(tiedRows)])
        for (const margin of [0, 1, -0.5]) {
          const { anchors, positives, negatives } = given;
          const score = (other: Matrix, i: number): number => plainSimilarity(similarity, anchors, i, other, i);
          let hits = 0;
          for (let i = 0; i < 50; i++) if (score(positives, i) > score(negatives, i) + margin) hits++;
          expect(evaluateTriplets(given, { similarity, margin }).metrics).toEqual({ accuracy: hits / 50 });
          expect(evaluateTriplets(given, { similarity, margin: { [similarity]: margin } }).metrics.accuracy).toBe(
            hits / 50,
          );
        }
    },
  );

  it("looks at the first coordinates alone with truncateDim", () => {
    const given = triplets(gaussianRows);
    const cut = ({ data, rows }: Matrix): number[][] =>
      Array.from({ length: rows }, (_, i) => [data[3 * i], data[3 * i + 1]]);
    const { anchors, positives, negatives } = given;
    const expected = evaluateTriplets({ anchors: cut(anchors), positives: cut(positives), negatives: cut(negatives) });
    expect(evaluateTriplets(given, { truncateDim: 2 })).toEqual(expected);
    expect(() => evaluateTriplets(given, { truncateDim: 4 })).toThrow("truncateDim is 4, but anchors has 3 columns");
  });

  it("takes zeros, and is NaN of nothing", () => {
    const zero = { anchors: [[0, 0]], positives: [[1, 0]], negatives: [[0, 0]] };
    expect(evaluateTriplets(zero).metrics.accuracy).toBe(0);
    expect(evaluateTriplets({ anchors: [], positives: [], negatives: [] }).metrics.accuracy).toBeNaN();
  });

  it("refuses what does not fit together", () => {
    const given = triplets(gaussianRows);
    expect(() => evaluateTriplets({ ...given, negatives: [[1, 2, 3]] })).toThrow(
      "negatives has 1 rows, anchors has 50",
    );
    expect(() => evaluateTriplets({ ...given, negatives: gaussianRows(50, 4, random) })).toThrow(/equally wide/);
    expect(() => evaluateTriplets(given, { similarity: "angle" as "dot" })).toThrow(/similarity is "angle"/);
    expect(() => evaluateTriplets(given, { margin: { angle: 1 } as object })).toThrow(/margin has no option "angle"/);
    expect(() => evaluateTriplets(given, { margin: NaN })).toThrow(/margin is NaN/);
    expect(() => evaluateTriplets(given, { bootstrap: { level: 1 } })).toThrow(/bootstrap.level is 1/);
    expect(() => evaluateTriplets(given, { margins: 1 } as object)).toThrow(/did you mean "margin"/);
  });
});
