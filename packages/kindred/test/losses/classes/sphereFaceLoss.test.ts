import { describe, expect, it } from "vitest";
import { CosineSimilarity, SphereFaceLoss, type SphereFaceLossOptions } from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { expectMultipleAngleNearLargest, plainMultipleAngle } from "../../support/multipleAngle.ts";
import { plainDistances, plainNorm } from "../../support/plain.ts";
import { describeSoftmaxLoss } from "../../support/softmaxContract.ts";

describeSoftmaxLoss("SphereFaceLoss", {
  make: (options) => new SphereFaceLoss(options as SphereFaceLossOptions),
  parameter: "W",
  distances: [new CosineSimilarity(), new CosineSimilarity({ p: 3 }), new CosineSimilarity({ power: 3 })],
  logits: (row, vectors, distance, target) => ({
    scale: 1,
    values: plainDistances(distance, [row], vectors.flat())[0].map(
      (cosine, c) => plainNorm(row, 2) * (c === target ? plainMultipleAngle(cosine, 4) : cosine),
    ),
  }),
});

describe("SphereFaceLoss", () => {
  it("does not depend on the lengths of its class vectors", () => {
    const loss = new SphereFaceLoss({ numClasses: 3, embeddingSize: 4 });
    const before = loss.evaluate([[1, 2, -1, 0.5]], [1]).value;
    for (let k = 0; k < loss.W.data.length; k++) loss.W.data[k] *= 2 ** (k % 3);
    expect(loss.evaluate([[1, 2, -1, 0.5]], [1]).value).toBeCloseTo(before, 5);
  });

  it("refuses a margin that is no whole number and a scale that is not above 0", () => {
    const size = { numClasses: 2, embeddingSize: 2 };
    expect(() => new SphereFaceLoss({ ...size, margin: 1.5 })).toThrow(RangeError);
    expect(() => new SphereFaceLoss({ ...size, scale: 0 })).toThrow(RangeError);
  });
});

it("SphereFaceLoss of numbers near float32's largest has the value and slopes of its equation", () => {
  const loss = new SphereFaceLoss({ numClasses: 3, embeddingSize: 4 });
  expectMultipleAngleNearLargest(loss, (x) => Math.hypot(...x));
});

it("SphereFaceLoss of unit vectors can be checked by hand", () => {
  const loss = new SphereFaceLoss({ numClasses: 2, embeddingSize: 2, margin: 2 });
  // class 0 has the vector [1, 0], class 1 has [0, 1]: similarities 0.6 and 0.8
  loss.parameters.W.data.set([1, 0, 0, 1]);
  const { value } = loss.evaluate([threeRows[1]], [0]);
  // cos(2 theta) = 2 cos^2 theta - 1
  expect(value).toBeCloseTo(softplus(0.8 - (2 * 0.6 ** 2 - 1)), 5);
});
