import * as kindred from "kindred";
import {
  advise,
  classCounts,
  ContrastiveLoss,
  CrossBatchMemory,
  forecastBatches,
  GenericPairLoss,
  labelFaults,
  NTXentLoss,
  SupConLoss,
  UniformBatchSampler,
  type AdviceOptions,
  type Loss,
  type Outlook,
} from "kindred";
import { describe, expect, it } from "vitest";
import { lossClasses, makeLoss } from "../../support/describedLosses.ts";
import { countsOf, labelsOf, paste, prescribe, unevenSizes } from "./remedies/prescribe.ts";

const loss = new SupConLoss();
const onlyNegatives = new GenericPairLoss({ negative: (d) => Math.max(0, 1 - d) });
const onlyPositives = new GenericPairLoss({ positive: (d) => d ** 2 });

const labelSets: Readonly<Record<string, readonly number[]>> = {
  "all singletons": Array<number>(60).fill(1),
  "half singletons": [...unevenSizes(10, 6), ...Array<number>(60).fill(1)],
  "even small classes": Array<number>(30).fill(4),
  "one dominating class": [90, 2, 2, ...Array<number>(8).fill(1)],
  "two classes": [30, 20],
  "one class": [40],
};

/** The share of anchors that are live in a batch that is not silent. */
function taught({ liveShare, silent }: Outlook): number {
  return liveShare * (1 - silent);
}

/** An example of every loss by itself. */
function exampleLosses(): Loss[] {
  return lossClasses.filter(({ description }) => description.wraps === undefined).map((Class) => makeLoss(Class));
}

describe("the status of an advice", () => {
  it("is healthy, with nothing to change, where anchors have positives", { tags: ["long"] }, () => {
    const { status, verdict, remedies } = advise(countsOf([40, 40, 40]), { loss });
    expect(status).toBe("healthy");
    expect(verdict).toMatch(/^Nothing needs to change: /);
    expect(remedies).toEqual([]);
  });

  it("is silent where more steps are silent than accepted, and not where just as many are", () => {
    const counts = countsOf(unevenSizes(100, 6));
    const silent = forecastBatches(counts, { batchSize: 16, loss }).silent.value;
    expect(silent).toBeGreaterThan(0.1);
    const statusAt = (acceptedSilence: number) => advise(counts, { batchSize: 16, loss, acceptedSilence }).status;
    expect(statusAt(silent * (1 - 1e-9))).toBe("silent");
    expect(statusAt(silent)).toBe("weak");
  });

  it("is weak below half live anchors", () => {
    const counts = countsOf(Array<number>(40).fill(20));
    const statuses = new Set<string>();
    for (let batchSize = 27; batchSize <= 33; batchSize++) {
      const forecast = forecastBatches(counts, { batchSize, loss });
      const expected = forecast.liveShare.value < 0.5 ? "weak" : "healthy";
      expect(advise(counts, { batchSize, loss, acceptedSilence: 0.3 }).status).toBe(expected);
      statuses.add(expected);
    }
    expect(statuses.size).toBe(2);
  });

  it("is healthy whatever the labels for a loss that learns without pairs", () => {
    const losses = exampleLosses().filter(({ needs }) => needs.pairs === false);
    expect(losses.map(({ name }) => name)).toContain("ArcFaceLoss");
    for (const sizes of Object.values(labelSets))
      for (const each of losses) {
        const { status, verdict, remedies } = advise(countsOf(sizes), { batchSize: 4, loss: each, activeShare: 0.01 });
        expect(status).toBe("healthy");
        expect(verdict).toContain(`${each.name} learns without samples of one class side by side`);
        expect(remedies).toEqual([]);
      }
  });

  it("asks no positives for a loss of negatives alone", () => {
    const alone = countsOf(labelSets["all singletons"]);
    expect(advise(alone, { batchSize: 8, loss: onlyNegatives }).status).toBe("healthy");
    expect(advise(alone, { batchSize: 8, loss: onlyPositives }).status).toBe("silent");
    expect(advise(countsOf([40]), { batchSize: 8, loss: onlyNegatives }).status).toBe("silent");
    expect(advise(countsOf([40]), { batchSize: 8, loss: onlyPositives }).status).toBe("healthy");
  });

  it("is weak where a training has shown idle items: hard mining comes first", () => {
    const counts = countsOf([40, 40, 40]);
    const { status, verdict, remedies } = advise(counts, { loss, activeShare: 0.04 });
    expect(status).toBe("weak");
    expect(verdict).toContain("only 4.0 % of the items have a loss above 0");
    expect(remedies.map(({ name }) => name)).toEqual(["hard-mining", "watch-the-loss"]);
    expect(advise(counts, { loss, activeShare: 0.5 }).status).toBe("healthy");
  });

  it("takes what a loss needs in its place", () => {
    const { status, verdict } = advise([1, 1, 1, 1], { batchSize: 2, loss: { positives: true, negatives: false } });
    expect(status).toBe("silent");
    expect(verdict).toContain("teach the loss nothing");
  });
});

