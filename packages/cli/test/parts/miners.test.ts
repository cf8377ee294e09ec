import { Random, type Matrix } from "kindred";
import { expect, it } from "vitest";
import { checkMinerName, makeMiner, minerNames } from "../../src/parts/miners.ts";

const labels = Array.from({ length: 12 }, (_, i) => `kind ${i % 3}`);
const random = new Random(1);
const embeddings: Matrix = { data: Float32Array.from({ length: 48 }, () => random.normal()), rows: 12, cols: 4 };

it.each(minerNames())("makeMiner makes a %s that mines labelled rows", (name) => {
  const { anchors, anchors1 } = makeMiner(name).mine(embeddings, labels);
  expect((anchors ?? anchors1).length).toBeGreaterThan(0);
});

it("checkMinerName refuses a miner that is none", () => {
  expect(() => checkMinerName("TupleMiner")).toThrow('there is no miner "TupleMiner"');
});
