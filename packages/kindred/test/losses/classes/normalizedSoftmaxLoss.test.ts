import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DotProductSimilarity,
  LpDistance,
  NormalizedSoftmaxLoss,
  SNRDistance,
} from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { plainDistances, plainNorm } from "../../support/plain.ts";
import { describeSoftmaxLoss } from "../../support/softmaxContract.ts";

describeSoftmaxLoss("NormalizedSoftmaxLoss", {
  make: (options) => new NormalizedSoftmaxLoss(options),
  parameter: "W",
  distances: [
    new DotProductSimilarity(),
    new DotProductSimilarity({ normalizeEmbeddings: false }),
    new CosineSimilarity({ p: 3 }),
    new LpDistance(),
    new LpDistance({ normalizeEmbeddings: false, power: 2 }),
    new LpDistance({ normalizeEmbeddings: false, p: 1 }),
    new SNRDistance(),
  ],
  wrongDistance: null,
  logits: (row, vectors, distance) => {
    const units = vectors.flat().map((w) => w.map((x) => x / Math.max(plainNorm(w, distance.p), 1e-12)));
    return { scale: (distance.isInverted ? 1 : -1) / 0.05, values: plainDistances(distance, [row], units)[0] };
  },
});

describe("NormalizedSoftmaxLoss", () => {
  it("refuses a temperature that is not above 0", () => {
    expect(() => new NormalizedSoftmaxLoss({ numClasses: 2, embeddingSize: 2, temperature: 0 })).toThrow(RangeError);
  });
});

it("NormalizedSoftmaxLoss of unit vectors can be checked by hand", () => {
  const loss = new NormalizedSoftmaxLoss({ numClasses: 2, embeddingSize: 2, temperature: 1 });
  // class 0 has the vector [1, 0], class 1 has [0, 1]: similarities 0.6 and 0.8
  loss.parameters.W.data.set([1, 0, 0, 1]);
  const { value } = loss.evaluate([threeRows[1]], [0]);
  expect(value).toBeCloseTo(softplus(0.8 - 0.6), 5);
});
