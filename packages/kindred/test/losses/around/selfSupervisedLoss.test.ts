import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ArcFaceLoss,
  CosineSimilarity,
  FastAPLoss,
  MarginLoss,
  NTXentLoss,
  RankedListLoss,
  SelfSupervisedLoss,
  SigLIPLoss,
  SupConLoss,
  TripletMarginLoss,
  type Evaluation,
  type Loss,
} from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { expectFinite, HOSTILE_WIDTH } from "../../support/hostile.ts";
import { fromRows, plainDistances, type Rows } from "../../support/plain.ts";
import { expectTwin, normalRows } from "../../support/twin.ts";

const TEMPERATURE = 0.3;
const options = { temperature: TEMPERATURE, whenSilent: "ignore" } as const;

/** The mean over anchors of -log( e^(s_ip / t) / sum_j e^(s_ij / t) ), p the other view and j all but the anchor. */
function plainViews(one: Rows, other: Rows, isSymmetric: boolean): number {
  const all = isSymmetric ? [...one, ...other] : other;
  const anchors = isSymmetric ? all : one;
  const n = one.length;
  const s = plainDistances(new CosineSimilarity(), anchors, all).map((row) =>
    row.map((x) => Math.exp(x / TEMPERATURE)),
  );
  const items = anchors.map((_, i) => {
    const positive = isSymmetric ? (i + n) % (2 * n) : i;
    const total = s[i].reduce((sum, x, j) => (isSymmetric && j === i ? sum : sum + x), 0);
    return -Math.log(s[i][positive] / total);
  });
  return items.length === 0 ? 0 : items.reduce((sum, x) => sum + x, 0) / items.length;
}

function compareOn(n: number, d: number, seed: number, symmetric: boolean): void {
  const [embeddings, reference] = [normalRows(n, d, seed), normalRows(n, d, seed + 1)];
  const loss = new SelfSupervisedLoss(new NTXentLoss(options), { symmetric });
  const evaluation = loss.evaluate(fromRows(embeddings, d), fromRows(reference, d));
  // one sample alone has a positive and no negative: NTXentLoss is 0 and silent then
  if (n < 2) {
    expect(evaluation.value).toBe(0);
    return;
  }
  expectTwin(evaluation, { embeddings, reference }, ({ embeddings: one, reference: other }) =>
    plainViews(one, other, symmetric),
  );
}

describe("SelfSupervisedLoss equals its brute-force twin in value and slope", () => {
  for (const symmetric of [true, false])
    it(`on views of any shape, ${symmetric ? "symmetric" : "with the first view's rows as anchors"}`, () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 2, max: 6 }), fc.nat(1e6), (n, d, seed) =>
          compareOn(n, d, seed, symmetric),
        ),
        { numRuns: 25, seed: 2 },
      );
    });
});

