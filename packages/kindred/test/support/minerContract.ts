import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DotProductSimilarity,
  isTriplets,
  LpDistance,
  Random,
  SNRDistance,
  type Distance,
  type Label,
  type MineOptions,
  type MinerOptions,
  type Tuples,
} from "../../src/index.ts";
import type { MatrixLike, TupleCounts } from "../../src/index.ts";
import { fromRows, plainDistances, plainPairs, type Pair, type Rows } from "./plain.ts";
import { runs } from "./runs.ts";

/** A batch as a twin sees it: the whole distance matrix and every pair, listed. */
export interface MiningBatch {
  readonly rows: Rows;
  readonly reference: Rows | null;
  readonly labels: readonly Label[];
  readonly referenceLabels: readonly Label[] | null;
  readonly distances: Rows;
  readonly isInverted: boolean;
  readonly positives: readonly Pair[];
  readonly negatives: readonly Pair[];
}

/** A tuple that could be mined, as {@link tupleNames} writes it, and by how much it is beyond the miner's bound. */
export interface Candidate {
  readonly name: string;
  /** Above 0: must be kept; below: must be left out; about 0: rounding decides. */
  readonly slack: number;
}

/** A miner as the contract calls it. */
interface MinerUnderTest {
  readonly statistics: Readonly<TupleCounts>;
  mine(embeddings: MatrixLike, labels: Label[], options?: MineOptions): Tuples<Int32Array>;
}

interface MinerContract {
  readonly make: (options: Partial<MinerOptions>) => MinerUnderTest;
  /** All tuples that the miner chooses from, or null where another test compares. */
  readonly twin: ((batch: MiningBatch) => Candidate[]) | null;
  /** Default: cosine, raw dot product, Lp with p 2 and 1, and SNR. */
  readonly distances?: readonly Distance[];
  /** Whether what an anchor gets depends on no other anchor. Default true. */
  readonly isAnchorwise?: boolean;
  /** Whether the miner has `maxTuplesPerAnchor`. Default true. */
  readonly isBounded?: boolean;
}

export const minerDistances: readonly Distance[] = [
  new CosineSimilarity(),
  new DotProductSimilarity({ normalizeEmbeddings: false }),
  new LpDistance(),
  new LpDistance({ p: 1, normalizeEmbeddings: false }),
  new SNRDistance(),
];

/** "p 0 3" for a positive pair, "n 0 4" for a negative one, "0 3 4" for a triplet. */
export function tupleNames(tuples: Tuples): string[] {
  if (isTriplets(tuples)) {
    const { anchors, positives, negatives } = tuples;
    return Array.from(anchors, (a, k) => `${a} ${positives[k]} ${negatives[k]}`);
  }
  const { anchors1, positives, anchors2, negatives } = tuples;
  return [
    ...Array.from(anchors1, (a, k) => `p ${a} ${positives[k]}`),
    ...Array.from(anchors2, (a, k) => `n ${a} ${negatives[k]}`),
  ];
}

function anchorOf(name: string): string {
  const words = name.split(" ");
  return /^[pn]/.test(name) ? words[1] : words[0];
}

/** A seeded batch: normal embeddings rounded to float32, labels of up to `classes` classes. */
export function miningBatch(shape: {
  n: number;
  d: number;
  m?: number | null;
  seed: number;
  classes?: number;
  distance: Distance;
}): MiningBatch {
  const random = new Random(shape.seed);
  const row = (): number[] => Array.from({ length: shape.d }, () => Math.fround(random.normal()));
  const letters = (count: number): Label[] =>
    Array.from({ length: count }, () => "abcdefgh"[random.integer(shape.classes ?? 3)]);
  const rows = Array.from({ length: shape.n }, row);
  const labels = letters(shape.n);
  const m = shape.m ?? null;
  const reference = m === null ? null : Array.from({ length: m }, row);
  const referenceLabels = m === null ? null : letters(m);
  return listedBatch(rows, labels, reference, referenceLabels, shape.distance);
}

