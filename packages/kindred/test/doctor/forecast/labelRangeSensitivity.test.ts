import { describe, expect, it } from "vitest";
import {
  ArcFaceLoss,
  ContrastiveLoss,
  labelRangeSensitivity,
  SupConLoss,
  type Loss,
  type SensitivityRow,
} from "../../../src/index.ts";
import { readGolden } from "../../support/goldens.ts";

interface Recorded {
  readonly embeddings: { readonly rows: number; readonly cols: number; readonly base64: string };
  readonly cases: readonly {
    readonly labelSeed: number;
    readonly labelRange: number;
    readonly labels: readonly number[];
    readonly positivePairs: number;
    readonly expected: { readonly loss: number; readonly gradientNorm: number };
  }[];
}

const quiet = { whenSilent: "ignore" } as const;
const theLoss = new SupConLoss(quiet);

describe("labelRangeSensitivity on the recorded labels", () => {
  const { embeddings, cases } = readGolden<Recorded>("sensitivity");
  const bytes = Buffer.from(embeddings.base64, "base64");
  const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const ranges = [...new Set(cases.map(({ labelRange }) => labelRange))];
  const of = (range: number) => cases.filter(({ labelRange }) => labelRange === range);
  const rows = labelRangeSensitivity({
    loss: theLoss,
    embeddings: { data, rows: embeddings.rows, cols: embeddings.cols },
    ranges,
    trials: 5,
    labels: (range, trial) => of(range).find(({ labelSeed }) => labelSeed === trial)!.labels,
  });

  it("has 10 to 1,000,000 classes, five draws each", () => {
    expect(ranges).toEqual([10, 100, 1000, 10_000, 100_000, 1_000_000]);
    for (const range of ranges) expect(of(range)).toHaveLength(5);
  });

  it.each(rows.map((row) => [row.range, row] as const))("gives the recorded losses of %d classes", (range, row) => {
    const recorded = of(range);
    const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
    recorded.forEach(({ expected, labelSeed }) => {
      // float32 embeddings and kernels beside float64
      expect(Math.abs(row.losses[labelSeed] - expected.loss)).toBeLessThanOrEqual(2e-5 * expected.loss);
    });
    const norm = mean(recorded.map(({ expected }) => expected.gradientNorm));
    expect(Math.abs(row.gradientNorm.mean - norm)).toBeLessThanOrEqual(1e-4 * norm);
    expect(row.positivePairs.mean).toBe(mean(recorded.map(({ positivePairs }) => positivePairs)));
    expect(row.distinctLabels.mean).toBe(mean(recorded.map(({ labels }) => new Set(labels).size)));
    expect(row.silentShare).toBe(mean(recorded.map(({ positivePairs }) => (positivePairs === 0 ? 1 : 0))));
    const { deviation } = row.loss;
    const losses = recorded.map(({ expected }) => expected.loss);
    const expected = Math.sqrt((mean(losses.map((x) => (x - mean(losses)) ** 2)) * 5) / 4);
    expect(Math.abs(deviation - expected)).toBeLessThan(1e-4);
  });

  it("says what theory says beside them", () => {
    const chance = (values: number): number =>
      Array.from({ length: 100 }, (_, k) => 1 - k / values).reduce((a, b) => a * b);
    for (const { range, silentProbability, expectedPairs } of rows) {
      expect(silentProbability).toBeCloseTo(Math.max(0, chance(range)) + range ** -99, 10);
      expect(expectedPairs).toBeCloseTo((100 * 99) / range, 8);
    }
    expect(rows[3].silentProbability).toBeCloseTo(0.608566, 6);
    expect(rows[4].silentProbability).toBeCloseTo(0.95169, 6);
  });
});

