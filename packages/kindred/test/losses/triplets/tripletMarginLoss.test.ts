import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DoNothingReducer,
  LpDistance,
  MeanReducer,
  Random,
  TripletMarginLoss,
  type Label,
} from "../../../src/index.ts";
import { threeLabels, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract, scene, type TwinBatch, type TwinSubLoss } from "../../support/lossContract.ts";
import { fromRows, plainDistances, plainPairs, plainTriplets, type Rows } from "../../support/plain.ts";
import { expectTwinAlongSlope, normalRows } from "../../support/twin.ts";

function twin(item: (violation: number) => number, isSwapped = false) {
  return ({ distances, referenceDistances, isInverted, triplets }: TwinBatch): Record<string, TwinSubLoss> => {
    const away = isInverted ? -1 : 1;
    const items = triplets.map(([a, p, n]) => {
      const toNegative = [distances[a][n], ...(isSwapped ? [referenceDistances[p][n]] : [])];
      const nearest = Math.min(...toNegative.map((d) => away * d));
      return { anchor: a, loss: item(away * distances[a][p] - nearest + 0.15) };
    });
    return { loss: { kind: "triplet", items } };
  };
}

const hinge = (violation: number): number => Math.max(0, violation);
const softHinge = (violation: number): number => Math.log(1 + Math.exp(violation));

describeLossContract("TripletMarginLoss", {
  make: (options) => new TripletMarginLoss({ margin: 0.15, ...options }),
  twin: twin(hinge),
});

describeLossContract("TripletMarginLoss with smoothLoss", {
  make: (options) => new TripletMarginLoss({ margin: 0.15, smoothLoss: true, ...options }),
  twin: twin(softHinge),
});

describeLossContract("TripletMarginLoss with swap", {
  make: (options) => new TripletMarginLoss({ margin: 0.15, swap: true, ...options }),
  twin: twin(hinge, true),
});

describeLossContract("TripletMarginLoss with swap and smoothLoss", {
  make: (options) => new TripletMarginLoss({ margin: 0.15, swap: true, smoothLoss: true, ...options }),
  twin: twin(softHinge, true),
});

describeHostileInputs("TripletMarginLoss", (options) => new TripletMarginLoss(options));
describeHostileInputs(
  "TripletMarginLoss with swap and smoothLoss",
  (options) => new TripletMarginLoss({ swap: true, smoothLoss: true, ...options }),
);
describeHostileInputs(
  "TripletMarginLoss with random triplets",
  (options) => new TripletMarginLoss({ tripletsPerAnchor: 3, ...options }),
);

/** The mean of smooth swapped triplets over all that labels make. */
function swappedMean(
  rows: Rows,
  labels: readonly number[],
  reference: Rows | null,
  referenceLabels: readonly number[],
): number {
  const distance = new CosineSimilarity();
  const others = reference ?? rows;
  const near = plainDistances(distance, rows, others);
  const far = reference === null ? near : plainDistances(distance, others, others);
  let [total, count] = [0, 0];
  labels.forEach((label, a) => {
    referenceLabels.forEach((other, p) => {
      if (other !== label || (reference === null && a === p)) return;
      for (let n = 0; n < others.length; n++) {
        if (referenceLabels[n] === label) continue;
        total += softHinge(Math.max(near[a][n], far[p][n]) - near[a][p] + 0.05);
        count++;
      }
    });
  });
  return total / count;
}

describe("TripletMarginLoss with swap", () => {
  const loss = new TripletMarginLoss({
    swap: true,
    smoothLoss: true,
    distance: new CosineSimilarity(),
    reducer: new MeanReducer(),
  });

  it("is true to its equation when the rows of a batch take several blocks", { tags: ["long"] }, () => {
    const rows = normalRows(1700, 3, 21);
    const labels = rows.map((_, i) => (i * 7) % 800);
    expectTwinAlongSlope(loss.evaluate(fromRows(rows), labels), rows, null, (moved) =>
      swappedMean(moved, labels, null, labels),
    );
  });

  it("is true to its equation when the rows of a reference take several blocks", { tags: ["long"] }, () => {
    const rows = normalRows(40, 3, 22);
    const reference = normalRows(2500, 3, 23);
    const labels = rows.map((_, i) => i % 30);
    const referenceLabels = reference.map((_, j) => (j * 11) % 600);
    const evaluation = loss.evaluate(fromRows(rows), labels, { reference: fromRows(reference), referenceLabels });
    expectTwinAlongSlope(evaluation, rows, reference, (moved, movedReference) =>
      swappedMean(moved, labels, movedReference, referenceLabels),
    );
  });

  it("takes triplets whose rows lie in several blocks", () => {
    const rows = normalRows(1700, 3, 24);
    const random = new Random(25);
    const list = (): number[] => Array.from({ length: 150 }, () => random.integer(1700));
    const tuples = { anchors: list(), positives: list(), negatives: list() };
    expectTwinAlongSlope(loss.evaluate(fromRows(rows), null, { tuples }), rows, null, (moved) => {
      const unit = moved.map((row) => row.map((x) => x / Math.hypot(...row)));
      const cosine = (i: number, j: number): number => unit[i].reduce((sum, x, k) => sum + x * unit[j][k], 0);
      const losses = tuples.anchors.map((a, k) => {
        const [p, n] = [tuples.positives[k], tuples.negatives[k]];
        return softHinge(Math.max(cosine(a, n), cosine(p, n)) - cosine(a, p) + 0.05);
      });
      return losses.reduce((sum, x) => sum + x, 0) / losses.length;
    });
  });
});

