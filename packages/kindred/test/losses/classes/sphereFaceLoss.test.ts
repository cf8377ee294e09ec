import { describe, expect, it } from "vitest";
import { CosineSimilarity, SphereFaceLoss, type SphereFaceLossOptions } from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { expectExtremeSlopes, extremeRows, farLogSumExp } from "../../support/extremes.ts";
import { plainMultipleAngle } from "../../support/multipleAngle.ts";
import { fromRows, plainDistances, plainNorm, plainProduct, type Rows } from "../../support/plain.ts";
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
  const labels = [0, 1, 2, 0, 1, 2, 1];
  const vectors = Array.from({ length: 3 }, (_, c) => Array.from({ length: 4 }, (_, k) => loss.W.data[3 * k + c]));
  const equation = (rows: Rows): number => {
    const losses = rows.map((x, i) => {
      const logits = vectors.map((w, c) => {
        const cosine = plainProduct(x, w) / Math.hypot(...x) / Math.hypot(...w);
        return Math.hypot(...x) * (c === labels[i] ? plainMultipleAngle(cosine, 4) : cosine);
      });
      return farLogSumExp(logits) - logits[labels[i]];
    });
    return losses.reduce((sum, each) => sum + each, 0) / losses.length;
  };
  const rows = extremeRows(7, 4, 2);
  const { value, gradients } = loss.evaluate(fromRows(rows), labels);
  expect(value / equation(rows)).toBeCloseTo(1, 5);
  expectExtremeSlopes(gradients.embeddings, rows, equation);
  expect(gradients.parameters.W.data.every(Number.isFinite)).toBe(true);
  // the loss grows with the lengths, and so do the slopes of the class vectors
  const shorter = loss.evaluate(fromRows(rows.map((row) => row.map((x) => x * 2 ** -40))), labels).gradients.parameters
    .W;
  gradients.parameters.W.data.forEach((slope, k) => {
    if (Math.abs(slope) < 3e38) expect(slope / 2 ** 40 / shorter.data[k]).toBeCloseTo(1, 3);
  });
});

it("SphereFaceLoss of unit vectors can be checked by hand", () => {
  const loss = new SphereFaceLoss({ numClasses: 2, embeddingSize: 2, margin: 2 });
  // class 0 has the vector [1, 0], class 1 has [0, 1]: similarities 0.6 and 0.8
  loss.parameters.W.data.set([1, 0, 0, 1]);
  const { value } = loss.evaluate([threeRows[1]], [0]);
  // cos(2 theta) = 2 cos^2 theta - 1
  expect(value).toBeCloseTo(softplus(0.8 - (2 * 0.6 ** 2 - 1)), 5);
});
