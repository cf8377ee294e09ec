import { describe, expect, it } from "vitest";
import {
  AvgNonZeroReducer,
  ClassWeightedReducer,
  CosineSimilarity,
  DoNothingReducer,
  LpDistance,
  MarginLoss,
  MeanReducer,
  MultipleReducers,
  PerAnchorReducer,
  SumReducer,
  type Label,
  type MarginLossOptions,
  type Reducer,
} from "../../../src/index.ts";
import { threeLabels, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs, HOSTILE_CLASSES } from "../../support/hostile.ts";
import { describeLossContract, scene, type TwinBatch, type TwinSubLoss } from "../../support/lossContract.ts";
import { fromRows, plainDistances, plainPairs, plainReduce, plainTriplets, type Rows } from "../../support/plain.ts";
import { expectTwin } from "../../support/twin.ts";

const classes: Label[] = ["a", "b", "c", "d"];
const boundaries = [0.9, 1.1, 1.3, 0.7];

/** The two brackets of each triplet. */
function brackets({ distances, isInverted, triplets }: TwinBatch, betaOf: (anchor: number) => number) {
  const away = isInverted ? -1 : 1;
  return triplets.map(([a, p, n]) => ({
    anchor: a,
    near: Math.max(0, away * (distances[a][p] - betaOf(a)) + 0.2),
    far: Math.max(0, away * (betaOf(a) - distances[a][n]) + 0.2),
  }));
}

function twin(betaOf: (batch: TwinBatch, anchor: number) => number, nu: number) {
  return (batch: TwinBatch): Record<string, TwinSubLoss> => {
    const items = brackets(batch, (a) => betaOf(batch, a)).map(({ anchor, near, far }) => ({
      anchor,
      loss: near + far,
    }));
    const penalties = items.map(({ anchor }) => ({ anchor, loss: nu * betaOf(batch, anchor) }));
    return { marginLoss: { kind: "triplet", items }, betaRegLoss: { kind: "element", items: penalties } };
  };
}

function withBoundaries(options: Partial<MarginLossOptions>): MarginLoss {
  const loss = new MarginLoss({ learnBeta: true, numClasses: 4, classes, nu: 0.3, ...options });
  loss.beta.data.set(boundaries);
  return loss;
}

const ownBoundary = ({ labels }: TwinBatch, anchor: number): number => boundaries[classes.indexOf(labels[anchor])];

describeLossContract("MarginLoss", {
  make: (options) => new MarginLoss({ beta: 0.83, reducer: new MeanReducer(), ...options }),
  twin: twin(() => 0.83, 0),
});

describeLossContract("MarginLoss with a learned boundary a class", {
  make: (options) => withBoundaries({ reducer: new MeanReducer(), ...options }),
  twin: twin(ownBoundary, 0.3),
});

describeHostileInputs("MarginLoss", (options) => new MarginLoss(options));
describeHostileInputs(
  "MarginLoss with a learned boundary a class",
  (options) => new MarginLoss({ learnBeta: true, nu: 0.1, numClasses: HOSTILE_CLASSES, ...options }),
);

