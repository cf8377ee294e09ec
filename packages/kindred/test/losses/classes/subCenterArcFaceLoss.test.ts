import { describe, expect, it } from "vitest";
import { ArcFaceLoss, SubCenterArcFaceLoss, type SubCenterArcFaceLossOptions } from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { plainDistances } from "../../support/plain.ts";
import { describeSoftmaxLoss } from "../../support/softmaxContract.ts";

const margin = (28.6 * Math.PI) / 180;

for (const subCenters of [3, 2]) {
  describeSoftmaxLoss(`SubCenterArcFaceLoss with ${subCenters} centers`, {
    make: (options) => new SubCenterArcFaceLoss({ ...(options as SubCenterArcFaceLossOptions), subCenters }),
    parameter: "W",
    logits: (row, vectors, distance, target) => ({
      scale: 64,
      values: vectors.map((centers, c) => {
        const cosine = Math.max(...plainDistances(distance, [row], centers)[0]);
        const theta = Math.acos(Math.max(-1, Math.min(1, cosine)));
        if (c !== target) return cosine;
        return theta <= Math.PI - margin ? Math.cos(theta + margin) : Math.cos(theta) - margin * Math.sin(margin);
      }),
    }),
  });
}

describe("SubCenterArcFaceLoss", () => {
  it("is ArcFaceLoss with one center a class", () => {
    const size = { numClasses: 3, embeddingSize: 4, seed: 5 };
    const one = new SubCenterArcFaceLoss({ ...size, subCenters: 1 });
    const rows = [
      [1, 2, 0, -1],
      [0.3, -1, 2, 1],
    ];
    expect(one.evaluate(rows, [2, 0])).toEqual(new ArcFaceLoss(size).evaluate(rows, [2, 0]));
  });

  it("refuses a number of centers that is no count", () => {
    expect(() => new SubCenterArcFaceLoss({ numClasses: 2, embeddingSize: 2, subCenters: 0 })).toThrow(RangeError);
  });
});

describe("SubCenterArcFaceLoss.getOutliers", () => {
  // class "a": centers along x and y; class "b": along -x and z
  const make = (): SubCenterArcFaceLoss => {
    const loss = new SubCenterArcFaceLoss({ numClasses: 3, embeddingSize: 3, subCenters: 2, classes: ["a", "b", "c"] });
    loss.W.data.set([2, 0, -1, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 3, 1, 1]);
    return loss;
  };
  const rows = [
    [1, 0.1, 0],
    [0, 1, 0],
    [1, -0.1, 0],
    [0, 0, 1],
    [-1, 0, 0],
    [0, 0.2, 5],
  ];
  const labels = ["a", "a", "a", "b", "b", "b"];

  it("finds the samples far from the dominant center of their class", () => {
    const { outliers, dominantCenters } = make().getOutliers(rows, labels);
    expect(outliers).toEqual(Int32Array.of(1, 4));
    expect(dominantCenters).toEqual({ rows: 3, cols: 3, data: Float32Array.of(2, 0, 0, 0, 0, 0, 0, 3, 0) });
  });

  it("takes a sample for an outlier beyond the threshold", () => {
    const angle = (Math.atan(0.1) * 180) / Math.PI;
    expect(make().getOutliers(rows, labels, { threshold: angle - 0.01 }).outliers).toEqual(Int32Array.of(0, 1, 2, 4));
    expect(make().getOutliers(rows, labels, { threshold: angle + 0.01 }).outliers).toEqual(Int32Array.of(1, 4));
    expect(make().getOutliers(rows, labels, { threshold: 180 }).outliers).toHaveLength(0);
  });

  it("refuses labels that are no class's, too few of them, and thresholds that are no angle", () => {
    expect(() => make().getOutliers(rows, ["a", "a", "a", "b", "b", "z"])).toThrow(/labels\[5\] is "z"/);
    expect(() => make().getOutliers(rows, ["a"])).toThrow(/1 entries for 6 embeddings/);
    expect(() => make().getOutliers(rows, labels, { threshold: 200 })).toThrow(RangeError);
    expect(() => make().getOutliers([[1, 2]], ["a"])).toThrow(RangeError);
  });
});

it("SubCenterArcFaceLoss of unit vectors can be checked by hand", () => {
  const loss = new SubCenterArcFaceLoss({ numClasses: 2, embeddingSize: 2, subCenters: 2, margin: 90, scale: 1 });
  // class 0 has the centers [1, 0] and [-1, 0], class 1 has [0, 1] and [0, -1]: the nearest are at 0.6 and 0.8
  loss.parameters.W.data.set([1, -1, 0, 0, 0, 0, 1, -1]);
  const { value } = loss.evaluate([threeRows[1]], [0]);
  // cos(theta + 90) = -sin theta = -0.8
  expect(value).toBeCloseTo(softplus(0.8 + 0.8), 5);
});
