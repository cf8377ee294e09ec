import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withAnchorRows, type AnchorRows, type TupleMeaning } from "../../src/batch/anchorRows.ts";
import { batchOf, countPairs, type Batch } from "../../src/batch/batch.ts";
import { pullGradients } from "../../src/distances/distance.ts";
import { CosineSimilarity, prepareBatch, Random, type Label, type Tuples } from "../../src/index.ts";
import { fromRows, plainPairs, toRows, type Pair, type Rows } from "../support/plain.ts";

const distance = new CosineSimilarity();

interface Plain {
  readonly rows: Rows;
  readonly labels: Label[];
  readonly reference: Rows | null;
  readonly referenceLabels: Label[] | null;
}

function plainBatch(n: number, m: number | null, seed: number): Plain {
  const random = new Random(seed);
  const some = (count: number): Rows =>
    Array.from({ length: count }, () => Array.from({ length: 3 }, () => Math.fround(random.normal())));
  const letters = (count: number): Label[] => Array.from({ length: count }, () => "abc"[random.integer(3)]);
  return {
    rows: some(n),
    labels: letters(n),
    reference: m === null ? null : some(m),
    referenceLabels: m === null ? null : letters(m),
  };
}

function prepared({ rows, labels, reference, referenceLabels }: Plain, tuples: Tuples | null = null): Batch {
  const options = reference === null ? {} : { reference: fromRows(reference, 3), referenceLabels: referenceLabels! };
  return batchOf(prepareBatch(fromRows(rows, 3), labels, options), { tuples });
}

/** All pairs that are visited, with their distances; sorted. */
function listed(rows: AnchorRows): { positives: string[]; negatives: string[] } {
  const found = { positives: [] as string[], negatives: [] as string[] };
  rows.forEach((row) => {
    for (const kind of ["positives", "negatives"] as const) {
      const values = new Float64Array(rows.capacity);
      const others = new Int32Array(rows.capacity);
      const count = row[kind].readWith(values, others);
      for (let k = 0; k < count; k++) {
        expect(row[kind].reference(k)).toBe(others[k]);
        found[kind].push(`${row.anchor} ${others[k]} ${values[k]}`);
      }
    }
  });
  return { positives: found.positives.sort(), negatives: found.negatives.sort() };
}

/** The same from the whole matrix. */
function plainly({ rows, reference }: Plain, positives: readonly Pair[], negatives: readonly Pair[]) {
  const distances = toRows(distance.matrix(fromRows(rows, 3), fromRows(reference ?? rows, 3)));
  const names = (pairs: readonly Pair[]): string[] => pairs.map(([a, j]) => `${a} ${j} ${distances[a][j]}`).sort();
  return { positives: names(positives), negatives: names(negatives) };
}

const shapes = fc.record({
  n: fc.integer({ min: 1, max: 9 }),
  m: fc.option(fc.integer({ min: 1, max: 8 })),
  seed: fc.nat(1e6),
});

