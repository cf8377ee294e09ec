import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`packages/kindred/src/${path}`, import.meta.url));

const tests = ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"];

/** usearch has no binary for Windows. */
const unavailable = process.platform === "win32" ? ["packages/kindred/test/engines/usearch.test.ts"] : [];

/** What changes its process for good: the kernels' memory and threads, the registry of TensorFlow.js. */
const loners = ["packages/kindred/test/kernels/threads.test.ts", "packages/kindred/test/engines/**/*.test.ts"];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^kindred$/, replacement: source("index.ts") },
      { find: /^kindred\/tfjs$/, replacement: source("engines/tfjs.ts") },
      { find: /^kindred\/jax$/, replacement: source("engines/jax.ts") },
      { find: /^kindred\/usearch$/, replacement: source("engines/usearch.ts") },
    ],
  },
  test: {
    maxWorkers: availableParallelism(),
    testTimeout: 120_000,
    hookTimeout: 120_000,
    tags: [
      {
        name: "long",
        description: "Takes more than about a fifth of a second, or tries many cases: not in test:quick.",
      },
      { name: "drawn", description: "Tries drawn cases, KINDRED_RUNS times as many where that is set: test:long." },
    ],
    projects: [
      // a process for many files: most of the time of a small file is the import of the library
      { extends: true, test: { name: "together", include: tests, exclude: loners, isolate: false } },
      { extends: true, test: { name: "alone", include: loners, exclude: unavailable } },
    ],
  },
});
