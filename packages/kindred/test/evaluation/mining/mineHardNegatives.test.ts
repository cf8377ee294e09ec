import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  LpDistance,
  mineHardNegatives,
  nearestNeighbours,
  Random,
  type Distance,
  type HardNegativeInput,
  type HardNegativeOptions,
  type HardNegatives,
  type NeighbourIndexBuilder,
  takeRows,
} from "../../../src/index.ts";
import { expectDraws } from "../../support/chiSquared.ts";
import { fromRows, plainDistances, type Rows } from "../../support/plain.ts";

interface Scene {
  readonly anchors: Rows;
  readonly reference: Rows | null;
  readonly labels: number[] | null;
  readonly referenceLabels: number[] | null;
  readonly positives: number[] | null;
}

function scene(shape: { n: number; m: number | null; kind: "labels" | "positives" | "both"; seed: number }): Scene {
  const random = new Random(shape.seed);
  const row = (): number[] => Array.from({ length: 4 }, () => Math.fround(random.normal()));
  const anchors = Array.from({ length: shape.n }, row);
  const reference = shape.m === null ? null : Array.from({ length: shape.m }, row);
  const others = (reference ?? anchors).length;
  const classes = (count: number): number[] => Array.from({ length: count }, () => random.integer(4));
  const hasPositives = shape.kind !== "labels" && others > 0;
  return {
    anchors,
    reference,
    labels: shape.kind === "positives" ? null : classes(shape.n),
    referenceLabels: shape.kind === "positives" || shape.m === null ? null : classes(shape.m),
    positives:
      hasPositives || shape.kind === "positives" ? anchors.map(() => random.integer(Math.max(1, others))) : null,
  };
}

function inputOf({ anchors, reference, labels, referenceLabels, positives }: Scene): HardNegativeInput {
  return {
    anchors: fromRows(anchors, 4),
    reference: reference === null ? null : fromRows(reference, 4),
    ...(labels !== null && { labels }),
    ...(referenceLabels !== null && { referenceLabels }),
    ...(positives !== null && { positives }),
  };
}

type Rules = Partial<Omit<HardNegativeOptions, "distance">> & { readonly distance: Distance };

interface Expected {
  /** -1: none */
  readonly positive: number;
  /** The candidates within the ranks that the rules allow, the nearest first. */
  readonly allowed: readonly number[];
  /** Whether no rounding decides. */
  readonly isClear: boolean;
}

function twin(given: Scene, rules: Rules): Expected[] {
  const { anchors, reference, labels, positives } = given;
  const { distance, rankRange = [0, 50] } = rules;
  const { absoluteMargin = null, relativeMargin = null, closest = null, shareOfPositive = null } = rules;
  const away = distance.isInverted ? -1 : 1;
  const others = reference ?? anchors;
  const otherLabels = given.referenceLabels ?? labels;
  const distances = plainDistances(distance, anchors, others);
  return anchors.map((_, a) => {
    const d = distances[a];
    const all = others.map((_, j) => j).filter((j) => reference !== null || j !== a);
    const sorted = all.sort((x, y) => away * (d[x] - d[y]));
    const positive = positives?.[a] ?? sorted.find((j) => labels![a] === otherLabels![j]) ?? -1;
    if (positive < 0) return { positive, allowed: [], isClear: true };
    /** By how much a candidate keeps the strictest rule. */
    const slack = (j: number): number =>
      Math.min(
        Infinity,
        absoluteMargin === null ? Infinity : away * (d[j] - d[positive]) - absoluteMargin,
        relativeMargin === null ? Infinity : away * (d[j] - d[positive]) - relativeMargin * Math.abs(d[positive]),
        closest === null ? Infinity : away * (d[j] - closest),
        shareOfPositive === null ? Infinity : shareOfPositive * d[positive] - d[j],
      );
    const candidates = sorted
      .filter((j) => j !== positive && (labels === null || labels[a] !== otherLabels![j]))
      .slice(rankRange[0], rankRange[1]);
    const isClear =
      sorted.every((j, k) => k === 0 || Math.abs(d[j] - d[sorted[k - 1]]) > 1e-5) &&
      candidates.every((j) => Math.abs(slack(j)) > 1e-5);
    return { positive, allowed: candidates.filter((j) => slack(j) >= 0), isClear };
  });
}

