import { expect, test } from "vitest";
import { CosineSimilarity } from "../../../src/distances/cosineSimilarity.ts";
import { LpDistance } from "../../../src/distances/lpDistance.ts";
import { AccuracyCalculator } from "../../../src/evaluation/accuracy/accuracyCalculator.ts";
import { nearestNeighbours } from "../../../src/evaluation/neighbours/nearestNeighbours.ts";
import {
  measureRecall,
  type NeighbourIndex,
  type NeighbourIndexBuilder,
} from "../../../src/evaluation/neighbours/neighbourIndex.ts";
import { rowView } from "../../../src/matrix/matrix.ts";
import { normalMatrix } from "../fixtures.ts";

const reference = normalMatrix(50, 3);
const distance = new LpDistance({ normalizeEmbeddings: false });

/** Finds the exact neighbours but for the nearest `missed`. */
function indexMissing(missed: number): NeighbourIndex {
  return {
    size: 50,
    search(query, k) {
      const { indices, distances } = nearestNeighbours(query, reference, k + missed, { distance });
      const keep = (_: number, place: number) => place % (k + missed) >= missed;
      return { indices: indices.filter(keep), distances: distances.filter(keep), k };
    },
  };
}

test("measureRecall is the share of the exact neighbours that an index finds", () => {
  const query = normalMatrix(20, 3, 2);
  for (const missed of [0, 1, 3]) {
    expect(measureRecall(indexMissing(missed), query, reference, 5, { distance })).toBeCloseTo((5 - missed) / 5, 12);
  }
});

test("measureRecall looks at a sample of the queries", () => {
  const rows: number[] = [];
  const index: NeighbourIndex = {
    size: 50,
    search: (query, k) => {
      rows.push(query.rows);
      return nearestNeighbours(query, reference, k, { distance });
    },
  };
  expect(measureRecall(index, normalMatrix(40, 3), reference, 2, { distance, sample: 7 })).toBe(1);
  expect(rows).toEqual([7]);
});

test("measureRecall of no query is 1", () => {
  expect(measureRecall(indexMissing(1), normalMatrix(0, 3), reference, 2, { distance })).toBe(1);
});

/**
 * An approximate index with the methods of a vector search library: keys are 64-bit, searches answer one query, `probes` of
 * the 8 cells around the first references are looked into.
 */
class CellIndex {
  readonly #cells: { readonly centre: Float32Array; readonly keys: bigint[] }[] = [];
  readonly #vectors = new Map<bigint, Float32Array>();
  readonly #probes: number;

  constructor(probes: number) {
    this.#probes = probes;
  }

  add(key: bigint, vector: Float32Array): void {
    this.#vectors.set(key, vector);
    if (this.#cells.length < 8) this.#cells.push({ centre: vector, keys: [key] });
    else this.#nearestCells(vector)[0].keys.push(key);
  }

  search(vector: Float32Array, count: number): { keys: BigUint64Array; distances: Float32Array } {
    const candidates = this.#nearestCells(vector)
      .slice(0, this.#probes)
      .flatMap(({ keys }) => keys)
      .map((key) => ({ key, distance: 1 - cosine(vector, this.#vectors.get(key) as Float32Array) }))
      .sort((a, b) => a.distance - b.distance)
      .slice(0, count);
    return {
      keys: BigUint64Array.from(candidates, ({ key }) => key),
      distances: Float32Array.from(candidates, ({ distance }) => distance),
    };
  }

  #nearestCells(vector: Float32Array) {
    return this.#cells.toSorted((a, b) => cosine(vector, b.centre) - cosine(vector, a.centre));
  }
}

function cosine(x: Float32Array, y: Float32Array): number {
  const product = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, k) => sum + v * b[k], 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

/** All that an adapter does: rows become keys, keys become rows, and places that were not filled hold no row (-1). */
function cellIndex(probes: number): NeighbourIndexBuilder {
  return (rows) => {
    const library = new CellIndex(probes);
    for (let i = 0; i < rows.rows; i++) library.add(BigInt(i), rowView(rows, i));
    return {
      size: rows.rows,
      search(query, k) {
        const indices = new Int32Array(query.rows * k).fill(-1);
        const distances = new Float32Array(query.rows * k).fill(-Infinity);
        for (let i = 0; i < query.rows; i++) {
          const found = library.search(rowView(query, i), k);
          indices.set(Int32Array.from(found.keys, Number), i * k);
          distances.set(
            found.distances.map((value) => 1 - value),
            i * k,
          );
        }
        return { indices, distances, k };
      },
    };
  };
}

test("an adapter around a vector search library tells its recall, and exact metrics when it finds all", () => {
  const query = normalMatrix(300, 4, 3);
  const queryLabels = Array.from({ length: 300 }, (_, i) => (query.data[4 * i] > 0 ? "right" : "left"));
  const evaluate = (knnFunc: NeighbourIndexBuilder | null) =>
    new AccuracyCalculator({ include: ["precisionAt5"], distance: new CosineSimilarity(), knnFunc }).getAccuracy({
      query,
      queryLabels,
    });
  const exact = evaluate(null);
  const [one, three, all] = [1, 3, 8].map((probes) => evaluate(cellIndex(probes)));
  expect(exact.indexRecall).toBeUndefined();
  expect(all.indexRecall).toBe(1);
  expect(all.metrics).toEqual(exact.metrics);
  expect(one.indexRecall).toBeGreaterThan(0.4);
  expect(one.indexRecall).toBeLessThan(three.indexRecall as number);
  expect(three.indexRecall).toBeLessThan(1);
  expect(Math.abs(three.metrics.precisionAt5 - exact.metrics.precisionAt5)).toBeLessThan(0.05);
});
