import { describe, expect, it } from "vitest";
import { CosineSimilarity, P2SGradLoss, type P2SGradLossOptions } from "../../../src/index.ts";
import { threeRows } from "../../support/byHand.ts";
import { describeClassificationLoss, letters, normalMatrix } from "../../support/classificationContract.ts";
import { plainNorm } from "../../support/plain.ts";

describeClassificationLoss("P2SGradLoss", {
  make: (options) => new P2SGradLoss(options as P2SGradLossOptions),
  parameter: "weight",
  tuples: "none",
  distances: [new CosineSimilarity()],
  // the class vectors have length 1 and enter as they are: their slope does not pass through their normalization
  twin: ({ rows, vectors, codes }) => ({
    loss: {
      labels: codes.map((code) => letters[code]),
      items: rows.map((x, anchor) => {
        const cosines = vectors.map((w) => x.reduce((sum, v, k) => sum + v * w[k], 0) / plainNorm(x, 2));
        const errors = cosines.map((cosine, c) => (cosine - (c === codes[anchor] ? 1 : 0)) ** 2);
        return { anchor, loss: errors.reduce((sum, e) => sum + e, 0) / 4 };
      }),
    },
  }),
});

describe("P2SGradLoss", () => {
  it("has class vectors of length 1, and gives them that length back", () => {
    const loss = new P2SGradLoss({ numClasses: 3, descriptorsDim: 5 });
    const lengths = (): number[] =>
      [0, 1, 2].map((c) =>
        plainNorm(
          [0, 1, 2, 3, 4].map((k) => loss.weight.data[k * 3 + c]),
          2,
        ),
      );
    lengths().forEach((length) => expect(length).toBeCloseTo(1, 6));
    const batch = normalMatrix(4, 5, 1);
    const before = loss.evaluate(batch, [0, 1, 2, 0]).value;
    for (let k = 0; k < 15; k++) loss.weight.data[k] *= 3;
    expect(loss.evaluate(batch, [0, 1, 2, 0]).value).toBeCloseTo(before, 6);
    lengths().forEach((length) => expect(length).toBeCloseTo(1, 6));
  });

  it("knows its width by either name, and refuses two that differ", () => {
    expect(new P2SGradLoss({ numClasses: 3, embeddingSize: 5 }).weight.rows).toBe(5);
    expect(() => new P2SGradLoss({ numClasses: 3, embeddingSize: 5, descriptorsDim: 4 })).toThrow(RangeError);
    expect(() => new P2SGradLoss({ numClasses: 3 } as never)).toThrow("P2SGradLoss was given no embeddingSize");
    expect(() => new P2SGradLoss(5 as never)).toThrow("P2SGradLoss takes its options as an object, given 5");
    expect(() => new P2SGradLoss(undefined as never)).toThrow("P2SGradLoss was given no numClasses");
  });
});

it("P2SGradLoss of unit vectors can be checked by hand", () => {
  const loss = new P2SGradLoss({ numClasses: 2, embeddingSize: 2 });
  // class 0 has the vector [1, 0], class 1 has [0, 1]: similarities 0.6 and 0.8
  loss.parameters.weight.data.set([1, 0, 0, 1]);
  const { value } = loss.evaluate([threeRows[1]], [0]);
  expect(value).toBeCloseTo(((0.6 - 1) ** 2 + 0.8 ** 2) / 2, 5);
});
