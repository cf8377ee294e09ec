import { describe, expect, it } from "vitest";
import { CosineSimilarity, LargeMarginSoftmaxLoss, type LargeMarginSoftmaxLossOptions } from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { expectMultipleAngleNearLargest, plainMultipleAngle } from "../../support/multipleAngle.ts";
import { plainDistances, plainNorm } from "../../support/plain.ts";
import { describeSoftmaxLoss } from "../../support/softmaxContract.ts";

for (const margin of [4, 1, 3]) {
  describeSoftmaxLoss(`LargeMarginSoftmaxLoss with margin ${margin}`, {
    make: (options) =>
      new LargeMarginSoftmaxLoss({ ...(options as LargeMarginSoftmaxLossOptions), margin, scale: 0.7 }),
    parameter: "W",
    distances: [new CosineSimilarity(), new CosineSimilarity({ p: 3 }), new CosineSimilarity({ power: 3 })],
    logits: (row, vectors, distance, target) => {
      const flat = vectors.flat();
      const cosines = plainDistances(distance, [row], flat)[0];
      return {
        scale: 0.7,
        values: cosines.map((cosine, c) => {
          const length = plainNorm(row, distance.p) * plainNorm(flat[c], distance.p);
          return length * (c === target ? plainMultipleAngle(cosine, margin) : cosine);
        }),
      };
    },
  });
}

describe("LargeMarginSoftmaxLoss", () => {
  it("grows with the angle to the own class, all the way to its opposite", () => {
    const loss = new LargeMarginSoftmaxLoss({ numClasses: 2, embeddingSize: 3 });
    loss.W.data.set([1, 0, 0, 0, 0, 1]);
    const losses = Array.from({ length: 64 }, (_, k) => {
      const angle = (k * Math.PI) / 63;
      return loss.evaluate([[Math.cos(angle), Math.sin(angle), 0]], [0]).value;
    });
    for (let k = 1; k < losses.length; k++) expect(losses[k]).toBeGreaterThan(losses[k - 1]);
  });

  it("refuses a margin that is no whole number and a scale that is not above 0", () => {
    const size = { numClasses: 2, embeddingSize: 2 };
    for (const margin of [0, 2.5, -1])
      expect(() => new LargeMarginSoftmaxLoss({ ...size, margin })).toThrow(RangeError);
    expect(() => new LargeMarginSoftmaxLoss({ ...size, scale: 0 })).toThrow(RangeError);
  });
});

it("LargeMarginSoftmaxLoss of numbers near float32's largest has the value and slopes of its equation", () => {
  const loss = new LargeMarginSoftmaxLoss({ numClasses: 3, embeddingSize: 4 });
  expectMultipleAngleNearLargest(loss, (x, w) => Math.hypot(...x) * Math.hypot(...w));
});

it("LargeMarginSoftmaxLoss of unit vectors can be checked by hand", () => {
  const loss = new LargeMarginSoftmaxLoss({ numClasses: 2, embeddingSize: 2, margin: 2 });
  // class 0 has the vector [1, 0], class 1 has [0, 1]: similarities 0.6 and 0.8
  loss.parameters.W.data.set([1, 0, 0, 1]);
  const { value } = loss.evaluate([threeRows[1]], [0]);
  // cos(2 theta) = 2 cos^2 theta - 1
  expect(value).toBeCloseTo(softplus(0.8 - (2 * 0.6 ** 2 - 1)), 5);
});
