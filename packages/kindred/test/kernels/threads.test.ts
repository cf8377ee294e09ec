import { createRequire } from "node:module";
import type { Worker, WorkerOptions } from "node:worker_threads";
import { afterEach, describe, expect, it, vi } from "vitest";
import { borrow, floatsAt, kernels } from "../../src/kernels/runtime.ts";
import { setThreads, threadCount } from "../../src/kernels/threads.ts";
import { ContrastiveLoss } from "../../src/losses/pairs/contrastiveLoss.ts";
import { SupConLoss } from "../../src/losses/pairs/supConLoss.ts";
import { Random } from "../../src/matrix/random.ts";
import { expectSameFloats } from "../support/sameFloats.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  await setThreads(1);
});

/** Node's own record, which can be changed, and which the library asks. */
const workerThreads = createRequire(import.meta.url)("node:worker_threads") as { Worker: typeof Worker };

/** Has threads started by `start`, and returns those that were. */
function watchThreads(start: (source: string, options: WorkerOptions) => Worker = startThread): Worker[] {
  const started: Worker[] = [];
  vi.spyOn(workerThreads, "Worker").mockImplementation(function (source, options) {
    const thread = start(source as string, options!);
    started.push(thread);
    return thread;
  });
  return started;
}

const RealWorker = workerThreads.Worker;

function startThread(source: string, options: WorkerOptions): Worker {
  return new RealWorker(source, options);
}

/** What setThreads answers where all came. */
const all = (threads: number): object => ({ threads, reason: null });

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
      expect(await setThreads(threads)).toEqual(all(threads));
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
    expect(await setThreads(1)).toEqual(all(1));
    expect(threadCount()).toBe(1);
  });

  it("makes one change at a time, in the order asked for", { tags: ["long"] }, async () => {
    expect(await Promise.all([setThreads(2), setThreads(4), setThreads(3)])).toEqual([2, 4, 3].map(all));
    expect(threadCount()).toBe(3);
  });

  it.each([0, -1, 1.5, 65, NaN])("refuses %d threads", async (count) => {
    await expect(setThreads(count)).rejects.toThrow(/^count is /);
  });

  it("leaves no thread behind", async () => {
    const started = watchThreads();
    for (const count of [3, 2, 1]) await setThreads(count);
    // a thread that has ended has no number
    expect(started.map(({ threadId }) => threadId)).toEqual([-1, -1, -1]);
  });

  it("comes to as many as can be started, says why they are not all, and ends no other", async () => {
    let count = 0;
    watchThreads((source, options) => {
      if (++count === 3) throw Object.assign(new Error("EAGAIN"), { code: "ERR_WORKER_INIT_FAILED" });
      return startThread(source, options);
    });
    const alone = product(shapes[0]);
    expect(await setThreads(5)).toEqual({ threads: 3, reason: "no thread can be started here: EAGAIN" });
    expect(threadCount()).toBe(3);
    expectSameFloats(product(shapes[0]), alone);
    // all that were asked for now
    expect(await setThreads(3)).toEqual(all(3));
  });

  it("comes to one where threads end as they start, and to more when they don't", async () => {
    watchThreads((_, options) => startThread("throw new Error('no memory')", options));
    expect(await setThreads(3)).toEqual({ threads: 1, reason: "a thread ended by itself: no memory" });
    watchThreads((_, options) => startThread("process.exit(7)", options));
    expect(await setThreads(3)).toEqual({ threads: 1, reason: "a thread ended by itself, with status 7" });
    vi.restoreAllMocks();
    expect(await setThreads(2)).toEqual(all(2));
  });

  it("goes on alone when one of the threads was ended by somebody else", async () => {
    const alone = product(shapes[0]);
    const started = watchThreads();
    await setThreads(3);
    await started[1].terminate();
    expect(threadCount()).toBe(1);
    expectSameFloats(product(shapes[0]), alone);
    expect(await setThreads(2)).toEqual(all(2));
  });

  it("starts threads without the flags and the environment of the program", async () => {
    const given: WorkerOptions[] = [];
    watchThreads((source, options) => {
      given.push(options);
      return startThread(source, options);
    });
    await setThreads(2);
    expect(given).toEqual([expect.objectContaining({ execArgv: [], env: {} })]);
  });

  it("may be called at any time: losses between have the same bits", { tags: ["long"] }, async () => {
    const alone = product(shapes[0]);
    for (let turn = 0; turn < 6; turn++) {
      const change = setThreads(1 + (turn % 3));
      for (let now = 0; now < 3; now++) {
        expectSameFloats(product(shapes[0]), alone);
        await new Promise((resolve) => setTimeout(resolve, 7));
      }
      if (turn === 5) await change;
    }
  });
});