/** Made when first asked for: the pairs of a large batch are millions. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

export function listedBatch(
  rows: Rows,
  labels: readonly Label[],
  reference: Rows | null,
  referenceLabels: readonly Label[] | null,
  distance: Distance,
): MiningBatch {
  const distances = once(() => plainDistances(distance, rows, reference ?? rows));
  const pairs = once(() => plainPairs(labels, referenceLabels));
  return {
    rows,
    reference,
    labels,
    referenceLabels,
    isInverted: distance.isInverted,
    get distances() {
      return distances();
    },
    get positives() {
      return pairs()[0];
    },
    get negatives() {
      return pairs()[1];
    },
  };
}

/** Mines a batch. */
export function mineBatch(miner: MinerUnderTest, batch: MiningBatch, cols: number): Tuples<Int32Array> {
  const { rows, reference, labels, referenceLabels } = batch;
  return miner.mine(fromRows(rows, cols), [...labels], {
    reference: reference === null ? undefined : fromRows(reference, cols),
    referenceLabels: referenceLabels ?? undefined,
  });
}

export const batchShapes = {
  n: fc.integer({ min: 0, max: 12 }),
  d: fc.integer({ min: 3, max: 6 }),
  m: fc.option(fc.integer({ min: 0, max: 10 })),
  classes: fc.integer({ min: 1, max: 5 }),
  seed: fc.integer({ min: 0, max: 1e6 }),
};

