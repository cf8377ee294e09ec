import { describe, expect, it } from "vitest";
import {
  describeSampler,
  PlannedSampler,
  samplerOptions,
  type BatchSampler,
  type EpochPlan,
  type Random,
} from "../../src/index.ts";
import { equalStarts, range } from "../../src/samplers/plannedSampler.ts";
import { describeSamplerContract, epochOf } from "../support/samplerContract.ts";

const options = samplerOptions();

/** Shuffles ten rows; batches of 3, 4 and 3. */
class OwnSampler extends PlannedSampler<typeof options> {
  static readonly description = describeSampler({
    name: "OwnSampler",
    summary: "Ten rows, in batches of 3, 4 and 3.",
    source: null,
    takes: [],
    options,
    example: (_, seed = 0): BatchSampler => new OwnSampler(seed),
  });
  readonly batchesPerEpoch = 3;

  constructor(seed: number, batchSize = 4) {
    super({ batchSize, seed });
  }

  protected plan(random: Random): EpochPlan {
    return { rows: random.shuffle(range(10)), starts: Int32Array.of(0, 3, 7, 10) };
  }
}

describeSamplerContract("A sampler of one's own that plans its epochs", (seed) => new OwnSampler(seed));

describe("PlannedSampler", () => {
  it("hands out the plan's batches, as copies", () => {
    const sampler = new OwnSampler(1);
    const [first, ...others] = sampler.epoch();
    expect([first.length, ...others.map(({ length }) => length)]).toEqual([3, 4, 3]);
    first.fill(-1);
    expect(epochOf(new OwnSampler(1))[0]).not.toContain(-1);
  });

  it("refuses a sampler that does not say what it is", () => {
    class Nameless extends PlannedSampler {
      readonly batchesPerEpoch = 1;
      protected plan(): EpochPlan {
        return { rows: range(1), starts: Int32Array.of(0, 1) };
      }
    }
    expect(() => new Nameless()).toThrow("Nameless has no static description; say what the sampler is");
  });

  it("refuses batch sizes, seeds and states that are none", () => {
    expect(() => new OwnSampler(NaN)).toThrow(/seed is NaN/);
    expect(() => new OwnSampler(1, 0)).toThrow(/batchSize is 0/);
    const sampler = new OwnSampler(1);
    const kind = "OwnSampler";
    for (const state of [
      { epoch: -1, batch: 0 },
      { epoch: 0, batch: 4 },
      { epoch: 0.5, batch: 0 },
    ])
      expect(() => sampler.load({ kind, ...state })).toThrow(/the state's (epoch|batch) is/);
    expect(() => sampler.load({ kind, epoch: 1, bath: 0 })).toThrow(/has no batch and has the unexpected bath/);
    expect(() => sampler.load({ kind: "OtherSampler", epoch: 1, batch: 0 })).toThrow(
      "this is the state of OtherSampler, not of OwnSampler",
    );
    for (const state of [{}, { epoch: 1, batch: 0 }, [], null, undefined, "x"])
      expect(() => sampler.load(state as never)).toThrow(/what state\(\) returned/);
    expect(sampler.state()).toEqual({ kind, epoch: 0, batch: 0 });
  });
});

describe("equalStarts", () => {
  it("cuts rows into equal batches, the last one shorter or left out", () => {
    expect(Array.from(equalStarts(7, 3, false))).toEqual([0, 3, 6, 7]);
    expect(Array.from(equalStarts(7, 3, true))).toEqual([0, 3, 6]);
    expect(Array.from(equalStarts(6, 3, false))).toEqual([0, 3, 6]);
    expect(Array.from(equalStarts(2, 3, true))).toEqual([0]);
    expect(Array.from(equalStarts(0, 3, false))).toEqual([0]);
  });
});