describe("AnchorRows", () => {
  it("visit every pair that labels make, shared or not", () => {
    fc.assert(
      fc.property(shapes, ({ n, m, seed }) => {
        const plain = plainBatch(n, m, seed);
        const batch = prepared(plain);
        const expected = plainly(plain, ...plainPairs(plain.labels, plain.referenceLabels));
        const visit = () => withAnchorRows(batch, distance, "list", listed);
        expect(visit()).toEqual(expected);
        batch.prepared.share(() => {
          expect(visit()).toEqual(expected);
          expect(visit()).toEqual(expected);
        });
        expect(countPairs(batch)).toMatchObject({
          positivePairs: expected.positives.length,
          negativePairs: expected.negatives.length,
        });
      }),
    );
  });

  it("tell the size of each anchor's class, itself among it where it is a reference", () => {
    const plain = plainBatch(9, null, 3);
    withAnchorRows(prepared(plain), distance, "list", (rows) => {
      rows.forEach(({ anchor, classSize, positives }) => {
        expect(classSize).toBe(plain.labels.filter((label) => label === plain.labels[anchor]).length);
        expect(positives.count).toBe(classSize - 1);
      });
    });
    const compared = plainBatch(4, 6, 3);
    withAnchorRows(prepared(compared), distance, "list", (rows) => {
      rows.forEach(({ classSize, positives }) => {
        expect(positives.count).toBe(classSize);
      });
    });
  });

  it("leave an anchor that stands in the reference out of its positives", () => {
    const plain = plainBatch(6, null, 8);
    const anchorRows = [1, 0, -1, 3, -1, 5];
    const swapped = [1, 0, 2, 3, 4, 5];
    const reference = fromRows(
      swapped.map((i) => plain.rows[i]),
      3,
    );
    const referenceLabels = swapped.map((i) => plain.labels[i]);
    const batch = batchOf(
      prepareBatch(fromRows(plain.rows, 3), plain.labels, { reference, referenceLabels, anchorRows }),
    );
    const { positives } = withAnchorRows(batch, distance, "list", listed);
    const pairs = positives.map((pair) => pair.split(" ").slice(0, 2).map(Number));
    const expected = plain.labels.flatMap((label, a) =>
      referenceLabels.flatMap((other, j) => (other === label && anchorRows[a] !== j ? [[a, j]] : [])),
    );
    expect(pairs).toEqual(expected);
  });

  const tuples: Tuples = {
    anchors1: [2, 0, 0, 2, 0, 1],
    positives: [1, 3, 1, 1, 3, 4],
    anchors2: [0, 0, 3, 0, 3],
    negatives: [3, 2, 0, 2, 0],
  };
  const meanings: Record<TupleMeaning, [positives: Pair[], negatives: Pair[]]> = {
    list: [
      [
        [2, 1],
        [0, 3],
        [0, 1],
        [2, 1],
        [0, 3],
        [1, 4],
      ],
      [
        [0, 3],
        [0, 2],
        [3, 0],
        [0, 2],
        [3, 0],
      ],
    ],
    set: [
      [
        [2, 1],
        [0, 3],
        [0, 1],
        [1, 4],
      ],
      [
        [0, 3],
        [0, 2],
        [3, 0],
      ],
    ],
    partition: [
      [
        [2, 1],
        [0, 3],
        [0, 1],
        [1, 4],
      ],
      [
        [0, 2],
        [3, 0],
      ],
    ],
  };
  for (const [meaning, [positives, negatives]] of Object.entries(meanings)) {
    it(`visit the pairs of tuples as a ${meaning}, shared or not`, () => {
      const plain = plainBatch(5, null, 11);
      const batch = prepared(plain, tuples);
      const expected = plainly(plain, positives, negatives);
      const visit = () => withAnchorRows(batch, distance, meaning as TupleMeaning, listed);
      expect(visit()).toEqual(expected);
      expect(batch.prepared.share(visit)).toEqual(expected);
    });
  }

  it("say where each pair stood in the tuples", () => {
    withAnchorRows(prepared(plainBatch(5, null, 11), tuples), distance, "list", (rows) => {
      rows.forEach((row) => {
        for (const [others, anchors, list] of [
          [row.positives, tuples.anchors1, tuples.positives],
          [row.negatives, tuples.anchors2, tuples.negatives],
        ] as const) {
          for (let k = 0; k < others.count; k++) {
            const rank = others.rank(k);
            expect([anchors[rank], list[rank]]).toEqual([row.anchor, others.reference(k)]);
          }
        }
      });
    });
  });

  it("pull back what is left in the places, the same from pairs that labels make and from the same pairs listed", () => {
    fc.assert(
      fc.property(shapes, ({ n, m, seed }) => {
        const plain = plainBatch(n, m, seed);
        const [positives, negatives] = plainPairs(plain.labels, plain.referenceLabels);
        const all: Tuples = {
          anchors1: positives.map(([a]) => a),
          positives: positives.map(([, p]) => p),
          anchors2: negatives.map(([a]) => a),
          negatives: negatives.map(([, o]) => o),
        };
        const slopes = (batch: Batch): number[] =>
          withAnchorRows(batch, distance, "list", (rows) => {
            rows.pullBack((row) => {
              row.positives.fill(row.anchor + 1);
              row.negatives.affine(2, -1);
            });
            const { embeddings, reference = null } = pullGradients(rows.sides, batch.embeddings, batch.reference, 1);
            return [...toRows(embeddings), ...(reference === null ? [] : toRows(reference))].flat();
          });
        const labelled = slopes(prepared(plain));
        const given = prepared(plain, all);
        for (const found of [slopes(given), given.prepared.share(() => slopes(given))])
          found.forEach((slope, k) => expect(slope).toBeCloseTo(labelled[k], 4));
      }),
      { numRuns: 40 },
    );
  });
});
