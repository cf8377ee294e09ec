import { describe, expect, it } from "vitest";
import { AngularMiner, CosineSimilarity, LpDistance } from "../../src/index.ts";
import {
  describeMinerContract,
  mineBatch,
  miningBatch,
  tupleNames,
  type Candidate,
  type MiningBatch,
} from "../support/minerContract.ts";
import { plainTriplets } from "../support/plain.ts";

const distance = new LpDistance();

/** The angles of all triplets, in degrees. */
function angles({ rows, reference, positives, negatives }: MiningBatch): { name: string; angle: number }[] {
  const far = (x: number[], y: number[]): number => Math.hypot(...x.map((v, k) => v - y[k] + 1e-6));
  const others = reference ?? rows;
  return plainTriplets(positives, negatives).map(([a, p, n]) => {
    const centre = rows[a].map((v, k) => (v + others[p][k]) / 2);
    const angle = Math.atan(far(rows[a], others[p]) / (2 * far(others[n], centre)));
    return { name: `${a} ${p} ${n}`, angle: (angle * 180) / Math.PI };
  });
}

for (const angle of [0, 20, 45, 90]) {
  describeMinerContract(`AngularMiner with ${angle} degrees`, {
    make: (options) => new AngularMiner({ angle, ...options }),
    twin: (batch): Candidate[] =>
      angles(batch).map(({ name, angle: found }) => ({ name, slack: (found - angle) / 100 })),
    distances: [distance],
  });
}

describe("AngularMiner", () => {
  it("works through more pairs than a block holds", { tags: ["long"] }, () => {
    const batch = miningBatch({ n: 70, d: 4, seed: 3, classes: 2, distance });
    expect(batch.positives.length).toBeGreaterThan(2 * 1024);
    const names = new Set(tupleNames(mineBatch(new AngularMiner({ angle: 60 }), batch, 4)));
    const clear = angles(batch).filter(({ angle }) => Math.abs(angle - 60) > 1e-3);
    expect(clear.filter(({ name, angle }) => names.has(name) !== angle > 60)).toEqual([]);
  });

  it("sees coincident embeddings at atan(1/2), 26.6 degrees, as pytorch-metric-learning does", () => {
    const equal = [
      [3, 4],
      [3, 4],
      [3, 4],
    ];
    const labels = ["a", "a", "b"];
    expect(tupleNames(new AngularMiner({ angle: 26 }).mine(equal, labels))).toEqual(["0 1 2", "1 0 2"]);
    expect(tupleNames(new AngularMiner({ angle: 27 }).mine(equal, labels))).toEqual([]);
  });

  it("keeps its digits where a negative is close to the centre of large embeddings", () => {
    const embeddings = [
      [1000, 1000],
      [1000.01, 1000],
      [1000.005, 1000.02],
    ].map((row) => row.map(Math.fround));
    const miner = new AngularMiner({ angle: 0, collectStats: true });
    miner.mine(embeddings, ["a", "a", "b"]);
    const [a, p, n] = embeddings;
    const centre = a.map((v, k) => Math.fround((v + p[k]) / 2));
    const expected = Math.atan(Math.hypot(a[0] - p[0], 0) / (2 * Math.hypot(n[0] - centre[0], n[1] - centre[1])));
    expect(miner.statistics.averageAngle).toBeCloseTo((expected * 180) / Math.PI, 1);
  });

  it("tells the angles of all triplets when asked to", () => {
    const batch = miningBatch({ n: 12, d: 4, seed: 7, distance });
    const miner = new AngularMiner({ angle: 30, collectStats: true });
    mineBatch(miner, batch, 4);
    const all = angles(batch).map(({ angle }) => angle);
    const mean = (list: number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;
    const { statistics } = miner;
    expect(statistics.averageAngle).toBeCloseTo(mean(all), 3);
    expect(statistics.averageAngleAboveThreshold).toBeCloseTo(mean(all.filter((x) => x > 30)), 3);
    expect(statistics.averageAngleBelowThreshold).toBeCloseTo(mean(all.filter((x) => x <= 30)), 3);
    expect(statistics.minAngle).toBeCloseTo(Math.min(...all), 3);
    expect(statistics.maxAngle).toBeCloseTo(Math.max(...all), 3);
    const variance = all.reduce((sum, x) => sum + (x - mean(all)) ** 2, 0) / (all.length - 1);
    expect(statistics.stdOfAngle).toBeCloseTo(Math.sqrt(variance), 3);
    const silent = new AngularMiner({ angle: 30 });
    mineBatch(silent, batch, 4);
    expect(silent.statistics.averageAngle).toBe(0);
  });

  it("refuses any distance but the Euclidean one of normalized embeddings", () => {
    for (const other of [
      new CosineSimilarity(),
      new LpDistance({ p: 1 }),
      new LpDistance({ normalizeEmbeddings: false }),
    ])
      expect(() => new AngularMiner({ distance: other })).toThrow(
        /^AngularMiner (works on LpDistance alone, given|needs a LpDistance with) .*; leave \w+( \w+)? out$/,
      );
    expect(() => new AngularMiner({ angle: 91 })).toThrow(/angle is 91/);
  });
});
