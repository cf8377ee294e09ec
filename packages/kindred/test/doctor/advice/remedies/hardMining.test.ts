import { SupConLoss } from "kindred";
import { describe, expect, it } from "vitest";
import { randomMatrix } from "../../../training/fixtures.ts";
import { countsOf, labelsOf, paste, prescribe, unevenSizes } from "./prescribe.ts";

const wide = [40, 40, 40];

describe("the remedy hard-mining", () => {
  it("comes first when positives are there and learned already", () => {
    const { settings, why, before, after } = prescribe("hard-mining", countsOf(wide), { activeShare: 0.04 })!;
    expect(settings).toEqual({ miner: "MultiSimilarityMiner" });
    expect(why).toContain("only 4.0 % of the items");
    expect(after).toEqual(before);
  });

  it("is pasted as a miner that the trainer uses", () => {
    const { code } = prescribe("hard-mining", countsOf(wide), { activeShare: 0.04 })!;
    const { trainer, miner } = paste(code, labelsOf(wide), new SupConLoss({ whenSilent: "ignore" }));
    expect(trainer!.step().tuples).toBeDefined();
    const mined = miner!.mine(randomMatrix(6, 4, 1), [0, 0, 0, 1, 1, 1]);
    expect(mined.anchors1?.length).toBeGreaterThan(0);
  });

  it("is absent where no training has shown idle items", () => {
    expect(prescribe("hard-mining", countsOf(wide))).toBeUndefined();
    expect(prescribe("hard-mining", countsOf(wide), { activeShare: 0.5 })).toBeUndefined();
  });

  it("is absent where positives are missing: a miner can only choose among those there are", () => {
    expect(
      prescribe("hard-mining", countsOf(unevenSizes(80, 12)), { batchSize: 8, activeShare: 0.01 }),
    ).toBeUndefined();
  });
});
