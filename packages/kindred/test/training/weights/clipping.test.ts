import { describe, expect, it } from "vitest";
import { checkClipping, clipped, globalNorm } from "../../../src/training/weights/clipping.ts";

const slopes = {
  W: { data: Float32Array.of(3, 0, -4, 0), rows: 2, cols: 2 },
  b: { data: Float32Array.of(12), rows: 1, cols: 1 },
};

describe("clipped", () => {
  it("measures all slopes together: the length of (3, 0, -4, 0, 12) is 13", () => {
    expect(globalNorm(slopes)).toBe(13);
    expect(globalNorm({})).toBe(0);
  });

  // torch.nn.utils.clip_grad_norm_(parameters, 2.6) multiplies by 2.6 / (13 + 1e-6)
  it("scales all slopes alike down to the norm, and leaves those it was given", () => {
    const { W, b } = clipped(slopes, { norm: 2.6 });
    [0.6, 0, -0.8, 0].forEach((entry, k) => expect(W.data[k]).toBeCloseTo(entry, 6));
    expect(b.data[0]).toBeCloseTo(2.4, 6);
    expect([W.rows, W.cols]).toEqual([2, 2]);
    expect(slopes.b.data[0]).toBe(12);
  });

  it("hands out slopes that are short enough as they are", () => {
    expect(clipped(slopes, { norm: 13.1 })).toBe(slopes);
    expect(clipped({}, { norm: 1 })).toEqual({});
  });

  it("cuts each entry to the value", () => {
    expect(Array.from(clipped(slopes, { value: 3.5 }).W.data)).toEqual([3, 0, -3.5, 0]);
    expect(Array.from(clipped(slopes, { value: 3.5 }).b.data)).toEqual([3.5]);
  });

  it("holds for slopes whose squares leave float32", () => {
    const huge = { W: { data: Float32Array.of(3e38, -3e38), rows: 1, cols: 2 } };
    const { data } = clipped(huge, { norm: 1 }).W;
    expect(data[0]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(data[1]).toBeCloseTo(-Math.SQRT1_2, 6);
  });
});

describe("checkClipping", () => {
  it("wants one of the two, above 0", () => {
    expect(checkClipping({ norm: 1 }, "clip")).toEqual({ norm: 1 });
    expect(checkClipping({ value: 0.5 }, "clip")).toEqual({ value: 0.5 });
    expect(() => checkClipping({}, "clip")).toThrow(
      "clip has norm = undefined and value = undefined; give one of the two",
    );
    expect(() => checkClipping({ norm: 1, value: 1 }, "clip")).toThrow(/give one of the two/);
    expect(() => checkClipping({ norm: 0 }, "clip")).toThrow("norm of clip is 0; give a finite number > 0");
    expect(() => checkClipping({ norms: 1 } as never, "clip")).toThrow(/did you mean "norm"/);
    expect(() => checkClipping(1 as never, "clip")).toThrow(/clip takes its options as an object/);
  });
});
