import { SupConLoss } from "kindred";
import { describe, expect, it } from "vitest";
import { randomMatrix } from "../../../training/fixtures.ts";
import { countsOf, labelsOf, paste, prescribe, unevenSizes } from "./prescribe.ts";

const skewed = [2000, ...unevenSizes(400, 4)];

describe("the remedy class-weights", () => {
  it("compares the largest class with the middle one, and promises no pairs", () => {
    const { why, before, after } = prescribe("class-weights", countsOf(skewed), { batchSize: 4 })!;
    const sorted = [...skewed].sort((a, b) => a - b);
    expect(why).toContain(`the largest class has 2,000 samples, the middle one ${sorted[200]}:`);
    expect(after).toEqual(before);
  });

  it("is pasted as a reducer that makes rare classes heavier", () => {
    const { code } = prescribe("class-weights", countsOf(skewed), { batchSize: 4 })!;
    const { reducer } = paste(code, labelsOf(skewed));
    const embeddings = randomMatrix(4, 3, 1);
    const value = (labels: number[]) => new SupConLoss({ reducer }).evaluate(embeddings, labels).value;
    const plain = new SupConLoss().evaluate(embeddings, [0, 0, 1, 1]).value;
    expect(value([1, 1, 2, 2])).toBeGreaterThan(2 * value([0, 0, 1, 1]) - plain);
    expect(value([1, 1, 2, 2])).toBeGreaterThan(value([0, 0, 1, 1]));
  });

  it("is absent where classes are of like sizes", () => {
    expect(prescribe("class-weights", countsOf(unevenSizes(400, 4)), { batchSize: 4 })).toBeUndefined();
    expect(prescribe("class-weights", countsOf([70, ...unevenSizes(400, 4)]), { batchSize: 4 })).toBeUndefined();
  });
});
