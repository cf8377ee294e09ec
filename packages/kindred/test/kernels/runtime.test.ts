import { describe, expect, it } from "vitest";
import { CosineSimilarity, LpDistance, Random, SupConLoss, type Matrix } from "../../src/index.ts";
import { KernelsError } from "../../src/kernels/kernelsError.ts";
import { borrow, floatsAt, heap, kernels } from "../../src/kernels/runtime.ts";

function normalMatrix(rows: number, cols: number, seed: number): Matrix {
  const random = new Random(seed);
  return { data: Float32Array.from({ length: rows * cols }, () => random.normal()), rows, cols };
}

const labelsOf = (rows: number): number[] => Array.from({ length: rows }, (_, i) => i % 5);

/** More floats than the memory holds now. */
const beyond = (): number => heap().length + 1;

describe("borrow", () => {
  it("hands out runs that begin at multiples of 16 bytes and do not overlap", () =>
    borrow((workspace) => {
      let end = kernels.heapBase();
      for (const count of [1, 0, 3, 4, 5, 0, 17]) {
        const pointer = workspace.floats(count);
        expect(pointer % 16).toBe(0);
        expect(pointer).toBeGreaterThanOrEqual(end);
        end = pointer + 4 * count;
      }
    }));

  it("gives all back when the borrower returns or throws", () => {
    const start = borrow((workspace) => workspace.floats(10));
    expect(borrow((workspace) => workspace.floats(1000))).toBe(start);
    expect(() =>
      borrow((workspace) => {
        workspace.floats(5000);
        throw new Error("halfway");
      }),
    ).toThrow("halfway");
    expect(borrow((workspace) => workspace.floats(1))).toBe(start);
  });

  it("lets borrowers nest: the inner one gets other memory and leaves the outer one's alone", () =>
    borrow((workspace) => {
      const outer = workspace.floats(8);
      floatsAt(outer, 8).fill(1);
      const inner = borrow((nested) => {
        const pointer = nested.floats(8);
        floatsAt(pointer, 8).fill(2);
        return pointer;
      });
      expect(inner).toBeGreaterThanOrEqual(outer + 32);
      expect(Array.from(floatsAt(outer, 8))).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
      expect(workspace.floats(4)).toBe(inner);
    }));

  it("refuses what WebAssembly's memory cannot hold, and works on afterwards", () => {
    const start = borrow((workspace) => workspace.floats(1));
    for (const count of [2 ** 29, 2 ** 31, 2 ** 53])
      expect(() => borrow((workspace) => workspace.floats(count))).toThrow(
        new KernelsError(
          `a working buffer of ${count} floats is more than WebAssembly's memory holds; use smaller batches`,
        ),
      );
    expect(borrow((workspace) => workspace.floats(1))).toBe(start);
  });
});

describe("the kernels' memory", () => {
  it("grows on demand, keeps what it held, and kills the views taken before", () =>
    borrow((workspace) => {
      const pointer = workspace.floats(6);
      const [before, run] = [heap(), floatsAt(pointer, 6)];
      run.set([1, 2, 3, 4, 5, 6]);
      const far = workspace.floats(beyond());
      expect([before.length, run.length]).toEqual([0, 0]);
      expect(heap().length * 4).toBeGreaterThan(far);
      expect(Array.from(floatsAt(pointer, 6))).toEqual([1, 2, 3, 4, 5, 6]);
    }));

  it("is one view until it grows", () => {
    const view = heap();
    borrow((workspace) => workspace.floats(16));
    expect(heap() === view).toBe(true);
    borrow((workspace) => workspace.floats(beyond()));
    // a dead view is nothing that a message could show
    expect(heap() === view).toBe(false);
  });
});

describe("results of the library", () => {
  const batch = normalMatrix(41, 7, 1);
  const loss = new SupConLoss({ whenSilent: "ignore" });
  const small = loss.evaluate(batch, labelsOf(41));

  it("are the same bits whatever was computed before: nothing is read that was not written", () => {
    for (const [rows, cols] of [
      [3, 50],
      [97, 5],
      [260, 33],
    ]) {
      const other = normalMatrix(rows, cols, rows);
      other.data.fill(1e18);
      loss.evaluate(other, labelsOf(rows));
      new LpDistance({ normalizeEmbeddings: false }).matrix(other, normalMatrix(9, cols, 2));
      // NaN everywhere that the next borrower may get
      borrow((workspace) => floatsAt(workspace.floats(1 << 18), 1 << 18).fill(NaN));
      expect(loss.evaluate(batch, labelsOf(41))).toEqual(small);
    }
  });

  it("are copies: later work and growth leave them as they are", () => {
    const distance = new CosineSimilarity();
    const matrix = distance.matrix(batch);
    const copy = matrix.data.slice();
    borrow((workspace) => floatsAt(workspace.floats(1 << 18), 1 << 18).fill(NaN));
    borrow((workspace) => workspace.floats(beyond()));
    expect(matrix.data).toEqual(copy);
    expect(distance.matrix(batch)).toEqual(matrix);
  });

  it("are the same when computed while another borrower's memory is in use", () =>
    borrow((workspace) => {
      const pointer = workspace.floats(100);
      floatsAt(pointer, 100).fill(7);
      expect(loss.evaluate(batch, labelsOf(41))).toEqual(small);
      expect(floatsAt(pointer, 100).every((entry) => entry === 7)).toBe(true);
    }));
});
