import { describe, expect, it } from "vitest";
import { CosineSimilarity, LpDistance, ProxyNCALoss, SNRDistance } from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { plainDistances } from "../../support/plain.ts";
import { describeSoftmaxLoss } from "../../support/softmaxContract.ts";

describeSoftmaxLoss("ProxyNCALoss", {
  make: (options) => new ProxyNCALoss({ ...options, softmaxScale: 1.5 }),
  parameter: "proxies",
  layout: "rows",
  distances: [
    new LpDistance({ power: 2 }),
    new LpDistance(),
    new LpDistance({ normalizeEmbeddings: false, power: 2 }),
    new LpDistance({ normalizeEmbeddings: false, p: 1 }),
    new CosineSimilarity(),
    new SNRDistance(),
  ],
  wrongDistance: null,
  tuples: "anchors",
  hasScaledLogits: false,
  logits: (row, vectors, distance) => ({
    scale: (distance.isInverted ? 1 : -1) * 1.5,
    values: plainDistances(distance, [row], vectors.flat())[0],
  }),
});

describe("ProxyNCALoss", () => {
  it("refuses a scale that is not above 0", () => {
    expect(() => new ProxyNCALoss({ numClasses: 2, embeddingSize: 2, softmaxScale: 0 })).toThrow(RangeError);
  });

  it("has a loss where the own proxy's chance is too small for a float", () => {
    const distance = new LpDistance({ power: 2, normalizeEmbeddings: false });
    const loss = new ProxyNCALoss({ numClasses: 3, embeddingSize: 1, distance });
    loss.proxies.data.set([0, 100, 300]);
    expect(loss.evaluate([[100]], [0]).value).toBeCloseTo(10000, 0);
  });
});

it("ProxyNCALoss of unit vectors can be checked by hand", () => {
  const loss = new ProxyNCALoss({ numClasses: 2, embeddingSize: 2 });
  // class 0 has the vector [1, 0], class 1 has [0, 1]: similarities 0.6 and 0.8
  loss.parameters.proxies.data.set([1, 0, 0, 1]);
  const { value } = loss.evaluate([threeRows[1]], [0]);
  // squared distances 2 - 2 s: 0.8 to the own proxy, 0.4 to the other
  expect(value).toBeCloseTo(softplus(0.8 - 0.4), 5);
});
