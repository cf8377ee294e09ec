import { describe, expect, it } from "vitest";
import { CosineSimilarity, DotProductSimilarity, LpDistance, SoftTripleLoss } from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { plainDistances } from "../../support/plain.ts";
import { describeSoftmaxLoss } from "../../support/softmaxContract.ts";

const settings = { centersPerClass: 3, la: 11, gamma: 0.15, margin: 0.05 };

describeSoftmaxLoss("SoftTripleLoss", {
  make: (options) => new SoftTripleLoss({ ...settings, ...options }),
  parameter: "fc",
  distances: [new CosineSimilarity(), new DotProductSimilarity({ normalizeEmbeddings: false })],
  wrongDistance: new LpDistance(),
  hasScaledLogits: false,
  logits: (row, vectors, distance, target) => ({
    scale: settings.la,
    values: vectors.map((centers, c) => {
      const similarities = plainDistances(distance, [row], centers)[0];
      const largest = Math.max(...similarities);
      const exponentials = similarities.map((s) => Math.exp((s - largest) / settings.gamma));
      const sum = exponentials.reduce((total, x) => total + x, 0);
      const mean = similarities.reduce((total, s, k) => total + (s * exponentials[k]) / sum, 0);
      return mean - (c === target ? settings.margin : 0);
    }),
  }),
});

describe("SoftTripleLoss", () => {
  it("takes classes whose centers are far below those of others, so that their exponentials would vanish", () => {
    const distance = new DotProductSimilarity({ normalizeEmbeddings: false });
    const loss = new SoftTripleLoss({ numClasses: 2, embeddingSize: 1, centersPerClass: 2, distance });
    loss.fc.data.set([100, 99, -100, -100.1]);
    const logits = loss.getLogits([[1]]).data;
    expect(logits[0]).toBeCloseTo(100, 2);
    const soft = (-100 * 1 - 100.1 * Math.exp(-1)) / (1 + Math.exp(-1));
    expect(logits[1]).toBeCloseTo(soft, 4);
  });

  it("refuses numbers out of their range", () => {
    const size = { numClasses: 2, embeddingSize: 2 };
    expect(() => new SoftTripleLoss({ ...size, centersPerClass: 0 })).toThrow(RangeError);
    expect(() => new SoftTripleLoss({ ...size, gamma: 0 })).toThrow(RangeError);
    expect(() => new SoftTripleLoss({ ...size, la: -1 })).toThrow(RangeError);
  });
});

it("SoftTripleLoss of unit vectors can be checked by hand", () => {
  const loss = new SoftTripleLoss({ numClasses: 2, embeddingSize: 2, centersPerClass: 1, la: 1, margin: 0.1 });
  // class 0 has the vector [1, 0], class 1 has [0, 1]: similarities 0.6 and 0.8
  loss.parameters.fc.data.set([1, 0, 0, 1]);
  const { value } = loss.evaluate([threeRows[1]], [0]);
  expect(value).toBeCloseTo(softplus(0.8 - (0.6 - 0.1)), 5);
});
