import { afterEach, describe, expect, it } from "vitest";
import { borrow, floatsAt, kernels } from "../../src/kernels/runtime.ts";
import { setThreads, threadCount } from "../../src/kernels/threads.ts";
import { ContrastiveLoss } from "../../src/losses/pairs/contrastiveLoss.ts";
import { SupConLoss } from "../../src/losses/pairs/supConLoss.ts";
import { Random } from "../../src/matrix/random.ts";
import { expectSameFloats } from "../support/sameFloats.ts";

afterEach(() => setThreads(1));

interface Shape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly accumulate: boolean;
  readonly upperOnly: boolean;
}

/** The product of random matrices, added to ones; what is not written stays 1. */
function product({ m, n, k, accumulate, upperOnly }: Shape): Float32Array {
  const random = new Random(m + n + k);
  return borrow((workspace) => {
    const [a, b, c] = [m * k, k * n, m * n].map((count) => workspace.floats(count));
    floatsAt(a, m * k).forEach((_, i, floats) => (floats[i] = random.normal()));
    floatsAt(b, k * n).forEach((_, i, floats) => (floats[i] = random.normal()));
    floatsAt(c, m * n).fill(1);
    kernels.gemm(m, n, k, a, k, 1, b, n, 1, c, n, accumulate, upperOnly);
    return Float32Array.from(floatsAt(c, m * n));
  });
}

const shapes: readonly Shape[] = [
  { m: 401, n: 403, k: 130, accumulate: false, upperOnly: false },
  { m: 401, n: 403, k: 130, accumulate: true, upperOnly: false },
  { m: 513, n: 513, k: 77, accumulate: false, upperOnly: true },
  { m: 7, n: 5000, k: 300, accumulate: true, upperOnly: false },
  { m: 5000, n: 3, k: 700, accumulate: false, upperOnly: false },
  { m: 60, n: 61, k: 1500, accumulate: false, upperOnly: false },
];

describe("setThreads", () => {
  it.each(shapes)("changes no bit of a product: %o", { tags: ["long"] }, async (shape) => {
    const alone = product(shape);
    for (const threads of [2, 3]) {
      expect(await setThreads(threads)).toBe(threads);
      expectSameFloats(product(shape), alone);
    }
  });

  it.each([new SupConLoss({ whenSilent: "ignore" }), new ContrastiveLoss({ whenSilent: "ignore" })])(
    "changes no bit of $name",
    async (loss) => {
      const random = new Random(3);
      const data = Float32Array.from({ length: 611 * 33 }, () => random.normal());
      const labels = Array.from({ length: 611 }, () => random.integer(50));
      const evaluate = (): unknown => loss.evaluate({ data, rows: 611, cols: 33 }, labels);
      const alone = evaluate();
      await setThreads(2);
      expect(evaluate()).toEqual(alone);
    },
  );

  it("tells how many there are, and goes back to one", async () => {
    expect(threadCount()).toBe(1);
    await setThreads(3);
    expect(threadCount()).toBe(3);
    expect(await setThreads(1)).toBe(1);
    expect(threadCount()).toBe(1);
  });

  it("makes one change at a time, in the order asked for", { tags: ["long"] }, async () => {
    expect(await Promise.all([setThreads(2), setThreads(4), setThreads(3)])).toEqual([2, 4, 3]);
    expect(threadCount()).toBe(3);
  });

  it.each([0, -1, 1.5, 65, NaN])("refuses %d threads", async (count) => {
    await expect(setThreads(count)).rejects.toThrow(/^count is /);
  });
});
