import { describe, expect, it } from "vitest";
import { Random } from "../../../src/index.ts";
import { allClasses, sampleClasses } from "../../../src/losses/logits/classChoice.ts";
import { expectDraws } from "../../support/chiSquared.ts";

const targets = Int32Array.of(7, 2, 7, 11, 2);

describe("sampleClasses", () => {
  it("puts the batch's own classes first and then as many others, each once", () => {
    const random = new Random(1);
    for (let draw = 0; draw < 200; draw++) {
      const { classes, targets: places, exact, correction } = sampleClasses(targets, 12, 5, random);
      expect(exact).toBe(3);
      expect(new Set(classes).size).toBe(8);
      expect(Array.from(places, (place) => classes![place])).toEqual([...targets]);
      expect(Math.max(...places)).toBe(2);
      expect(correction).toBeCloseTo(Math.log(9 / 5), 12);
    }
  });

  it("draws every other class equally often", () => {
    const random = new Random(2);
    const counts = new Float64Array(12);
    for (let draw = 0; draw < 3000; draw++) {
      const { classes } = sampleClasses(targets, 12, 1, random);
      counts[classes![3]]++;
    }
    expectDraws(
      counts.filter((_, code) => !targets.includes(code)),
      Array.from({ length: 9 }, () => 1 / 9),
    );
  });

  it("takes all classes in their order when there are no more to draw from", () => {
    expect(sampleClasses(targets, 12, 9, new Random(3))).toEqual(allClasses(targets, 12));
  });
});