function byAnchor({ triplets }: HardNegatives, anchors: number): { positive: number; negatives: number[] }[] {
  const found = Array.from({ length: anchors }, () => ({ positive: -1, negatives: [] as number[] }));
  triplets.anchors.forEach((a, k) => {
    found[a].positive = triplets.positives[k];
    found[a].negatives.push(triplets.negatives[k]);
  });
  return found;
}

const rule = (min: number, max: number) => fc.option(fc.double({ min, max, noNaN: true }));
const shapes = fc.record({
  n: fc.integer({ min: 0, max: 12 }),
  m: fc.option(fc.integer({ min: 0, max: 14 })),
  kind: fc.constantFrom("labels" as const, "positives" as const, "both" as const),
  seed: fc.nat(1e6),
  distance: fc.constantFrom<Distance>(new CosineSimilarity(), new LpDistance(), new LpDistance({ p: 1 })),
  negativesPerAnchor: fc.integer({ min: 1, max: 4 }),
  rankRange: fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 6 })),
  absoluteMargin: rule(-0.5, 0.5),
  relativeMargin: rule(-0.5, 0.5),
  closest: rule(0, 1),
  shareOfPositive: rule(0.2, 1.2),
});

describe("mineHardNegatives", () => {
  it("takes the nearest candidates that the rules allow, as its brute-force twin does", { tags: ["long"] }, () => {
    fc.assert(
      fc.property(shapes, ({ n, m, kind, seed, rankRange: [first, length], shareOfPositive, ...rest }) => {
        fc.pre(!(kind === "positives" && (m ?? n) === 0 && n > 0));
        const given = scene({ n, m, kind, seed });
        const rules = {
          ...rest,
          rankRange: [first, first + Math.max(length, rest.negativesPerAnchor)] as const,
          shareOfPositive: rest.distance.isInverted ? shareOfPositive : null,
        };
        const result = mineHardNegatives(inputOf(given), rules);
        const expected = twin(given, rules);
        const found = byAnchor(result, n);
        expected.forEach(({ positive, allowed, isClear }, a) => {
          if (!isClear) return;
          expect(found[a].negatives).toEqual(allowed.slice(0, rules.negativesPerAnchor));
          if (allowed.length > 0) expect(found[a].positive).toBe(positive);
        });
        expect(result.anchorsWithoutPositive).toBe(expected.filter(({ positive }) => positive < 0).length);
        if (expected.every(({ isClear }) => isClear))
          expect(result.anchorsWithoutNegative).toBe(
            expected.filter(({ positive, allowed }) => positive >= 0 && allowed.length === 0).length,
          );
        const distances = plainDistances(rules.distance, given.anchors, given.reference ?? given.anchors);
        const { anchors, positives, negatives } = result.triplets;
        anchors.forEach((a, k) => {
          expect(result.positiveDistances[k]).toBeCloseTo(distances[a][positives[k]], 4);
          expect(result.negativeDistances[k]).toBeCloseTo(distances[a][negatives[k]], 4);
        });
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it("passes over large classes and works in several blocks", { tags: ["long"] }, () => {
    const random = new Random(3);
    const anchors = Array.from({ length: 2500 }, () => [random.normal(), random.normal(), random.normal(), 1]);
    const rows = anchors.map((row) => row.map(Math.fround));
    const labels = rows.map((_, i) => (i % 5 === 0 ? i % 7 : 100));
    const result = mineHardNegatives({ anchors: fromRows(rows), labels }, { negativesPerAnchor: 1 });
    expect(result.triplets.anchors.length).toBe(2500);
    const distances = plainDistances(new CosineSimilarity(), rows.slice(0, 40), rows);
    distances.forEach((row, a) => {
      const best = Math.max(...row.filter((_, j) => labels[j] !== labels[a]));
      expect(result.negativeDistances[a]).toBeCloseTo(best, 5);
    });
  });

  it("mines a file of rows, read in parts, as it mines the same rows in memory", { tags: ["long"] }, () => {
    const cols = 6;
    const random = new Random(5);
    const data = Float32Array.from({ length: 500 * cols }, () => random.normal());
    const labels = Array.from({ length: 500 }, () => random.integer(9));
    const folder = mkdtempSync(join(tmpdir(), "kindred-mining-"));
    try {
      writeFileSync(join(folder, "rows.f32"), data);
      const file = openSync(join(folder, "rows.f32"), "r");
      const read = (start: number, end: number) => {
        const part = new Float32Array((end - start) * cols);
        readSync(file, part, 0, part.byteLength, 4 * cols * start);
        return { data: part, rows: end - start, cols };
      };
      const anchors = { rows: 500, cols, read };
      for (const distance of [new CosineSimilarity(), new LpDistance({ p: 1 })]) {
        const rules = { distance, rankRange: [2, 9], absoluteMargin: 0.05 } as const;
        const expected = mineHardNegatives({ anchors: { data, rows: 500, cols }, labels }, rules);
        expect(mineHardNegatives({ anchors, labels }, rules)).toEqual(expected);
        expect(expected.triplets.anchors.length).toBeGreaterThan(500);
      }
      const positives = labels.map((_, i) => (i + 1) % 500);
      expect(mineHardNegatives({ anchors, reference: { ...anchors }, positives })).toEqual(
        mineHardNegatives({ anchors: { data, rows: 500, cols }, reference: { data, rows: 500, cols }, positives }),
      );
      closeSync(file);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("takes what an index finds, though it may find fewer neighbours than there are", () => {
    const rows = Array.from({ length: 12 }, (_, i) => [i]);
    const labels = rows.map((_, i) => (i < 6 ? "low" : "high"));
    /** Knows the odd rows only. */
    const knnFunc: NeighbourIndexBuilder = (reference) => ({
      size: 12,
      search: (query, k) => {
        const odd = takeRows(reference, [1, 3, 5, 7, 9, 11]);
        const found = nearestNeighbours(query, odd, Math.min(k, 6));
        const indices = new Int32Array(query.rows * k).fill(-1);
        const distances = new Float32Array(query.rows * k).fill(Infinity);
        for (let i = 0; i < query.rows; i++) {
          for (let r = 0; r < found.k; r++) {
            indices[i * k + r] = 2 * found.indices[i * found.k + r] + 1;
            distances[i * k + r] = found.distances[i * found.k + r];
          }
        }
        return { indices, distances, k };
      },
    });
    const distance = new LpDistance({ normalizeEmbeddings: false });
    const { triplets, indexRecall } = mineHardNegatives(
      { anchors: rows, labels },
      { distance, knnFunc, negativesPerAnchor: 5 },
    );
    expect([...triplets.anchors.subarray(0, 4)]).toEqual([0, 0, 0, 1]);
    expect([...triplets.negatives.subarray(0, 4)]).toEqual([7, 9, 11, 7]);
    expect(indexRecall).toBe(0.5);
    const source = { rows: 12, cols: 1, read: (start: number, end: number) => rows.slice(start, end) };
    expect(() => mineHardNegatives({ anchors: source, labels }, { distance, knnFunc })).toThrow(
      /reference is a source/,
    );
    const mixed = { anchors: source, labels, reference: rows, referenceLabels: labels };
    expect(mineHardNegatives(mixed, { distance, knnFunc }).indexRecall).toBe(0.5);
  });

  it("draws among the allowed candidates at random, all equally likely, with a seed", { tags: ["long"] }, () => {
    const given = scene({ n: 1, m: 9, kind: "positives", seed: 4 });
    const mine = (seed: number) =>
      mineHardNegatives(inputOf(given), { choice: "random", negativesPerAnchor: 2, rankRange: [1, 6], seed });
    const { allowed } = twin(given, { distance: new CosineSimilarity(), rankRange: [1, 6] })[0];
    expect(allowed.length).toBe(5);
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 3000; seed++) {
      const { negatives } = mine(seed).triplets;
      const places = Array.from(negatives, (j) => allowed.indexOf(j));
      expect(places[0] < places[1] && places[0] >= 0).toBe(true);
      counts.set(places.join(" "), (counts.get(places.join(" ")) ?? 0) + 1);
    }
    expect(counts.size).toBe(10);
    expectDraws([...counts.values()], Array<number>(10).fill(0.1));
    expect(mine(7)).toEqual(mine(7));
  });

  it("tells false negatives by a share of the positive's similarity", () => {
    const angle = (degrees: number): number[] => [
      Math.cos((degrees * Math.PI) / 180),
      Math.sin((degrees * Math.PI) / 180),
    ];
    const input = { anchors: [angle(0)], reference: [20, 5, 19, 40, 70].map(angle), positives: [0] };
    const negatives = (options: Partial<HardNegativeOptions>) => [
      ...mineHardNegatives(input, options).triplets.negatives,
    ];
    expect(negatives({})).toEqual([1, 2, 3]);
    expect(negatives({ shareOfPositive: 0.95 })).toEqual([3, 4]);
    expect(negatives({ closest: Math.cos((10 * Math.PI) / 180) })).toEqual([2, 3, 4]);
    expect(negatives({ rankRange: [1, 3] })).toEqual([2, 3]);
    expect(mineHardNegatives(input, { shareOfPositive: 0.95 }).refused).toBe(2);
  });

  it("finds nothing where there is nothing", () => {
    const none = { anchorsWithoutPositive: 0, anchorsWithoutNegative: 0 };
    expect(mineHardNegatives({ anchors: [], labels: [] })).toMatchObject(none);
    const two = fromRows([
      [1, 0],
      [0, 1],
    ]);
    expect(mineHardNegatives({ anchors: two, labels: ["a", "a"] })).toMatchObject({ anchorsWithoutNegative: 2 });
    expect(mineHardNegatives({ anchors: two, labels: ["a", "b"] })).toMatchObject({ anchorsWithoutPositive: 2 });
    const zeros = fromRows(Array.from({ length: 4 }, () => [0, 0]));
    expect(mineHardNegatives({ anchors: zeros, labels: [0, 0, 1, 1] }).triplets.anchors.length).toBe(8);
  });

  it("refuses what is no data set, and rules that do not fit the distance", () => {
    const anchors = [
      [1, 2],
      [3, 4],
    ];
    const mine =
      (input: object, options: object = {}) =>
      () =>
        mineHardNegatives({ anchors, ...input }, options);
    expect(mine({})).toThrow(/neither labels nor positives/);
    expect(mine({ labels: [1] })).toThrow(/labels has 1 entries for 2 rows/);
    expect(mine({ labels: [1, 1], reference: [[1, 2]] })).toThrow(/without referenceLabels/);
    expect(mine({ positives: [0, 5] })).toThrow(/positives\[1\] is 5.*0 to 1/);
    expect(mine({ positives: [0, 0], reference: [[1, 2, 3]] })).toThrow(/3 columns/);
    expect(mine({ anchors: [[1, NaN]], labels: [1] })).toThrow(/row 0, column 1/);
    const labels = [1, 1];
    expect(mine({ labels }, { distance: new LpDistance(), shareOfPositive: 0.9 })).toThrow(/give relativeMargin/);
    expect(mine({ labels }, { rankRange: [3, 3] })).toThrow(/rankRange\[1\] is 3/);
    expect(mine({ labels }, { negativesPerAnchor: 0 })).toThrow(/negativesPerAnchor is 0/);
    expect(mine({ labels }, { closest: "near" })).toThrow(/closest is "near"/);
  });
});
