import { describe, expect, it } from "vitest";
import {
  describeMiner,
  LpDistance,
  minerOptions,
  number,
  PairList,
  prepareBatch,
  SupConLoss,
  TupleMiner,
  withAnchorRows,
  type Batch,
  type Mined,
  type OptionsGiven,
  type Pairs,
} from "../../src/index.ts";
import { describeMinerContract, type Candidate } from "../support/minerContract.ts";

// A miner as one writes it outside the package.

const options = {
  ...minerOptions(new LpDistance()),
  /** Pairs farther apart than this are kept, of either kind. Default 1. */
  radius: number({ default: 1, atLeast: 0 }),
};

type FarPairMinerOptions = OptionsGiven<typeof options>;

/** Keeps all pairs that are farther apart than a radius; of similarities, less alike. */
class FarPairMiner extends TupleMiner<typeof options, Pairs<Int32Array>, { readonly farthest: number }> {
  static readonly description = describeMiner({
    name: "FarPairMiner",
    summary: "All pairs farther apart than a radius.",
    paper: "this test",
    gives: "pairs",
    needs: { positives: false, negatives: false },
    figures: { farthest: 0 },
    options,
  });

  protected collect(batch: Batch): Mined<Pairs<Int32Array>, { readonly farthest: number }> {
    const pairs = new PairList();
    const { away } = this.distance;
    let farthest = 0;
    withAnchorRows(batch, this.distance, "list", (rows) => {
      const kept = new Int32Array(rows.capacity + 1);
      rows.forEach(({ anchor, positives, negatives }) => {
        for (const others of [positives, negatives])
          if (others.count > 0) farthest = Math.max(farthest, away * (away > 0 ? others.max() : others.min()));
        const { radius } = this.options;
        pairs.addPositives(anchor, kept, this.keep(kept, positives.select(away, radius, kept)));
        pairs.addNegatives(anchor, kept, this.keep(kept, negatives.select(away, radius, kept)));
      });
    });
    return { tuples: pairs.toPairs(), statistics: { farthest } };
  }
}

describeMinerContract("A miner of one's own", {
  make: (given: FarPairMinerOptions) => new FarPairMiner(given),
  twin: ({ distances, isInverted, positives, negatives }): Candidate[] => {
    const slack = (a: number, j: number): number => (isInverted ? 1 - distances[a][j] : distances[a][j] - 1);
    return [
      ...positives.map(([a, p]) => ({ name: `p ${a} ${p}`, slack: slack(a, p) })),
      ...negatives.map(([a, n]) => ({ name: `n ${a} ${n}`, slack: slack(a, n) })),
    ];
  },
});

const rows = [
  [1, 0],
  [0.8, 0.6],
  [0, 1],
  [-1, 0],
];
const labels = ["a", "a", "b", "b"];

describe("TupleMiner", () => {
  it("reads its options from the description, their names and values checked", () => {
    expect(new FarPairMiner().options).toMatchObject({ radius: 1, seed: 0, maxTuplesPerAnchor: null });
    expect(new FarPairMiner({ radius: 2 })).toMatchObject({ name: "FarPairMiner", options: { radius: 2 } });
    expect(() => new FarPairMiner({ raduis: 1 } as never)).toThrow('FarPairMiner has no option "raduis"; did you mean');
    expect(() => new FarPairMiner({ radius: -1 })).toThrow("radius is -1; give a finite number >= 0");
    expect(new FarPairMiner({ distance: null }).distance.name).toBe("LpDistance");
  });

  it("refuses a miner that does not say what it is, and columns that mining does not take", () => {
    class Nameless extends TupleMiner {
      protected collect(): Mined<Pairs<Int32Array>> {
        return { tuples: new PairList().toPairs(), statistics: {} };
      }
    }
    expect(() => new Nameless()).toThrow("Nameless has no static description; say what the miner is");
    expect(() => new FarPairMiner().mine(rows, labels, { ref_emb: rows } as never)).toThrow(
      'FarPairMiner.mine has no option "ref_emb"; known: reference, referenceLabels',
    );
    expect(() => new FarPairMiner().mine(rows, labels, { reference: rows })).toThrow(
      "FarPairMiner was given a reference without referenceLabels; each of its rows needs one label",
    );
  });

  it("gives tuples that a loss learns from, of a prepared batch too", () => {
    const miner = new FarPairMiner();
    const loss = new SupConLoss({ distance: new LpDistance() });
    const plain = loss.evaluate(rows, labels, { tuples: miner.mine(rows, labels) });
    const batch = prepareBatch(rows, labels);
    const shared = batch.share(() => loss.evaluate(batch, labels, { tuples: miner.mine(batch, labels) }));
    expect(shared.value).toBe(plain.value);
    expect(miner.statistics.farthest).toBeCloseTo(2, 6);
  });
});