describe("TripletMarginLoss", () => {
  const { rows, labels } = scene({ n: 12, d: 4, seed: 3 });
  const embeddings = fromRows(rows);

  for (const swap of [false, true])
    it(`lists every triplet with its place for a DoNothingReducer${swap ? ", with swap" : ""}`, () => {
      const [positives, negatives] = plainPairs(labels, null);
      const triplets = plainTriplets(positives, negatives);
      const loss = new TripletMarginLoss({ swap, reducer: new DoNothingReducer() });
      const { subLosses, value } = loss.evaluate(embeddings, labels);
      const { indices, losses } = subLosses!.loss;
      expect(value).toBe(0);
      expect(Array.from(indices![0], (a, k) => [a, indices![1][k], indices![2][k]])).toEqual(triplets);
      const distances = plainDistances(new LpDistance(), rows, rows);
      triplets.forEach(([a, p, n], k) => {
        const toNegative = swap ? Math.min(distances[a][n], distances[p][n]) : distances[a][n];
        expect(losses[k]).toBeCloseTo(hinge(distances[a][p] - toNegative + 0.05), 5);
      });
    });

  for (const swap of [false, true])
    it(`keeps the order of triplets given${swap ? ", with swap" : ""}`, () => {
      const tuples = { anchors: [3, 1, 3], positives: [2, 0, 5], negatives: [7, 6, 4] };
      const loss = new TripletMarginLoss({ swap, reducer: new DoNothingReducer() });
      const { indices } = loss.evaluate(embeddings, null, { tuples }).subLosses!.loss;
      expect(indices!.map((list) => [...list])).toEqual([tuples.anchors, tuples.positives, tuples.negatives]);
    });

  it("draws as many random triplets an anchor as it is told", () => {
    const loss = new TripletMarginLoss({ tripletsPerAnchor: 5, reducer: new DoNothingReducer() });
    const { report, subLosses } = loss.evaluate(embeddings, labels);
    const live = labels.filter((label) => labels.filter((other) => other === label).length > 1).length;
    expect(report.items).toBe(5 * live);
    const [anchors, positives, negatives] = subLosses!.loss.indices!;
    anchors.forEach((a, k) => {
      expect(positives[k]).not.toBe(a);
      expect(labels[positives[k]]).toBe(labels[a]);
      expect(labels[negatives[k]]).not.toBe(labels[a]);
    });
  });

  it("draws random triplets from a reference", () => {
    const given: Label[] = ["a", "b", "b"];
    const loss = new TripletMarginLoss({ tripletsPerAnchor: 2, reducer: new DoNothingReducer(), whenSilent: "ignore" });
    const { subLosses } = loss.evaluate(embeddings, labels, {
      reference: fromRows(rows.slice(0, 3)),
      referenceLabels: given,
    });
    const [anchors, positives, negatives] = subLosses!.loss.indices!;
    expect(anchors.length).toBe(2 * labels.filter((label) => given.includes(label)).length);
    anchors.forEach((a, k) => {
      expect(given[positives[k]]).toBe(labels[a]);
      expect(given[negatives[k]]).not.toBe(labels[a]);
    });
  });

  it("draws the same random triplets for a seed, others for another, and new ones for every batch", () => {
    const make = (seed: number): TripletMarginLoss => new TripletMarginLoss({ tripletsPerAnchor: 2, seed, margin: 1 });
    const values = (loss: TripletMarginLoss): number[] => [1, 2, 3].map(() => loss.evaluate(embeddings, labels).value);
    const first = values(make(1));
    expect(values(make(1))).toEqual(first);
    expect(values(make(2))).not.toEqual(first);
    expect(new Set(first).size).toBe(3);
  });

  it("goes on drawing where a saved state was taken", () => {
    const loss = new TripletMarginLoss({ tripletsPerAnchor: 2, seed: 8, margin: 1 });
    loss.evaluate(embeddings, labels);
    const saved = JSON.parse(JSON.stringify(loss.state())) as ReturnType<typeof loss.state>;
    const next = loss.evaluate(embeddings, labels).value;
    const other = new TripletMarginLoss({ tripletsPerAnchor: 2, margin: 1 });
    other.load(saved);
    expect(other.evaluate(embeddings, labels).value).toBe(next);
    expect(() => {
      other.load({ kind: "TripletMarginLoss" });
    }).toThrow(/the state has no random/);
  });

  it("has nothing to save when it draws nothing", () => {
    expect(new TripletMarginLoss().state()).toEqual({ kind: "TripletMarginLoss" });
  });

  it("refuses options that make no sense", () => {
    expect(() => new TripletMarginLoss({ tripletsPerAnchor: 0 })).toThrow(
      /tripletsPerAnchor is 0; give a whole number >= 1/,
    );
    expect(() => new TripletMarginLoss({ tripletsPerAnchor: "some" as "all" })).toThrow(
      'tripletsPerAnchor is "some"; give a whole number >= 1 or "all"',
    );
    expect(() => new TripletMarginLoss({ swap: "yes" as unknown as boolean })).toThrow(/swap is "yes"/);
    expect(() => new TripletMarginLoss({ smoothLoss: 1 as unknown as boolean })).toThrow(/smoothLoss is 1/);
    expect(() => new TripletMarginLoss({ margin: NaN })).toThrow(TypeError);
  });

  it("refuses a batch with neither labels nor tuples", () => {
    expect(() => new TripletMarginLoss().evaluate(embeddings, null)).toThrow(/neither labels nor tuples/);
  });
});

it("TripletMarginLoss of unit vectors can be checked by hand", () => {
  // two triplets; the first has its negative at sqrt 2 and costs nothing
  const { value } = new TripletMarginLoss().evaluate(threeRows, threeLabels);
  expect(value).toBeCloseTo(Math.sqrt(0.8) - Math.sqrt(0.4) + 0.05, 5);
});