/** Tests every miner against its twin, with any distance and reference, and with hostile batches. */
export function describeMinerContract(name: string, contract: MinerContract): void {
  const { make, twin } = contract;
  const distances = contract.distances ?? minerDistances;

  describe(`${name}, as every miner`, () => {
    if (twin !== null)
      it("keeps what its brute-force twin keeps", { tags: ["long", "drawn"] }, () => {
        fc.assert(
          fc.property(
            fc.record({ ...batchShapes, distance: fc.constantFrom(...distances) }),
            ({ distance, ...shape }) => {
              const batch = miningBatch({ ...shape, distance });
              const tuples = mineBatch(make({ distance }), batch, shape.d);
              expectCandidates(tupleNames(tuples), twin(batch), batch);
            },
          ),
          { numRuns: runs(150), seed: 3 },
        );
      });

    if (twin !== null && (contract.isAnchorwise ?? true))
      it("gives an anchor among others what it gives it alone", () => {
        const [distance] = distances;
        const batch = miningBatch({ n: 4, d: 3, m: 9, seed: 5, distance });
        const { reference, referenceLabels } = batch;
        const alone = listedBatch([batch.rows[0]], [batch.labels[0]], reference, referenceLabels, distance);
        const ofFirst = tupleNames(mineBatch(make({ distance }), batch, 3)).filter((tuple) => anchorOf(tuple) === "0");
        const names = tupleNames(mineBatch(make({ distance }), alone, 3));
        expect(names.sort()).toEqual(ofFirst.sort());
      });

    it("takes labels of any kind", () => {
      const distance = distances[0];
      const batch = miningBatch({ n: 12, d: 4, seed: 6, distance });
      const kinds: Label[][] = [
        [1e9, -3, 0.5],
        ["x", "", "y"],
        [7n, 8n, 9n],
        [true, false, "true"],
      ];
      const names = kinds.map((kind) => {
        const labels = batch.labels.map((label) => kind["abc".indexOf(String(label))]);
        return tupleNames(mineBatch(make({ distance }), { ...batch, labels }, 4));
      });
      for (const other of names) expect(other).toEqual(names[0]);
    });

    it("finds nothing where there is nothing, and says no error", () => {
      for (const labels of [[], ["a"], ["a", "a"], ["a", "b"], ["a", "a", "a", "a"], ["a", "b", "c", "d"]]) {
        for (const distance of distances) {
          const batch = listedBatch(
            labels.map((_, i) => [1, i, -i, 0.5]),
            labels,
            null,
            null,
            distance,
          );
          const miner = make({ distance });
          const tuples = mineBatch(miner, batch, 4);
          const names = tupleNames(tuples);
          const possible = new Set([
            ...batch.positives.map(([a, p]) => `p ${a} ${p}`),
            ...batch.negatives.map(([a, n]) => `n ${a} ${n}`),
          ]);
          for (const tuple of names) expect(possible).toContain(tuple);
          expect(miner.statistics.numTriplets).toBe(isTriplets(tuples) ? names.length : 0);
          for (const figure of Object.values(miner.statistics)) expect(Number.isFinite(figure)).toBe(true);
        }
      }
    });

    it("takes zero vectors and equal ones", () => {
      for (const distance of distances) {
        const rows = [
          [0, 0, 0],
          [0, 0, 0],
          [1, 2, 3],
          [1, 2, 3],
          [1, 2, 3],
          [0, 0, 0],
        ];
        const batch = listedBatch(rows, ["a", "b", "a", "b", "a", "b"], null, null, distance);
        const miner = make({ distance });
        const names = tupleNames(mineBatch(miner, batch, 3));
        for (const tuple of names) expect(tuple).toMatch(/^([pn] )?\d+( \d+)+$/);
        for (const figure of Object.values(miner.statistics)) expect(Number.isNaN(figure)).toBe(false);
      }
    });

    it("takes huge and tiny embeddings", () => {
      const [distance] = distances;
      for (const size of [1e-20, 1e15]) {
        const batch = miningBatch({ n: 9, d: 4, seed: 8, distance });
        const scaled = { ...batch, rows: batch.rows.map((row) => row.map((x) => x * size)) };
        expect(() => mineBatch(make({ distance }), scaled, 4)).not.toThrow();
      }
    });

    it("counts what it found, and freezes the figures", () => {
      const [distance] = distances;
      const miner = make({ distance });
      expect(miner.statistics).toMatchObject({ numPosPairs: 0, numNegPairs: 0, numTriplets: 0 });
      const tuples = mineBatch(miner, miningBatch({ n: 12, d: 4, seed: 9, distance }), 4);
      expect(miner.statistics).toMatchObject(
        isTriplets(tuples)
          ? { numPosPairs: 0, numNegPairs: 0, numTriplets: tuples.anchors.length }
          : { numPosPairs: tuples.anchors1.length, numNegPairs: tuples.anchors2.length, numTriplets: 0 },
      );
      expect(Object.isFrozen(miner.statistics)).toBe(true);
    });

    if (contract.isBounded ?? true)
      it("gives an anchor no more than maxTuplesPerAnchor, of those it would give, the same for the same seed", () => {
        const [distance] = distances;
        const batch = miningBatch({ n: 24, d: 4, seed: 10, classes: 2, distance });
        const all = new Set(tupleNames(mineBatch(make({ distance }), batch, 4)));
        const bounded = (seed: number): string[] =>
          tupleNames(mineBatch(make({ distance, maxTuplesPerAnchor: 2, seed }), batch, 4));
        const names = bounded(1);
        const counts = new Map<string, number>();
        for (const tuple of names) {
          const list = tuple.replace(/ \d+$/, "").replace(/ \d+$/, (other) => (/^[pn]/.test(tuple) ? other : ""));
          counts.set(list, (counts.get(list) ?? 0) + 1);
        }
        expect(Math.max(0, ...counts.values())).toBeLessThanOrEqual(2);
        expect(bounded(1)).toEqual(names);
        if (twin !== null) for (const tuple of names) expect(all).toContain(tuple);
        expect(() => make({ distance, maxTuplesPerAnchor: 0 })).toThrow(/maxTuplesPerAnchor is 0/);
      });

    it("refuses what is no batch, with a sentence", () => {
      const [distance] = distances;
      const miner = make({ distance });
      const labels = ["a", "a", "b"];
      const rows = [
        [1, 2],
        [3, NaN],
        [5, 6],
      ];
      expect(() => miner.mine(rows, labels)).toThrow(/embeddings holds NaN at row 1, column 1/);
      const good = [
        [1, 2],
        [3, 4],
        [5, 6],
      ];
      expect(() => miner.mine(good, ["a"])).toThrow(/labels has 1 entries for 3 embeddings/);
      expect(() => miner.mine(good, null as never)).toThrow(/labels is null/);
      expect(() => miner.mine(good, labels, { reference: [[1, 2, 3]], referenceLabels: ["a"] })).toThrow(
        /reference has 3 columns, embeddings has 2/,
      );
      expect(() => miner.mine(good, labels, { reference: good })).toThrow(/referenceLabels/);
      expect(() => make({ distance, distence: 1 } as object)).toThrow(/did you mean "distance"/);
      expect(() => make({ distance: "cosine" as never })).toThrow(TypeError);
    });
  });
}

/** Every candidate well beyond the bound is kept, once, and no other. */
function expectCandidates(names: readonly string[], candidates: readonly Candidate[], batch: MiningBatch): void {
  expect(new Set(names).size).toBe(names.length);
  const slackOf = new Map(candidates.map(({ name, slack }) => [name, slack]));
  const scale = Math.max(1, ...batch.distances.flat().map(Math.abs));
  const tolerance = 1e-5 * scale;
  for (const tuple of names) {
    expect(slackOf.has(tuple)).toBe(true);
    expect(slackOf.get(tuple)!).toBeGreaterThan(-tolerance);
  }
  const kept = new Set(names);
  for (const { name, slack } of candidates) if (slack > tolerance) expect(kept).toContain(name);
}
