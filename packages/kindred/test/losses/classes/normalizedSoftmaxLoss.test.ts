import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DotProductSimilarity,
  LpDistance,
  NormalizedSoftmaxLoss,
  SNRDistance,
} from "../../../src/index.ts";
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
