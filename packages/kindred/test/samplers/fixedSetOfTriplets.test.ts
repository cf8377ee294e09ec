import { describe, expect, it } from "vitest";
import { EmbeddingsAlreadyPackagedAsTriplets, FixedSetOfTriplets, zeros } from "../../src/index.ts";
import { expectDraws } from "../support/chiSquared.ts";
import { describeSamplerContract, epochOf } from "../support/samplerContract.ts";

const labels = ["a", "b", "a", "lone", "b", "b", "a"];

describeSamplerContract("FixedSetOfTriplets", (seed) => new FixedSetOfTriplets(labels, 17, { batchSize: 9, seed }));

describe("FixedSetOfTriplets", () => {
  it("shows the triplets it drew, each once an epoch, in an order that the miner of its kind takes up", () => {
    const sampler = new FixedSetOfTriplets(labels, 11, { batchSize: 6 });
    const { anchors, positives, negatives } = sampler.triplets;
    const drawn = Array.from(anchors, (a, k) => `${a} ${positives[k]} ${negatives[k]}`).sort();
    for (let epoch = 0; epoch < 2; epoch++) {
      const shown = epochOf(sampler).flatMap((batch) => {
        const mined = new EmbeddingsAlreadyPackagedAsTriplets().mine(zeros(batch.length, 1), null);
        return Array.from(mined.anchors, (a, k) =>
          [a, mined.positives[k], mined.negatives[k]].map((place) => batch[place]).join(" "),
        );
      });
      expect(shown.sort()).toEqual(drawn);
    }
  });

  it("draws classes uniformly, then two samples of the one and one of the other", () => {
    const { anchors, positives, negatives } = new FixedSetOfTriplets(labels, 6000, { seed: 3 }).triplets;
    const anchorCounts = new Float64Array(7);
    const pairCounts = new Float64Array(7);
    const negativeCounts = new Float64Array(7);
    anchors.forEach((anchor, k) => {
      expect(labels[anchor]).toBe(labels[positives[k]]);
      expect(positives[k]).not.toBe(anchor);
      expect(labels[negatives[k]]).not.toBe(labels[anchor]);
      anchorCounts[anchor]++;
      if (anchor === 2) pairCounts[positives[k]]++;
      if (labels[anchor] === "a") negativeCounts[negatives[k]]++;
    });
    expectDraws(anchorCounts, [1 / 6, 1 / 6, 1 / 6, 0, 1 / 6, 1 / 6, 1 / 6]);
    expectDraws(pairCounts, [1 / 2, 0, 0, 0, 0, 0, 1 / 2]);
    expectDraws(negativeCounts, [0, 1 / 6, 0, 1 / 2, 1 / 6, 1 / 6, 0]);
  });

  it("refuses labels that make no triplet, and batches that cut one", () => {
    expect(() => new FixedSetOfTriplets(["a", "b"], 1)).toThrow(/2 classes, 0 of them with two samples/);
    expect(() => new FixedSetOfTriplets(["a", "a"], 1)).toThrow(/1 classes/);
    expect(() => new FixedSetOfTriplets(labels, 5, { batchSize: 8 })).toThrow(/batchSize is 8.*multiple of 3/);
    expect(() => new FixedSetOfTriplets(labels, 0)).toThrow(/numTriplets is 0/);
  });
});
