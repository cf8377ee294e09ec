import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from "vitest";
import { asPrepared, PreparedBatch } from "../../src/batch/preparedBatch.ts";
import type { Comparison } from "../../src/distances/distance.ts";
import { ProductForm } from "../../src/distances/forms/productForm.ts";
import { CosineSimilarity, LpDistance, prepareBatch, Random, toMatrix, type Matrix } from "../../src/index.ts";

const random = new Random(4);
const rows = Array.from({ length: 7 }, () => [random.normal(), random.normal(), random.normal()]);
const labels = ["b", "a", "b", "c", "a", "b", "c"];
const cosine = new CosineSimilarity();

/** All distances, by the rows that were given. */
function matrixOf({ query, reference, tiles }: Comparison): number[][] {
  const all: number[][] = [];
  tiles.forEachRow((row) => {
    const entries: number[] = [];
    for (let place = 0; place < reference.rows; place++) entries[reference.source(place)] = row.at(place);
    all[query.source(row.place)] = entries;
  });
  return all;
}

function plainMatrix(query: number[][], reference = query): number[][] {
  const { data, cols } = cosine.matrix(query, reference);
  return query.map((_, i) => [...data.subarray(i * cols, (i + 1) * cols)]);
}

let products: MockInstance;
beforeEach(() => {
  products = vi.spyOn(ProductForm.prototype, "fillSymmetric");
});
afterEach(() => {
  products.mockRestore();
});

describe("prepareBatch", () => {
  it("gives a matrix, the embeddings, with labels as classes and rows in their order", () => {
    const batch = prepareBatch(rows, labels);
    expect({ ...toMatrix(rows, "rows") }).toEqual({ data: batch.data, rows: batch.rows, cols: batch.cols });
    expect(batch.classes).toEqual(["b", "a", "c"]);
    expect([...batch.codes!]).toEqual([0, 1, 0, 2, 1, 0, 2]);
    expect(batch.referenceCodes).toBe(batch.codes);
    expect([...batch.classOrder.order]).toEqual([0, 2, 5, 1, 4, 3, 6]);
    expect([...batch.classOrder.starts]).toEqual([0, 3, 5, 7]);
  });

  it("orders a reference by classes that anchors and references have together", () => {
    const batch = prepareBatch(rows, labels, { reference: rows.slice(0, 3), referenceLabels: ["d", "a", "a"] });
    expect(batch.classes).toEqual(["b", "a", "c", "d"]);
    expect([...batch.referenceCodes!]).toEqual([3, 1, 1]);
    expect([...batch.classOrder.order]).toEqual([1, 2, 0]);
  });

  it("takes no labels, and a reference without", () => {
    expect(prepareBatch(rows, null)).toMatchObject({ codes: null, referenceCodes: null, labels: null });
    expect(prepareBatch(rows, labels, { reference: rows }).referenceCodes).toBeNull();
  });

  it("refuses what is no batch, with a sentence", () => {
    const all = { reference: rows, referenceLabels: labels };
    expect(() => prepareBatch([[1, NaN]], ["a"])).toThrow("embeddings holds NaN at row 0, column 1");
    expect(() => prepareBatch(rows, ["a"])).toThrow("labels has 1 entries for 7 embeddings; each row needs one label");
    expect(() => prepareBatch(rows, labels, { reference: [[1]], referenceLabels: ["a"] })).toThrow(
      "reference has 1 columns, embeddings has 3; both must be as wide",
    );
    expect(() => prepareBatch(rows, labels, { ...all, referenceLabels: ["a"] })).toThrow(
      "referenceLabels has 1 entries",
    );
    expect(() => prepareBatch(rows, labels, { anchorRows: [0] })).toThrow("give a reference");
    expect(() => prepareBatch(rows, labels, { ...all, anchorRows: [0] })).toThrow("anchorRows has 1 entries");
    expect(() => prepareBatch(rows, labels, { ...all, anchorRows: [0, 1, 2, 3, 4, 5, 7] })).toThrow(
      "anchorRows[6] is 7",
    );
    expect(() => prepareBatch(rows, labels, { ...all, anchorRows: [1, -1, -1, -1, -1, -1, -1] })).toThrow(
      "anchor 0 stands in row 1 of the reference, which has another label",
    );
    expect(() => prepareBatch(rows, labels, { learnReference: 1 as never })).toThrow("learnReference is 1");
  });
});

describe("asPrepared", () => {
  const reference = rows.slice(0, 3);
  const referenceLabels = ["a", "b", "c"];

  it("takes a prepared batch as it is, where it is prepared with the same", () => {
    const batch = prepareBatch(rows, labels);
    expect(asPrepared(batch, labels, {})).toBe(batch);
    const compared = prepareBatch(rows, labels, { reference, referenceLabels });
    expect(asPrepared(compared, labels, {})).toBe(compared);
    expect(asPrepared(compared, labels, { reference, referenceLabels })).toBe(compared);
    expect(asPrepared(compared, labels, { reference: compared.reference! })).toBe(compared);
    expect(asPrepared(prepareBatch(rows, null), null, {})).toBeInstanceOf(PreparedBatch);
  });

  it("prepares it anew with other labels, another reference, or what else it was not prepared with", () => {
    const batch = prepareBatch(rows, labels);
    for (const [other, options] of [
      [[...labels], {}],
      [null, {}],
      [labels, { reference, referenceLabels }],
      [labels, { learnReference: false }],
    ] as const) {
      const anew = asPrepared(batch, other, options);
      expect(anew).not.toBe(batch);
      expect([anew.labels, anew.reference === null]).toEqual([other, !("reference" in options)]);
      expect(anew.data).toEqual(batch.data);
    }
    const compared = prepareBatch(rows, labels, { reference, referenceLabels });
    expect(asPrepared(compared, labels, { reference: rows, referenceLabels: labels }).reference!.rows).toBe(7);
    expect(() => asPrepared(batch, ["a"], {})).toThrow("labels has 1 entries");
  });
});