describe("the verdict of an advice", () => {
  it("is one sentence with the numbers of the data", () => {
    for (const sizes of Object.values(labelSets))
      for (const each of [loss, new ContrastiveLoss(), onlyNegatives]) {
        const counts = countsOf(sizes);
        const { verdict } = advise(counts, { batchSize: 8, loss: each });
        expect(verdict).toMatch(/^[A-Z].*[^.]\.$/);
        expect(verdict.match(/\.(?!\d)/g)).toHaveLength(1);
        expect(verdict).toContain(`random batches of 8 from ${counts.samples} samples of ${counts.classes} classes`);
      }
  });

  it("tells the share of silent steps, and of live anchors where no step is silent", () => {
    const counts = countsOf(unevenSizes(100, 6));
    const { silent, liveShare } = forecastBatches(counts, { batchSize: 16, loss });
    const rounded = (share: number) => `${Math.round(100 * share)} %`;
    expect(advise(counts, { batchSize: 16, loss }).verdict).toContain(
      `${rounded(silent.value)} of the steps teach SupConLoss nothing`,
    );
    const weak = advise(counts, { batchSize: 16, loss, acceptedSilence: 0.9 }).verdict;
    expect(weak).toContain(`only ${rounded(liveShare.value)} of the anchors have a positive`);
  });

  it("says which pairs are missing, of those that the loss needs", () => {
    const none = "no two of the samples share a class";
    const one = "all samples are of one class";
    expect(advise(countsOf(Array<number>(60).fill(1)), { batchSize: 8, loss }).verdict).toContain(none);
    expect(advise(countsOf([40]), { batchSize: 8, loss }).verdict).toContain(one);
    // two samples of two equal classes share a class a little less often than not
    const pairs = countsOf([50, 50]);
    expect(advise(pairs, { batchSize: 2, loss }).verdict).toContain(none);
    expect(advise(pairs, { batchSize: 2, loss: onlyPositives }).verdict).toContain(none);
    expect(advise(pairs, { batchSize: 2, loss: onlyNegatives }).verdict).toContain(one);
  });

  it("says what is missing in batch and memory together", () => {
    // of four samples of two classes two share a class always
    const remembering = new CrossBatchMemory(new SupConLoss(), { embeddingSize: 4, memorySize: 4 });
    expect(advise(countsOf([50, 50]), { batchSize: 2, loss: remembering }).verdict).toMatch(
      /a memory of 4 from .* all samples are of one class/,
    );
  });
});

