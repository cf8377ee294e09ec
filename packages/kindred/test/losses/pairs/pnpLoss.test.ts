import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DivisorReducer,
  DoNothingReducer,
  LpDistance,
  PNPLoss,
  type PNPLossOptions,
  type PNPVariant,
  SumReducer,
} from "../../../src/index.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract, scene } from "../../support/lossContract.ts";
import { fromRows, plainProduct } from "../../support/plain.ts";
import { expectTwinAlongSlope, normalRows } from "../../support/twin.ts";

const b = 3;
const alpha = 1.5;

const penalties: Record<PNPVariant, (rank: number) => number> = {
  O: (rank) => rank,
  Ds: (rank) => Math.log(1 + rank),
  Dq: (rank) => 1 - 1 / (1 + rank) ** alpha,
  Iu: (rank) => (1 + rank) * Math.log(1 + rank),
  Ib: (rank) => (b * rank - Math.log(1 + b * rank)) / b ** 2,
};

/** The mean over anchors that have positives of the mean penalty of their positives and themselves. */
function pnpLoss(
  similarity: (i: number, j: number) => number,
  labels: readonly unknown[],
  penalty: (rank: number) => number,
  anneal: number,
): number {
  const everyone = labels.map((_, i) => i);
  let [total, anchors] = [0, 0];
  for (const a of everyone) {
    const positives = everyone.filter((p) => labels[p] === labels[a]);
    const negatives = everyone.filter((n) => labels[n] !== labels[a]);
    if (positives.length < 2) continue;
    anchors++;
    for (const p of positives) {
      let rank = 0;
      for (const n of negatives) rank += 1 / (1 + Math.exp((similarity(a, p) - similarity(a, n)) / anneal));
      total += penalty(rank) / positives.length;
    }
  }
  return anchors === 0 ? 0 : total / anchors;
}

for (const variant of Object.keys(penalties) as PNPVariant[])
  describeLossContract(`PNPLoss ${variant}`, {
    make: (options) => new PNPLoss({ variant, b, alpha, anneal: 0.2, ...options } as PNPLossOptions),
    distances: [new CosineSimilarity(), new CosineSimilarity({ power: 2 }), new CosineSimilarity({ p: 3 })],
    reducers: [new SumReducer()],
    takesReference: false,
    takesTuples: "none",
    twin: ({ distances, labels }) => {
      const loss = pnpLoss((i, j) => distances[i][j], labels, penalties[variant], 0.2);
      return { loss: { kind: "already_reduced", items: [{ anchor: 0, loss }] } };
    },
  });

for (const variant of Object.keys(penalties) as PNPVariant[])
  describeHostileInputs(`PNPLoss ${variant}`, (options) => new PNPLoss({ variant, ...options } as PNPLossOptions));

describe("PNPLoss", () => {
  const { rows, labels } = scene({ n: 10, d: 4, seed: 6 });
  const embeddings = fromRows(rows);

  it("is true to its equation when the batch takes several tiles", { tags: ["long"] }, () => {
    const many = normalRows(2100, 3, 41);
    const classes = many.map((_, i) => (i * 7) % 1000);
    expectTwinAlongSlope(new PNPLoss({ anneal: 0.1 }).evaluate(fromRows(many), classes), many, null, (moved) => {
      const units = moved.map((row) => row.map((x) => x / Math.hypot(...row)));
      const similarity = (i: number, j: number): number => plainProduct(units[i], units[j]);
      return pnpLossOfLargeBatch(similarity, classes, 0.1);
    });
  });

  it("counts a negative before a positive as 1, one behind it as 0 and one beside it as a half", () => {
    const line = [
      [1, 0],
      [0, 1],
      [0.9, Math.sqrt(1 - 0.81)],
      [-1, 0],
    ];
    // of anchor 0: negative 2 stands before positive 1; of anchor 1: negative 2 before positive 0, negative 3 beside it
    const { value } = new PNPLoss({ anneal: 0.001 }).evaluate(line, [0, 0, 1, 2]);
    expect(value).toBe((1 / 2 + 1.5 / 2) / 2);
  });

  it("counts as items the anchors that have positives", () => {
    const { report } = new PNPLoss({ anneal: 0.2 }).evaluate(rows.slice(0, 5), [1, 1, 2, 3, 1]);
    expect([report.items, report.activeItems]).toEqual([3, 3]);
  });

  it("leaves its value to no reducer", () => {
    const { value } = new PNPLoss().evaluate(embeddings, labels);
    for (const reducer of [new SumReducer(), new DivisorReducer()])
      expect(new PNPLoss({ reducer }).evaluate(embeddings, labels).value).toBe(value);
    const raw = new PNPLoss({ reducer: new DoNothingReducer() }).evaluate(embeddings, labels);
    expect([...raw.subLosses!.loss.losses]).toEqual([value]);
    expect(raw.value).toBe(0);
    expect(raw.gradients.embeddings.data.every((slope) => slope === 0)).toBe(true);
  });

  it("refuses what it cannot take", () => {
    expect(() => new PNPLoss({ variant: "X" as "O" })).toThrow(
      /variant is "X"; give one of "Ds", "Dq", "Iu", "Ib", "O"/,
    );
    expect(() => new PNPLoss({ distance: new LpDistance() as never })).toThrow(
      /^PNPLoss works on CosineSimilarity alone/,
    );
    for (const name of ["b", "alpha", "anneal"]) expect(() => new PNPLoss({ [name]: 0 })).toThrow(`${name} is 0`);
    const loss = new PNPLoss();
    expect(() => loss.evaluate(embeddings, null as never)).toThrow(/^PNPLoss needs labels/);
    expect(() =>
      loss.evaluate(embeddings, labels, { reference: embeddings, referenceLabels: labels } as never),
    ).toThrow(/^PNPLoss compares the batch with itself/);
    const tuples = { anchors: [0], positives: [1], negatives: [2] };
    expect(() => loss.evaluate(embeddings, labels, { tuples } as never)).toThrow(
      /^PNPLoss takes no tuples, whatever pairs they name; leave them out/,
    );
  });
});

/** {@link pnpLoss} of variant O, without the lists. */
function pnpLossOfLargeBatch(
  similarity: (i: number, j: number) => number,
  labels: readonly number[],
  anneal: number,
): number {
  const members = new Map<number, number[]>();
  labels.forEach((label, i) => members.set(label, [...(members.get(label) ?? []), i]));
  let [total, anchors] = [0, 0];
  labels.forEach((label, a) => {
    const positives = members.get(label)!;
    if (positives.length < 2) return;
    anchors++;
    const toOthers = labels.map((_, j) => similarity(a, j));
    for (const p of positives)
      toOthers.forEach((s, n) => {
        if (labels[n] !== label) total += 1 / (1 + Math.exp((toOthers[p] - s) / anneal)) / positives.length;
      });
  });
  return total / anchors;
}
