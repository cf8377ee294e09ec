import { describe, expect, it } from "vitest";
import { DotProductSimilarity } from "../../src/index.ts";
import { describeDistance } from "../support/distanceContract.ts";
import { fromRows } from "../support/plain.ts";
import { normalRows } from "../support/twin.ts";

const raw = { normalizeEmbeddings: false } as const;

describeDistance("DotProductSimilarity", {
  variants: {
    "by default": new DotProductSimilarity(),
    "of raw embeddings": new DotProductSimilarity(raw),
    "of raw embeddings, squared": new DotProductSimilarity({ ...raw, power: 2 }),
    "of embeddings divided by their 3-norm": new DotProductSimilarity({ p: 3 }),
  },
});

describe("DotProductSimilarity", () => {
  it("compares rows one with one as they are", () => {
    const [x, y] = [normalRows(5, 4, 1), normalRows(5, 4, 2)];
    const values = new DotProductSimilarity().pairwise(fromRows(x), fromRows(y));
    x.forEach((row, i) =>
      expect(values[i]).toBeCloseTo(
        row.reduce((sum, v, k) => sum + v * y[i][k], 0),
        10,
      ),
    );
  });
});