describe("labelRangeSensitivity on labels of its own", () => {
  const trials = 300;
  const rows = labelRangeSensitivity({ loss: theLoss, n: 20, dim: 4, ranges: [5, 100, 200, 1000], trials, seed: 2 });

  it.each(rows.map((row) => [row.range, row] as const))(
    "observes at %d classes what theory says, within 4.5 standard errors",
    (_, row: SensitivityRow) => {
      const p = row.silentProbability;
      expect(Math.abs(row.silentShare - p)).toBeLessThanOrEqual(4.5 * Math.sqrt((p * (1 - p)) / trials) + 1e-9);
      const { mean, deviation } = row.positivePairs;
      expect(Math.abs(mean - row.expectedPairs)).toBeLessThanOrEqual((4.5 * deviation) / Math.sqrt(trials));
      expect(row.losses).toHaveLength(trials);
      expect(row.losses.filter((loss) => loss === 0).length / trials).toBeCloseTo(row.silentShare, 12);
    },
  );

  it("gives the same for the same seed, and other batches for another", () => {
    const run = (seed: number) => labelRangeSensitivity({ loss: theLoss, n: 10, dim: 3, ranges: [8], trials: 3, seed });
    expect(run(1)).toEqual(run(1));
    expect(run(1)[0].losses).not.toEqual(run(2)[0].losses);
  });

  it("has no spread with one trial, and is wholly silent with one sample or one class", () => {
    const [one] = labelRangeSensitivity({ loss: theLoss, n: 6, dim: 3, ranges: [2], trials: 1 });
    expect(one.loss.deviation).toBe(0);
    const [single] = labelRangeSensitivity({ loss: theLoss, n: 1, dim: 3, ranges: [9], trials: 4 });
    expect(single).toMatchObject({ silentShare: 1, silentProbability: 1, expectedPairs: 0 });
    const [same] = labelRangeSensitivity({ loss: theLoss, n: 5, dim: 3, ranges: [1], trials: 4 });
    expect(same).toMatchObject({ silentProbability: 1, expectedPairs: 20, silentShare: 1 });
  });

  it("makes a loss with a vector a class anew for each range, and never finds it silent", () => {
    const seen: number[] = [];
    const rows = labelRangeSensitivity({
      loss: (range): Loss => {
        seen.push(range);
        return new ArcFaceLoss({ numClasses: range, embeddingSize: 4 });
      },
      n: 8,
      dim: 4,
      ranges: [3, 50],
      trials: 2,
    });
    expect(seen).toEqual([3, 50]);
    for (const row of rows) expect(row).toMatchObject({ silentShare: 0, silentProbability: 0 });
  });

  it("serves a loss that learns from negatives alone", () => {
    const loss = new ContrastiveLoss({ ...quiet, negMargin: 4 });
    const [row] = labelRangeSensitivity({ loss, n: 20, dim: 4, ranges: [100_000], trials: 3 });
    expect(row.loss.mean).toBeGreaterThan(0);
    expect([row.silentShare, row.silentProbability]).toEqual([0, 0]);
  });

  it.each<[string, object, RegExp]>([
    ["no loss", {}, /loss is null; give a loss, or a function/],
    ["a name of a loss", { loss: "SupConLoss" }, /loss is "SupConLoss"/],
    ["no samples", { loss: theLoss, n: 0 }, /n is 0/],
    ["half a column", { loss: theLoss, dim: 1.5 }, /dim is 1.5/],
    ["no trial", { loss: theLoss, trials: 0 }, /trials is 0/],
    ["no ranges", { loss: theLoss, ranges: [] }, /ranges is an array of 0; give a list/],
    ["a range of none", { loss: theLoss, ranges: [10, 0] }, /ranges\[1\] is 0/],
    ["ranges that are null", { loss: theLoss, ranges: null }, /ranges is null/],
    ["an unknown option", { loss: theLoss, range: 3 }, /no option "range"; did you mean "ranges"/],
  ])("refuses %s", (_, options, sentence) => {
    expect(() => labelRangeSensitivity(options as { loss: Loss })).toThrow(sentence);
  });
});