describe("PreparedBatch.compare", () => {
  it("gives sides by class or as given, with the same distances", () => {
    const batch = prepareBatch(rows, labels);
    const expected = plainMatrix(rows);
    for (const order of ["class", "given"] as const) {
      batch.compare(cosine, order, (sides) => {
        expect(matrixOf(sides)).toEqual(expected);
        expect(sides.reference.order).toEqual(order === "class" ? batch.classOrder.order : null);
        expect(sides.query).toBe(sides.reference);
      });
    }
    const compared = prepareBatch(rows, labels, { reference: rows.slice(2), referenceLabels: labels.slice(2) });
    compared.compare(cosine, "class", (sides) => {
      expect(matrixOf(sides)).toEqual(plainMatrix(rows, rows.slice(2)));
      expect(sides.query.order).toBeNull();
    });
  });

  it("forms products each time, unless the batch is shared", () => {
    const batch = prepareBatch(rows, labels);
    for (let k = 0; k < 2; k++) batch.compare(cosine, "class", matrixOf);
    expect(products).toHaveBeenCalledTimes(2);
  });
});

describe("PreparedBatch.share", () => {
  it("keeps what is compared, by class whatever is wanted, for distances that compare alike", () => {
    const batch = prepareBatch(rows, labels);
    const expected = plainMatrix(rows);
    products.mockClear();
    const orders = batch.share(() =>
      (["given", "class", "given"] as const).map((order) =>
        batch.compare(new CosineSimilarity(), order, (sides) => {
          expect(matrixOf(sides)).toEqual(expected);
          return sides.query.order;
        }),
      ),
    );
    expect(orders).toEqual([batch.classOrder.order, batch.classOrder.order, batch.classOrder.order]);
    expect(products).toHaveBeenCalledTimes(1);
    batch.share(() => {
      for (const distance of [cosine, new CosineSimilarity({ power: 2 }), new LpDistance(), cosine])
        batch.compare(distance, "class", matrixOf);
    });
    expect(products).toHaveBeenCalledTimes(1 + 3);
  });

  it("leaves nothing behind: afterwards all is formed anew, and right", () => {
    const batch = prepareBatch(rows, labels);
    const shared = batch.share(() => batch.compare(cosine, "class", matrixOf));
    expect(batch.compare(cosine, "given", matrixOf)).toEqual(shared);
    expect(batch.share(() => batch.compare(cosine, "given", matrixOf))).toEqual(shared);
    expect(products).toHaveBeenCalledTimes(3);
  });

  it("ends when what it was begun for fails", () => {
    const batch = prepareBatch(rows, labels);
    const fail = (): never => {
      throw new Error("no");
    };
    expect(() => batch.share(() => batch.compare(cosine, "class", fail))).toThrow("no");
    batch.compare(cosine, "class", matrixOf);
    batch.compare(cosine, "class", matrixOf);
    expect(products).toHaveBeenCalledTimes(2);
  });

  it("is one sharing where it is begun twice", () => {
    const batch = prepareBatch(rows, labels);
    batch.share(() => {
      batch.share(() => batch.compare(cosine, "class", matrixOf));
      batch.compare(cosine, "class", matrixOf);
    });
    expect(products).toHaveBeenCalledTimes(1);
  });

  it("does not hand sides at work to one who compares within that work", () => {
    const batch = prepareBatch(rows, labels);
    const expected = plainMatrix(rows);
    batch.share(() => {
      batch.compare(cosine, "class", (outer) => {
        outer.tiles.forEachRow((row) => {
          if (row.place === 3)
            batch.compare(cosine, "class", (inner) => {
              expect(inner).not.toBe(outer);
              expect(matrixOf(inner)).toEqual(expected);
            });
        });
        expect(matrixOf(outer)).toEqual(expected);
      });
    });
  });

  it("keeps two batches apart", () => {
    const one = prepareBatch(rows, labels);
    const other = prepareBatch(rows.slice(1), labels.slice(1));
    one.share(() => {
      other.share(() => {
        for (let k = 0; k < 2; k++) {
          expect(one.compare(cosine, "class", matrixOf)).toEqual(plainMatrix(rows));
          expect(other.compare(cosine, "class", matrixOf)).toEqual(plainMatrix(rows.slice(1)));
        }
      });
    });
  });

  it("gives sides as they were given where there are no classes to order by", () => {
    const batch: PreparedBatch & Matrix = prepareBatch(rows, null);
    batch.share(() => {
      batch.compare(cosine, "given", ({ query }) => {
        expect(query.order).toBeNull();
      });
    });
  });
});