describe("the remedies of an advice", () => {
  const losses = exampleLosses();

  it.each(Object.entries(labelSets))("are in order, better than what is, and of what there is: %s", (_, sizes) => {
    const counts = countsOf(sizes);
    for (const each of [...losses, onlyNegatives, onlyPositives]) {
      const { status, forecast, remedies } = advise(counts, { batchSize: 8, loss: each, wantedLiveShare: 0.8 });
      const now = { silent: forecast.silent.value, liveShare: forecast.liveShare.value };
      if (status === "healthy") {
        expect(remedies).toEqual([]);
        continue;
      }
      expect(remedies.map(({ name }) => name).indexOf("watch-the-loss")).toBe(remedies.length - 1);
      const pairable = 1 - forecast.neverPositive.samples / forecast.samples;
      const wanted = 0.8 * (pairable === 0 ? 1 : pairable);
      const widerLabels = remedies.findIndex(({ name }) => name === "label-range");
      if (widerLabels !== -1)
        for (const { name } of remedies.slice(widerLabels + 1))
          expect(["class-weights", "watch-the-loss"]).toContain(name);
      const reaches = remedies
        .filter(({ name }) => name !== "label-range")
        .map(({ after }) => after.silent <= 0.01 && after.liveShare >= wanted);
      expect(reaches).toEqual(reaches.toSorted((a, b) => Number(b) - Number(a)));
      for (const { name, before, after, code, why } of remedies) {
        expect(before).toEqual(now);
        if (!["class-weights", "watch-the-loss"].includes(name))
          expect(taught(after), `${each.name}: ${name}, ${why}`).toBeGreaterThan(taught(before));
        for (const [, made] of code.matchAll(/new (\w+)\(/g)) expect(kindred).toHaveProperty(made);
      }
    }
  });

  it("stand by what they make live where none reaches what is wished for", () => {
    const { remedies } = advise(countsOf(unevenSizes(100, 6)), { batchSize: 8, loss, memoryBudget: 2 ** 24 + 2e5 });
    const short = remedies.filter(({ after }) => after.liveShare < 0.9);
    expect(short.length).toBeGreaterThan(1);
    const shares = short.map(({ after }) => Math.round(20 * taught(after)));
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
  });

  it("are no pairs where there can be none: all singletons", () => {
    for (const each of [loss, new ContrastiveLoss(), new NTXentLoss()]) {
      const { remedies } = advise(countsOf(Array<number>(300).fill(1)), { batchSize: 32, loss: each });
      expect(remedies.map(({ name }) => name)).toEqual(["proxy-loss", "label-range", "watch-the-loss"]);
      expect(remedies[1].after.liveShare).toBeGreaterThanOrEqual(0.9);
    }
  });

  it("leave no singletons out where these are the only negatives", () => {
    const counts = countsOf([90, ...Array<number>(10).fill(1)]);
    const { status, remedies } = advise(counts, { batchSize: 4, loss });
    expect(status).toBe("silent");
    const names = remedies.map(({ name }) => name);
    expect(names).not.toContain("drop-singletons");
    expect(names).not.toContain("balanced-sampling");
  });

  it("stay within a small memory: cached gradients instead of a larger batch", () => {
    const tight = { batchSize: 16, loss, embeddingSize: 64, bytesPerSample: 1e6, memoryBudget: 2 ** 24 + 16.9e6 };
    const bytes = (rows: number, chunk: number, memory = 0) => 2 ** 24 + (rows + memory) * 16 * 64 + chunk * 1e6;
    const counts = countsOf(unevenSizes(100, 6));
    const { remedies } = advise(counts, tight);
    const settings = new Map(remedies.map((remedy) => [remedy.name, remedy.settings]));
    expect(settings.has("larger-batch")).toBe(false);
    const { batchSize, chunkSize } = settings.get("cached-gradients")!;
    expect(bytes(batchSize!, chunkSize!)).toBeLessThanOrEqual(tight.memoryBudget);
    const { memorySize } = settings.get("cross-batch-memory")!;
    expect(bytes(16, 16, memorySize)).toBeLessThanOrEqual(tight.memoryBudget);
    expect(advise(counts, { ...tight, memoryBudget: Infinity }).remedies.map(({ name }) => name)).not.toContain(
      "cached-gradients",
    );
  });

  it("count the memory that is there", () => {
    const counts = countsOf(unevenSizes(100, 6));
    const { settings, after } = prescribe("cross-batch-memory", counts, { batchSize: 8 })!;
    const withMemory = (memorySize: number) =>
      advise(counts, { batchSize: 8, loss: new CrossBatchMemory(loss, { embeddingSize: 4, memorySize }) });
    const enough = withMemory(settings!.memorySize!);
    expect(enough.status).toBe("healthy");
    expect(enough.verdict).toContain(`a memory of ${settings!.memorySize} from ${counts.samples} samples`);
    expect(enough.verdict).toContain(`${Math.round(100 * after.liveShare)} % of the anchors have a positive`);
    // 40 samples drawn are 40 samples drawn, in a batch or beside it
    const little = withMemory(40);
    const { liveShare } = forecastBatches(counts, { batchSize: 40, loss });
    expect(little.status).toBe("silent");
    for (const { before } of little.remedies) expect(before.liveShare).toBeCloseTo(liveShare.value, 12);
  });
});

describe("the remedy balanced-sampling", () => {
  /** The outlook that the pasted sampler gives, and its error. */
  function outlookOfPasted(sizes: readonly number[], options: Partial<AdviceOptions>) {
    const remedy = prescribe("balanced-sampling", countsOf(sizes), options)!;
    const labels = labelsOf(sizes);
    const { sampler } = paste(remedy.code, labels);
    const forecast = forecastBatches(classCounts(labels), { sampler: sampler!, loss, trials: 400 });
    return { remedy, labels, sampler: sampler!, forecast };
  }

  it.each([
    [32, 4],
    [64, 8],
    [16, 2],
  ])("promises what its sampler gives and leaves singletons out: batches of %i, m %i", (batchSize, m) => {
    const sizes = [2, 2, 3, 3, 3, ...unevenSizes(150, 14), ...Array<number>(300).fill(1)];
    const { remedy, labels, sampler } = outlookOfPasted(sizes, { batchSize });
    expect(remedy.settings).toEqual({ sampler: "m-per-class", m, scarce: "skip" });
    expect(remedy.after).toEqual({ silent: 0, liveShare: 1 });
    const left = sizes.filter((size) => size < m).reduce((sum, size) => sum + size, 0);
    expect(remedy.cost).toContain(`the ${left} samples`);
    const seen = new Set<number>();
    for (const rows of sampler.epoch()) {
      for (const i of rows) {
        seen.add(i);
        expect(rows.some((j) => j !== i && labels[j] === labels[i])).toBe(true);
      }
    }
    expect(seen.size).toBe(labels.length - left);
  });

  it("promises what its sampler gives where small classes are repeated", () => {
    const sizes = [...Array<number>(50).fill(9), ...Array<number>(20).fill(2)];
    const { remedy, forecast } = outlookOfPasted(sizes, { batchSize: 32 });
    expect(remedy.settings).toEqual({ sampler: "m-per-class", m: 4 });
    expect(remedy.after.silent).toBe(forecast.silent.value);
    expect(Math.abs(remedy.after.liveShare - forecast.liveShare.value)).toBeLessThanOrEqual(
      6 * forecast.liveShare.standardError + 1e-12,
    );
  });

  it("holds two classes at least in small batches", { tags: ["long"] }, () => {
    for (const sizes of [Array<number>(60).fill(12), [...unevenSizes(60, 12), ...Array<number>(60).fill(1)]])
      for (let batchSize = 4; batchSize <= 8; batchSize++) {
        const { remedy, labels, sampler, forecast } = outlookOfPasted(sizes, { batchSize, m: 4 });
        expect(remedy.settings!.m).toBe(2);
        expect(remedy.after).toEqual({ silent: forecast.silent.value, liveShare: forecast.liveShare.value });
        for (const rows of sampler.epoch())
          expect(new Set(Array.from(rows, (i) => labels[i])).size).toBe(Math.floor(batchSize / 2));
      }
  });

  it("tells how many classes a batch holds where there are fewer than it has groups for", () => {
    const sizes = [12, 12, 12, ...Array<number>(200).fill(1)];
    const { why } = prescribe("balanced-sampling", countsOf(sizes), { batchSize: 24 })!;
    expect(why).toContain("about 3 classes with 8 samples each");
  });

  it("is absent where all but one class are singletons, also for losses that call no batch silent", () => {
    const counts = countsOf([30, ...Array<number>(200).fill(1)]);
    for (const each of [loss, new ContrastiveLoss()])
      expect(prescribe("balanced-sampling", counts, { batchSize: 8, loss: each })).toBeUndefined();
  });
});

describe("the faults of an advice", () => {
  it("come along for labels, and not for sizes", () => {
    for (const labels of [
      [...Array<string>(30).fill("cat"), "dog", "dog"],
      ["a", "A ", "b", "b", "a", "c"],
      Array.from({ length: 50 }, (_, i) => `id${i}`),
    ]) {
      const { faults, forecast } = advise(classCounts(labels), { batchSize: 4, loss });
      expect(faults).toEqual(labelFaults(labels));
      expect(faults.length).toBeGreaterThan(0);
      const sizes = Array.from(classCounts(labels).counts);
      const ofSizes = advise(sizes, { batchSize: 4, loss });
      expect(ofSizes.faults).toEqual([]);
      expect(ofSizes.forecast.silent).toEqual(forecast.silent);
    }
  });
});

describe("advise at the door", () => {
  const counts = [4, 4, 4];
  const refuses = (options: object) => expect(() => advise(counts, { batchSize: 4, loss, ...options }));

  it("refuses an unknown option with the nearest name", () => {
    refuses({ batchsize: 4 }).toThrow(/advise has no option "batchsize"; did you mean "batchSize"\?/);
    refuses({ memoryBudge: 4 }).toThrow(/did you mean "memoryBudget"\?/);
  });

  it("refuses shares and sizes that are none", () => {
    for (const wantedLiveShare of [0, 1]) refuses({ wantedLiveShare }).toThrow(/wantedLiveShare is [01]; give/);
    for (const acceptedSilence of [0, 1]) refuses({ acceptedSilence }).toThrow(/acceptedSilence is [01]; give/);
    for (const activeShare of [2, -0.1]) refuses({ activeShare }).toThrow(/activeShare is (2|-0\.1); give/);
    refuses({ memoryBudget: 0 }).toThrow(/memoryBudget is 0; give/);
    refuses({ embeddingSize: 1.5 }).toThrow(/embeddingSize is 1\.5; give a whole number/);
    refuses({ bytesPerSample: -1 }).toThrow(/bytesPerSample is -1; give/);
    refuses({ activeShare: "0.1" }).toThrow(TypeError);
  });

  it("refuses a batch larger than the data, unknown samplers and what is no loss", () => {
    refuses({ batchSize: 13 }).toThrow("batchSize is 13 for 12 samples; give a smaller batch");
    refuses({ sampler: "shuffled" }).toThrow(/sampler is "shuffled"; give random, with-replacement, m-per-class/);
    refuses({ sampler: new UniformBatchSampler(12, { batchSize: 4 }) }).toThrow(/give classCounts\(labels\)/);
    refuses({ loss: "SupConLoss" }).toThrow(/loss is "SupConLoss"; give a loss/);
  });
});
