import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`packages/kindred/src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^kindred$/, replacement: source("index.ts") },
      { find: /^kindred\/tfjs$/, replacement: source("engines/tfjs.ts") },
      { find: /^kindred\/usearch$/, replacement: source("engines/usearch.ts") },
    ],
  },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
