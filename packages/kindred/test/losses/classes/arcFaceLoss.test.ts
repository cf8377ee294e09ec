import { describe, expect, it } from "vitest";
import { ArcFaceLoss, type ArcFaceLossOptions } from "../../../src/index.ts";
import { plainDistances } from "../../support/plain.ts";
import { describeSoftmaxLoss } from "../../support/softmaxContract.ts";

const margin = (28.6 * Math.PI) / 180;

describeSoftmaxLoss("ArcFaceLoss", {
  make: (options) => new ArcFaceLoss(options as ArcFaceLossOptions),
  parameter: "W",
  logits: (row, vectors, distance, target) => ({
    scale: 64,
    values: plainDistances(distance, [row], vectors.flat())[0].map((cosine, c) => {
      const theta = Math.acos(Math.max(-1, Math.min(1, cosine)));
      if (c !== target) return cosine;
      return theta <= Math.PI - margin ? Math.cos(theta + margin) : Math.cos(theta) - margin * Math.sin(margin);
    }),
  }),
});

describe("ArcFaceLoss at its margin", () => {
  const evaluate = (angle: number): number => {
    const loss = new ArcFaceLoss({ numClasses: 2, embeddingSize: 3, scale: 4 });
    loss.W.data.set([1, 0, 0, 0, 0, 1]);
    return loss.evaluate([[Math.cos(angle), Math.sin(angle), 0]], [0]).value;
  };

  it("grows with the angle to the own class, all the way to its opposite", () => {
    const losses = Array.from({ length: 64 }, (_, k) => evaluate((k * Math.PI) / 63));
    for (let k = 1; k < losses.length; k++) expect(losses[k]).toBeGreaterThan(losses[k - 1]);
  });

  it("has a bounded slope on the class vector, where cosine is exactly 1", () => {
    const loss = new ArcFaceLoss({ numClasses: 2, embeddingSize: 2 });
    loss.W.data.set([1, 0, 0, 1]);
    const { gradients } = loss.evaluate([[1, 0]], [0]);
    expect(Math.max(...gradients.embeddings.data.map(Math.abs))).toBeLessThan(64 * 2 ** 12);
  });

  it("refuses margins that are no angles and scales that are not above 0", () => {
    const size = { numClasses: 2, embeddingSize: 2 };
    expect(() => new ArcFaceLoss({ ...size, margin: 181 })).toThrow(RangeError);
    expect(() => new ArcFaceLoss({ ...size, margin: -1 })).toThrow(RangeError);
    expect(() => new ArcFaceLoss({ ...size, scale: 0 })).toThrow(RangeError);
  });
});
