import { describe, expect, it } from "vitest";
import { CosineSimilarity } from "../../src/index.ts";
import { describeDistance } from "../support/distanceContract.ts";

describeDistance("CosineSimilarity", {
  variants: {
    "by default": new CosineSimilarity(),
    "to the power 3": new CosineSimilarity({ power: 3 }),
    "of embeddings divided by their 1-norm": new CosineSimilarity({ p: 1 }),
    "of embeddings divided by their 3-norm, squared": new CosineSimilarity({ p: 3, power: 2 }),
    "of embeddings divided by their largest coordinate": new CosineSimilarity({ p: Infinity }),
  },
});

describe("CosineSimilarity", () => {
  it("is 1, 0 and -1 for parallel, perpendicular and opposite embeddings of any length", () => {
    const { data } = new CosineSimilarity().matrix(
      [[3, 4]],
      [
        [6e18, 8e18],
        [-4e-20, 3e-20],
        [-0.3, -0.4],
      ],
    );
    expect(Array.from(data)).toEqual([1, 0, -1].map((s): unknown => expect.closeTo(s, 6)));
  });

  it("is 0, without a slope, where either is the zero vector", () => {
    const distance = new CosineSimilarity();
    expect(distance.matrix([[0, 0]], [[1, 2]]).data[0]).toBe(0);
    expect(Array.from(distance.matrixGradients([[1]], [[0, 0]], [[1, 2]]).embeddings.data)).toEqual([0, 0]);
  });

  it("always normalizes: there is no such option", () => {
    expect(() => new CosineSimilarity({ normalizeEmbeddings: false } as object)).toThrow(TypeError);
    expect(new CosineSimilarity().normalizeEmbeddings).toBe(true);
  });
});
