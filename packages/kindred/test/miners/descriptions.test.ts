import { describe, expect, it } from "vitest";
import * as kindred from "../../src/index.ts";
import { isTriplets, Random, type Miner, type MinerDescription } from "../../src/index.ts";
import { describedClasses } from "../../src/options/described.ts";

interface MinerClass {
  new (options?: object): Miner & { readonly statistics: object };
  readonly description: MinerDescription;
}

const classes = describedClasses(kindred, "miner") as unknown as readonly MinerClass[];

const random = new Random(3);
const rows = Array.from({ length: 30 }, () => Array.from({ length: 4 }, () => random.normal()));

describe("what miners say of themselves", () => {
  it("is said by every miner", () => {
    const named = Object.keys(kindred).filter((name) => name.endsWith("Miner") && name !== "TupleMiner");
    expect(classes.map(({ description }) => description.name).sort()).toEqual(
      [...named.filter((name) => name !== "describeMiner"), "EmbeddingsAlreadyPackagedAsTriplets"].sort(),
    );
  });

  for (const Class of classes) {
    const { description } = Class;
    const { name } = description;
    const make = (): InstanceType<MinerClass> => new Class(description.example?.());

    it(`is true of ${name}`, () => {
      expect((kindred as Readonly<Record<string, unknown>>)[name]).toBe(Class);
      expect(description.summary).toMatch(/^[A-Z].*\.$/);
      expect(description.paper).not.toBe("");
      const miner = make();
      expect([miner.name, miner.description]).toEqual([name, description]);
      expect(Object.keys(miner.statistics).sort()).toEqual(
        ["numNegPairs", "numPosPairs", "numTriplets", ...Object.keys(description.figures ?? {})].sort(),
      );
      const keys = Object.keys(miner.statistics);
      const tuples = miner.mine(
        rows,
        rows.map((_, i) => i % 3),
      );
      expect(isTriplets(tuples)).toBe(description.gives === "triplets");
      expect(tuples.negatives.length).toBeGreaterThan(0);
      expect(Object.keys(miner.statistics)).toEqual(keys);
    });

    it(`and ${name} finds nothing where what it needs is missing`, () => {
      const { positives, negatives } = description.needs;
      for (const [isNeeded, labels] of [
        [positives, rows.map((_, i) => i)],
        [negatives, rows.map(() => 0)],
      ] as const) {
        const { anchors, anchors1, anchors2 } = make().mine(rows, labels);
        const found = anchors?.length ?? anchors1!.length + anchors2!.length;
        if (isNeeded) expect(found).toBe(0);
        else expect(found).toBeGreaterThan(0);
      }
    });
  }
});
