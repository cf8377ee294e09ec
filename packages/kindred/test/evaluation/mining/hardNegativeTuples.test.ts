import { describe, expect, it } from "vitest";
import {
  hardNegativeTuples,
  mineHardNegatives,
  Random,
  type HardNegativeFormat,
  type HardNegativeOptions,
} from "../../../src/index.ts";
import { gaussianRows } from "../../support/gaussian.ts";
import { plainSimilarity } from "../../support/similarities.ts";

const random = new Random(2);
const anchors = gaussianRows(12, 4, random);
const reference = gaussianRows(50, 4, random);
const positives = Array.from({ length: 12 }, (_, a) => Array.from({ length: a % 4 }, (_, k) => 4 * a + k));

/** The negatives of an anchor as sentence-transformers counts ranks, in the plainest code. */
function twin(a: number, rules: Partial<HardNegativeOptions>): number[] {
  const { rankRange = [0, 50], negativesPerAnchor = 3, lookAt = null } = rules;
  const { absoluteMargin = null, relativeMargin = null, closest = null, farthest = null } = rules;
  const similarity = (j: number): number => plainSimilarity("cosine", anchors, a, reference, j);
  const p = Math.min(...positives[a].map(similarity));
  return Array.from({ length: 50 }, (_, j) => j)
    .sort((x, y) => similarity(y) - similarity(x))
    .slice(0, lookAt ?? 50)
    .filter((j) => rules.includePositives === true || !positives[a].includes(j))
    .filter((j) => absoluteMargin === null || similarity(j) + absoluteMargin <= p)
    .filter((j) => relativeMargin === null || similarity(j) <= p - relativeMargin * Math.abs(p))
    .filter((j) => (closest === null || similarity(j) <= closest) && (farthest === null || similarity(j) >= farthest))
    .slice(rankRange[0], rankRange[1])
    .slice(0, negativesPerAnchor);
}

describe("hard negatives of anchors with several positives", () => {
  it.each<Partial<HardNegativeOptions>>([
    {},
    { rankRange: [2, 6] },
    { rankRange: [1, 5], lookAt: 9 },
    { absoluteMargin: 0.1 },
    { relativeMargin: 0.2, closest: 0.5 },
    { closest: 0.7, farthest: 0.2, rankRange: [1, 4] },
    { includePositives: true },
    { includePositives: true, lookAt: 4, farthest: 0 },
  ])("are those that the rules leave by rank: %j", (rules) => {
    const found = mineHardNegatives({ anchors, reference, positives }, { rankAmong: "allowed", ...rules });
    for (let a = 0; a < 12; a++) {
      const own = found.negatives.rows.subarray(found.negatives.starts[a], found.negatives.starts[a + 1]);
      expect([...own], `anchor ${a}`).toEqual(positives[a].length === 0 ? [] : twin(a, rules));
    }
    expect(found.anchorsWithoutPositive).toBe(3);
  });

  it("are the same for each of them", () => {
    const { triplets } = mineHardNegatives({ anchors, reference, positives }, { negativesPerAnchor: 2 });
    const listed = Array.from(triplets.anchors, (a, k) => `${a} ${triplets.positives[k]} ${triplets.negatives[k]}`);
    const expected = positives.flatMap((own, a) =>
      own.flatMap((p) => twin(a, { negativesPerAnchor: 2 }).map((n) => `${a} ${p} ${n}`)),
    );
    expect(listed).toEqual(expected);
  });

  it("are refused where a list names no row, or more are asked for than there are ranks", () => {
    const given = [[0], [50], ...positives.slice(2)];
    expect(() => mineHardNegatives({ anchors, reference, positives: given })).toThrow("positives[1][0] is 50");
    expect(() =>
      mineHardNegatives({ anchors, reference, positives }, { negativesPerAnchor: 4, rankRange: [0, 2] }),
    ).toThrow("negativesPerAnchor is 4, but rankRange [0, 2] has 2 ranks");
    expect(() => mineHardNegatives({ anchors, reference, positives }, { lookAt: 0 })).toThrow(/lookAt is 0/);
  });
});

describe("hardNegativeTuples", () => {
  const lists = (all: number[][]) => ({
    starts: Int32Array.from([0, ...all.map((_, a) => all.slice(0, a + 1).flat().length)]),
    rows: Int32Array.from(all.flat()),
    distances: Float32Array.from(all.flat(), (row) => row / 4),
  });
  // anchor 0: two positives and two negatives; 1: one and one; 2: a positive alone; 3: nothing
  const found = { positives: lists([[1, 2], [3], [4], []]), negatives: lists([[5, 6], [7], [], []]) };
  const listed = (format: HardNegativeFormat, count?: number) =>
    hardNegativeTuples(found, format, count).map(({ anchor, references }) => [anchor, ...references].join(" "));

  it("lists them in each format", () => {
    expect(listed("triplet")).toEqual(["0 1 5", "0 1 6", "0 2 5", "0 2 6", "1 3 7"]);
    expect(listed("n-tuple")).toEqual(["0 1 5 6", "0 2 5 6"]);
    expect(listed("n-tuple", 1)).toEqual(["0 1 5", "0 2 5", "1 3 7"]);
    expect(listed("labeled-list")).toEqual(["0 1 5 6", "0 2 5 6", "1 3 7"]);
    expect(listed("labeled-pair")).toEqual(["0 1", "0 2", "0 5", "0 6", "1 3", "1 7", "2 4"]);
  });

  it("tells of each reference how near it is and whether it is a positive", () => {
    expect(hardNegativeTuples(found, "labeled-list")[2]).toEqual({
      anchor: 1,
      references: [3, 7],
      distances: [0.75, 1.75],
      labels: [1, 0],
    });
  });

  it("refuses an unknown format", () => {
    expect(() => listed("pairs" as HardNegativeFormat)).toThrow(/format is "pairs"; give one of "triplet"/);
  });
});