describe("SelfSupervisedLoss", () => {
  const [one, other] = [normalRows(5, 3, 1), normalRows(5, 3, 2)];
  const labels = [0, 1, 2, 3, 4];

  it("is the wrapped loss of both views stacked, one label a sample", () => {
    const { value, report } = new SelfSupervisedLoss(new SupConLoss(options)).evaluate(one, other);
    const stacked = new SupConLoss(options).evaluate([...one, ...other], [...labels, ...labels]);
    expect([value, report]).toEqual([stacked.value, stacked.report]);
    expect(report).toMatchObject({ anchors: 10, classes: 5, positivePairs: 10, anchorsWithoutPositives: 0 });
  });

  it("is the wrapped loss with the second view as reference, when not symmetric", () => {
    const loss = new SelfSupervisedLoss(new TripletMarginLoss(), { symmetric: false });
    const evaluation = loss.evaluate(one, other);
    const expected = new TripletMarginLoss().evaluate(one, labels, { reference: other, referenceLabels: labels });
    expect(evaluation).toEqual(expected);
  });

  it("is symmetric: exchanging the views exchanges their slopes", () => {
    const loss = new SelfSupervisedLoss(new NTXentLoss(options));
    const [given, turned] = [loss.evaluate(one, other), loss.evaluate(other, one)];
    expect(turned.value).toBeCloseTo(given.value, 6);
    given.gradients.embeddings.data.forEach((slope, k) =>
      expect(turned.gradients.reference!.data[k]).toBeCloseTo(slope, 5),
    );
  });

  it("takes the other view among the columns too, as any loss takes a reference", () => {
    const loss = new SelfSupervisedLoss(new NTXentLoss(options));
    const given = loss.evaluate(one, other);
    expect(loss.evaluate(one, null, { reference: other })).toEqual(given);
    const { embeddings } = given.gradients;
    expect(loss.evaluate(one, null, { reference: other, learnReference: false }).gradients).toEqual({
      embeddings,
      parameters: {},
    });
    expect(() => loss.evaluate(one, labels as never, { reference: other })).toThrow(/takes no labels; give null/);
    expect(() => loss.evaluate(one, null as never)).toThrow(/SelfSupervisedLoss needs a reference/);
  });

  it("has the parameters and the state of the wrapped loss", () => {
    const inner = new SigLIPLoss();
    const loss: Loss = new SelfSupervisedLoss(inner);
    expect(loss.parameters).toBe(inner.parameters);
    const state = loss.state();
    inner.parameters.bias.data[0] = 3;
    loss.load(state);
    expect(inner.parameters.bias.data[0]).toBe(-10);
    expect(loss.needs).toEqual({ positives: false, negatives: false, pairs: false });
  });

  it("serves losses that compare samples with a reference, and refuses the others", () => {
    for (const loss of [new NTXentLoss(), new TripletMarginLoss()])
      expect(new SelfSupervisedLoss(loss).loss).toBe(loss);
    const others: unknown[] = [
      new ArcFaceLoss({ numClasses: 2, embeddingSize: 3 }),
      new MarginLoss(),
      new FastAPLoss(),
      new RankedListLoss({ margin: 0.4, Tn: 10 }),
      null,
    ];
    for (const loss of others)
      expect(() => new SelfSupervisedLoss(loss as Loss)).toThrow(/SelfSupervisedLoss cannot serve/);
  });

  it("refuses views that are of different shape, and options it does not have", () => {
    const loss = new SelfSupervisedLoss(new NTXentLoss());
    expect(() => loss.evaluate(one, other.slice(1))).toThrow(
      new RangeError("the views are 5 x 3 and 4 x 3; row i of both is the same sample"),
    );
    expect(() => loss.evaluate(one, normalRows(5, 4, 1))).toThrow(RangeError);
    expect(() => loss.evaluate([[NaN]], [[1]])).toThrow(/embeddings holds NaN/);
    expect(() => loss.evaluate([[1]], [[NaN]])).toThrow(/reference holds NaN/);
    expect(() => new SelfSupervisedLoss(new NTXentLoss(), { symmetric: 1 as never })).toThrow(/symmetric is 1/);
    expect(() => new SelfSupervisedLoss(new NTXentLoss(), { isSymmetric: true } as object)).toThrow(TypeError);
  });
});

describe("SelfSupervisedLoss stays finite", () => {
  const repeat = (row: number[], count = 4): Rows => Array.from({ length: count }, () => row);
  const normal = normalRows(4, HOSTILE_WIDTH, 3);
  const scaled = (size: number): Rows => normal.map((row) => row.map((x) => x * size));
  const axis = [1, 0, 0, 0];
  const views: Readonly<Record<string, readonly [Rows, Rows]>> = {
    "on equal views": [normal, normal],
    "on equal embeddings": [repeat(axis), repeat(axis)],
    "on opposite views, whose similarity is exactly -1": [repeat(axis), repeat([-1, 0, 0, 0])],
    "on zero vectors": [repeat([0, 0, 0, 0]), repeat([0, 0, 0, 0])],
    "on a view of zero vectors": [normal, repeat([0, 0, 0, 0])],
    "on norms of 1e-18 and 1e18": [scaled(1e-18), scaled(1e18)],
    "on one sample": [normal.slice(1, 2), normal.slice(2, 3)],
    "on no sample": [[], []],
  };
  for (const [title, [one, other]] of Object.entries(views))
    it(title, () => {
      for (const symmetric of [true, false])
        for (const loss of [
          new NTXentLoss(options),
          new SupConLoss(options),
          new TripletMarginLoss({ whenSilent: "ignore" }),
        ]) {
          const evaluation: Evaluation = new SelfSupervisedLoss(loss, { symmetric }).evaluate(
            fromRows(one, HOSTILE_WIDTH),
            fromRows(other, HOSTILE_WIDTH),
          );
          expectFinite(evaluation, one.length);
        }
    });
});

it("SelfSupervisedLoss of unit vectors can be checked by hand", () => {
  const [x, y, z] = threeRows;
  const loss = new SelfSupervisedLoss(new NTXentLoss({ temperature: 1 }), { symmetric: false });
  // x: 0.6 with its other view, 0 with that of z; z: 1 and 0.8
  expect(loss.evaluate([x, z], [y, z]).value).toBeCloseTo((softplus(0 - 0.6) + softplus(0.8 - 1)) / 2, 5);
});
