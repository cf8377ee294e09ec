import { describe, expect, it } from "vitest";
import {
  EmbeddingsAlreadyPackagedAsTriplets,
  MultiSimilarityMiner,
  Random,
  toWeights,
  TuplesToWeightsSampler,
  zeros,
  type Matrix,
  type Miner,
} from "../../src/index.ts";
import { expectDraws } from "../support/chiSquared.ts";
import { describeSamplerContract, epochOf } from "../support/samplerContract.ts";

const random = new Random(1);
const embeddings: Matrix = { data: new Float32Array(40 * 3).map(() => random.normal()), rows: 40, cols: 3 };
const labels = Array.from({ length: 40 }, (_, i) => `class ${i % 5}`);

function embed(rows: Int32Array): number[][] {
  return Array.from(rows, (row) => Array.from(embeddings.data.subarray(3 * row, 3 * row + 3)));
}

const miner = new MultiSimilarityMiner();

describeSamplerContract(
  "TuplesToWeightsSampler",
  (seed) => new TuplesToWeightsSampler({ labels, embed, miner }, { batchSize: 7, subsetSize: 25, seed }),
);

describe("TuplesToWeightsSampler", () => {
  it("draws samples by how often they stand in the tuples", () => {
    const tuples = { anchors: [0, 0, 1], positives: [1, 2, 0], negatives: [3, 3, 4] };
    const fixed: Miner = { name: "fixed", mine: () => tuples };
    const labels = Array.from({ length: 6 }, (_, i) => i);
    const sampler = new TuplesToWeightsSampler({ labels, embed: () => zeros(6, 1), miner: fixed }, { seed: 3 });
    const counts = new Float64Array(6);
    for (let epoch = 0; epoch < 800; epoch++) for (const row of epochOf(sampler).flat()) counts[row]++;
    const weights = toWeights(tuples, 6);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    expect(sampler.weights).toEqual(weights);
    expectDraws(
      counts,
      weights.map((weight) => weight / total),
    );
  });

  it("embeds, mines and draws from a random part of the data, another one each epoch", () => {
    const seen: number[][] = [];
    const sampler = new TuplesToWeightsSampler(
      {
        labels,
        embed: (rows) => {
          seen.push([...rows]);
          return embed(rows);
        },
        miner,
      },
      { subsetSize: 12, batchSize: 12 },
    );
    for (let epoch = 0; epoch < 2; epoch++) {
      const [batch] = epochOf(sampler);
      expect(batch).toHaveLength(12);
      for (const row of batch) expect(seen[epoch]).toContain(row);
      expect(new Set(seen[epoch]).size).toBe(12);
    }
    expect(seen[0]).not.toEqual(seen[1]);
  });

  it("draws all alike where the miner finds nothing", () => {
    const empty: Miner = { name: "empty", mine: () => ({ anchors: [], positives: [], negatives: [] }) };
    const sampler = new TuplesToWeightsSampler({ labels, embed, miner: empty });
    expect(sampler.weights).toBeNull();
    epochOf(sampler);
    expect(sampler.weights).toEqual(new Float64Array(40).fill(1));
  });

  it("keeps the weights of an epoch that is resumed, though the model has changed since", () => {
    let shift = 0;
    const drifting = (rows: Int32Array) => embed(rows).map((row, k) => row.map((x) => x + shift * Math.sin(k)));
    const make = () => new TuplesToWeightsSampler({ labels, embed: drifting, miner }, { batchSize: 10, seed: 2 });
    const whole = epochOf(make());
    const stopped = make();
    const [first] = stopped.epoch();
    const state = JSON.parse(JSON.stringify(stopped.state())) as ReturnType<typeof stopped.state>;
    shift = 3;
    const resumed = make();
    resumed.load(state);
    expect([[...first], ...epochOf(resumed)]).toEqual(whole);
    expect(epochOf(make())).not.toEqual(whole);
  });

  it("refuses a source that is not whole, and answers that do not fit", () => {
    const source = { labels, embed, miner };
    expect(() => new TuplesToWeightsSampler({ ...source, embed: null as never })).toThrow(/embed is null/);
    expect(() => new TuplesToWeightsSampler({ ...source, miner: {} as never })).toThrow(/give a miner/);
    expect(() => new TuplesToWeightsSampler({ ...source, labels: [] })).toThrow(/labels is empty/);
    expect(() => new TuplesToWeightsSampler(source, { subsetSize: 41 })).toThrow(/subsetSize is 41/);
    expect(() => epochOf(new TuplesToWeightsSampler({ ...source, embed: () => zeros(3, 2) }))).toThrow(
      /embed returned 3 rows for 40 samples/,
    );
    const sampler = new TuplesToWeightsSampler({ ...source, miner: new EmbeddingsAlreadyPackagedAsTriplets() });
    const kind = "TuplesToWeightsSampler";
    expect(() => sampler.load({ kind, epoch: 0, batch: 1 })).toThrow(/has no weights/);
    expect(() => sampler.load({ kind, epoch: 0, batch: 1, weights: [] })).toThrow(
      /a weight for each of the 40 samples/,
    );
    expect(() => sampler.load({ kind, epoch: 0, batch: 1, weights: labels.map(() => 0) })).toThrow(/are all 0/);
    expect(() => sampler.load({ kind, epoch: 0, batch: 1, weights: labels.map(() => NaN) })).toThrow(
      /weights\[0\] is NaN/,
    );
    expect(() => epochOf(sampler)).toThrow(/multiple of three/);
  });
});
