import { describe, expect, it } from "vitest";
import { CosFaceLoss, type CosFaceLossOptions, type Evaluation } from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { normalMatrix } from "../../support/classificationContract.ts";
import { plainDistances } from "../../support/plain.ts";
import { describeSoftmaxLoss } from "../../support/softmaxContract.ts";

describeSoftmaxLoss("CosFaceLoss", {
  make: (options) => new CosFaceLoss(options as CosFaceLossOptions),
  parameter: "W",
  logits: (row, vectors, distance, target) => ({
    scale: 64,
    values: plainDistances(distance, [row], vectors.flat())[0].map((cosine, c) => cosine - (c === target ? 0.35 : 0)),
  }),
});

describe("CosFaceLoss", () => {
  it("is the mean of its halves when a batch and its classes are more than one tile", () => {
    // 4,300 x 1,000 cosines; a tile holds 2 ** 22
    const n = 4300;
    const loss = new CosFaceLoss({ numClasses: 1000, embeddingSize: 3, scale: 8 });
    const { data } = normalMatrix(n, 3, 1);
    const labels = Int32Array.from({ length: n }, (_, i) => (i * 7) % 1000);
    const half = (from: number): Evaluation =>
      loss.evaluate(
        { data: data.subarray(from * 3, (from + n / 2) * 3), rows: n / 2, cols: 3 },
        labels.subarray(from, from + n / 2),
      );
    const whole = loss.evaluate({ data, rows: n, cols: 3 }, labels);
    const halves = [half(0), half(n / 2)];
    expect(whole.value).toBeCloseTo((halves[0].value + halves[1].value) / 2, 5);
    const slopes = halves.flatMap(({ gradients }) => Array.from(gradients.embeddings.data, (slope) => slope / 2));
    expect(distance(whole.gradients.embeddings.data, slopes)).toBeLessThan(1e-5);
    const ofW = Array.from(
      halves[0].gradients.parameters.W.data,
      (slope, k) => (slope + halves[1].gradients.parameters.W.data[k]) / 2,
    );
    expect(distance(whole.gradients.parameters.W.data, ofW)).toBeLessThan(1e-5);
  });

  it("refuses a margin that is no number and a scale that is not above 0", () => {
    const size = { numClasses: 2, embeddingSize: 2 };
    expect(() => new CosFaceLoss({ ...size, margin: NaN })).toThrow(TypeError);
    expect(() => new CosFaceLoss({ ...size, scale: -1 })).toThrow(RangeError);
  });
});

/** How far apart two lists are, relative to the length of the second. */
function distance(x: ArrayLike<number>, y: readonly number[]): number {
  return Math.hypot(...y.map((v, k) => v - x[k])) / Math.hypot(...y);
}

it("CosFaceLoss of unit vectors can be checked by hand", () => {
  const loss = new CosFaceLoss({ numClasses: 2, embeddingSize: 2, margin: 0.1, scale: 1 });
  // class 0 has the vector [1, 0], class 1 has [0, 1]: similarities 0.6 and 0.8
  loss.parameters.W.data.set([1, 0, 0, 1]);
  const { value } = loss.evaluate([threeRows[1]], [0]);
  expect(value).toBeCloseTo(softplus(0.8 - (0.6 - 0.1)), 5);
});
