import { describe, expect, it } from "vitest";
import { Run } from "../../src/kernels/run.ts";
import { borrow, heap } from "../../src/kernels/runtime.ts";

describe("Run", () => {
  it("reads and writes the floats that it points at, and no others", () => {
    borrow((workspace) => {
      const all = Run.of(workspace, 6);
      all.view().set([1, 2, 3, 4, 5, 6]);
      const run = new Run().point(all.pointer + 8, 3);
      expect([...run.view()]).toEqual([3, 4, 5]);
      expect([run.at(0), run.max(), run.dot(run)]).toEqual([3, 5, 50]);
      run.put(1, 9);
      run.affine(2, 1);
      expect([...all.view()]).toEqual([1, 2, 7, 19, 11, 6]);
      run.fill(0);
      expect([...all.view()]).toEqual([1, 2, 0, 0, 0, 6]);
      run.copyFrom(all);
      expect([...all.view()]).toEqual([1, 2, 1, 2, 0, 6]);
      run.timesEach(Float64Array.of(3, -1, 5));
      expect([...all.view()]).toEqual([1, 2, 3, -2, 0, 6]);
    });
  });

  it("gives the same view again until it points elsewhere or the memory grows", () => {
    borrow((workspace) => {
      const run = Run.of(workspace, 4);
      run.view().set([1, 2, 3, 4]);
      const view = run.view();
      expect(run.view()).toBe(view);
      run.point(run.pointer, 2);
      expect([...run.view()]).toEqual([1, 2]);
      run.point(run.pointer + 4, 2);
      expect([...run.view()]).toEqual([2, 3]);
      const before = heap();
      workspace.floats(before.length);
      expect(heap() === before).toBe(false);
      expect([...run.view()]).toEqual([2, 3]);
      run.put(0, 7);
      expect([...run.view()]).toEqual([7, 3]);
    });
  });
});