describe("MarginLoss", () => {
  const { rows, labels } = scene({ n: 12, d: 4, seed: 5 });
  const embeddings = fromRows(rows);

  /** Both sub-losses over all triplets, for any boundaries. */
  function plainLoss(moved: Rows, beta: readonly number[], nu: number, reducer: Reducer | null): number {
    const [positives, negatives] = plainPairs(labels, null);
    const triplets = plainTriplets(positives, negatives);
    const distances = plainDistances(new LpDistance(), moved, moved);
    const betaOf = (a: number): number => (beta.length === 1 ? beta[0] : beta[classes.indexOf(labels[a])]);
    const all = brackets({ distances, isInverted: false, triplets } as unknown as TwinBatch, betaOf);
    const items = all.map(({ anchor, near, far }) => ({ anchor, loss: near + far }));
    const penalties = items.map(({ anchor }) => ({ anchor, loss: nu * betaOf(anchor) }));
    const active = all.reduce((sum, { near, far }) => sum + (near > 0 ? 1 : 0) + (far > 0 ? 1 : 0), 0);
    const reduce = (list: typeof items, kind: string): number =>
      reducer === null
        ? list.reduce((sum, { loss }) => sum + loss, 0) / active
        : plainReduce(reducer, list, kind, rows.length, labels);
    return reduce(items, "triplet") + (beta.length === 1 ? nu * beta[0] : reduce(penalties, "element"));
  }

  it("is divided by the number of brackets above 0 by default", () => {
    const { value } = new MarginLoss({ beta: 0.8 }).evaluate(embeddings, labels);
    expect(value).toBeCloseTo(plainLoss(rows, [0.8], 0, null), 5);
  });

  const weights = new ClassWeightedReducer({ weights: new Map(classes.map((label, k) => [label, k + 0.5])) });
  for (const reducer of [null, new MeanReducer(), new SumReducer(), new AvgNonZeroReducer(), weights]) {
    const reduced = `reduced by ${reducer?.name ?? "DivisorReducer"}`;
    it(`has true slopes by one learned boundary, ${reduced}`, () => {
      const loss = new MarginLoss({ learnBeta: true, beta: 0.9, nu: 0.4, ...(reducer && { reducer }) });
      expectTwin(loss.evaluate(embeddings, labels), { embeddings: rows, beta: [[0.9]] }, (inputs) =>
        plainLoss(inputs.embeddings, inputs.beta[0], 0.4, reducer),
      );
    });

    it(`has true slopes by a learned boundary a class, ${reduced}`, () => {
      const loss = withBoundaries({ nu: 0.4, ...(reducer && { reducer }) });
      expectTwin(loss.evaluate(embeddings, labels), { embeddings: rows, beta: [boundaries] }, (inputs) =>
        plainLoss(inputs.embeddings, inputs.beta[0], 0.4, reducer),
      );
    });
  }

  it("turns the boundary's slope round for similarities", () => {
    const options = { learnBeta: true, distance: new CosineSimilarity(), margin: 0 };
    const rows = [
      [1, 0],
      [0.6, 0.8],
      [0, 1],
    ];
    // positive at 0.6, negatives at 0 and 0.8: below 0.5 no positive, above it one negative
    const { value, gradients } = new MarginLoss({ ...options, beta: 0.5 }).evaluate(rows, [0, 0, 1]);
    expect(value).toBeCloseTo(0.8 - 0.5, 6);
    expect(gradients.parameters.beta.data[0]).toBeCloseTo(-1, 6);
  });

  it("has no parameter unless beta is learned", () => {
    const fixed = new MarginLoss({ numClasses: 4, classes });
    expect(fixed.parameters).toEqual({});
    expect(fixed.evaluate(embeddings, labels).gradients.parameters).toEqual({});
    expect(fixed.state()).toEqual({ kind: "MarginLoss" });
    const learned = new MarginLoss({ learnBeta: true, numClasses: 4, classes });
    expect(learned.parameters.beta).toBe(learned.beta);
    expect([...learned.beta.data]).toEqual([1.2, 1.2, 1.2, 1.2].map(Math.fround));
  });

  it("saves what it has learned", () => {
    const loss = withBoundaries({});
    const other = new MarginLoss({ learnBeta: true, numClasses: 4, classes });
    other.load(loss.state());
    expect([...other.beta.data]).toEqual(boundaries.map(Math.fround));
    expect(() => {
      new MarginLoss({ learnBeta: true }).load(loss.state());
    }).toThrow(/the state's beta is 1 x 4, 1 x 1 is needed/);
  });

  it("hands out both sub-losses for a DoNothingReducer", () => {
    const loss = withBoundaries({ reducer: new DoNothingReducer() });
    const { value, gradients, subLosses } = loss.evaluate(embeddings, labels);
    expect(value).toBe(0);
    expect([...gradients.parameters.beta.data]).toEqual([0, 0, 0, 0]);
    expect(subLosses!.marginLoss.reductionType).toBe("triplet");
    expect(subLosses!.betaRegLoss.reductionType).toBe("element");
    expect(subLosses!.betaRegLoss.losses.length).toBe(subLosses!.marginLoss.losses.length);
    const one = new MarginLoss({ learnBeta: true, nu: 0.5, reducer: new DoNothingReducer() });
    const single = one.evaluate(embeddings, labels);
    expect([...single.subLosses!.betaRegLoss.losses]).toEqual([0.5 * Math.fround(1.2)]);
    expect(single.gradients.parameters.beta.data[0]).toBe(0);
  });

  it("takes a reducer for each sub-loss", () => {
    const reducers = { marginLoss: new SumReducer(), betaRegLoss: new MeanReducer() };
    const loss = withBoundaries({ nu: 2, reducer: new MultipleReducers({ reducers }) });
    const sum = withBoundaries({ nu: 0, reducer: new SumReducer() }).evaluate(embeddings, labels).value;
    const mean = withBoundaries({ nu: 2, margin: -100, reducer: new MeanReducer(), whenSilent: "ignore" }).evaluate(
      embeddings,
      labels,
    ).value;
    expect(loss.evaluate(embeddings, labels).value).toBeCloseTo(sum + mean, 4);
  });

  it("counts triplets as items, and a batch without an open bracket as satisfied", () => {
    const { report } = new MarginLoss().evaluate(embeddings, labels);
    const [positives, negatives] = plainPairs(labels, null);
    expect(report.items).toBe(plainTriplets(positives, negatives).length);
    const satisfied = new MarginLoss({ margin: -5, learnBeta: true, nu: 1, whenSilent: "ignore" });
    expect(satisfied.evaluate(embeddings, labels).report.status).toBe("all-satisfied");
  });

  it("adds no penalty on beta where tuples make no triplet", () => {
    const tuples = { anchors1: [0], positives: [1], anchors2: [2], negatives: [3] };
    const loss = new MarginLoss({ learnBeta: true, nu: 1, whenSilent: "ignore" });
    const { value, gradients } = loss.evaluate(embeddings, null, { tuples });
    expect(value).toBe(0);
    expect(gradients.parameters.beta.data[0]).toBe(0);
  });

  it("draws random triplets when it is told a number of them", () => {
    const make = (): MarginLoss => new MarginLoss({ tripletsPerAnchor: 3, seed: 4 });
    const loss = make();
    const live = labels.filter((label) => labels.filter((other) => other === label).length > 1).length;
    const { report, value } = loss.evaluate(embeddings, labels);
    expect(report.items).toBe(3 * live);
    expect(make().evaluate(embeddings, labels).value).toBe(value);
    const saved = loss.state();
    const next = loss.evaluate(embeddings, labels).value;
    const other = new MarginLoss({ tripletsPerAnchor: 3 });
    other.load(saved);
    expect(other.evaluate(embeddings, labels).value).toBe(next);
  });

  it("refuses what it cannot take", () => {
    expect(() => new MarginLoss({ numClasses: 0 })).toThrow(/numClasses is 0; give a whole number >= 1/);
    expect(() => new MarginLoss({ numClasses: 3, classes })).toThrow(/classes names 4 labels for 3 classes/);
    expect(() => new MarginLoss({ learnBeta: 1 as unknown as boolean })).toThrow(/learnBeta is 1/);
    expect(() => new MarginLoss({ beta: NaN })).toThrow(/beta is NaN/);
    expect(() => new MarginLoss({ distances: 1 } as unknown as MarginLossOptions)).toThrow(/did you mean "distance"/);
    expect(() => new MarginLoss({ reducer: new PerAnchorReducer() }).evaluate(embeddings, labels)).toThrow(
      /not triplets/,
    );
    expect(() => new MarginLoss().evaluate(embeddings, null)).toThrow(/neither labels nor tuples/);
    const tuples = { anchors: [0], positives: [1], negatives: [2] };
    expect(() => new MarginLoss({ numClasses: 2 }).evaluate(embeddings, null, { tuples })).toThrow(
      /^MarginLoss needs labels/,
    );
    expect(() => new MarginLoss({ numClasses: 2 }).evaluate(rows.slice(0, 3), [0, 0, 2])).toThrow(
      "labels[2] is 2; MarginLoss knows 0 to 1",
    );
    expect(() =>
      new MarginLoss({ numClasses: 2, classes: ["x", "y"] }).evaluate(rows.slice(0, 3), ["x", "x", "z"]),
    ).toThrow('labels[2] is "z"; MarginLoss knows the 2 labels of "classes"');
  });
});

it("MarginLoss of unit vectors can be checked by hand", () => {
  // one bracket is above 0: the negative at sqrt 0.4 should be beyond 1.2 by 0.2
  const { value } = new MarginLoss().evaluate(threeRows, threeLabels);
  expect(value).toBeCloseTo(1.2 - Math.sqrt(0.4) + 0.2, 5);
});
