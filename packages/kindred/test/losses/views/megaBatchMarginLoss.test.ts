import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DoNothingReducer,
  LpDistance,
  MeanReducer,
  MegaBatchMarginLoss,
  type Distance,
  type Label,
  type Reducer,
} from "../../../src/index.ts";
import { threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { allDistances, allReducers } from "../../support/lossContract.ts";
import { fromRows, plainDistances, plainReduce, type Rows } from "../../support/plain.ts";
import { expectTwin, normalRows } from "../../support/twin.ts";

interface Scene {
  readonly embeddings: Rows;
  readonly reference: Rows;
  /** Of the reference, of which the first are the embeddings' too; null: each is a class of its own. */
  readonly labels?: readonly Label[] | null;
  readonly positiveMargin?: number;
  readonly negativeMargin?: number;
  readonly distance?: Distance;
  readonly reducer?: Reducer;
}

/** The equation, all similarities listed. */
function plainLoss({ embeddings, reference, ...scene }: Scene): number {
  const { labels = null, positiveMargin = 0.8, negativeMargin = 0.3 } = scene;
  const { distance = new CosineSimilarity(), reducer = new MeanReducer() } = scene;
  const own = labels ?? reference.map((_, j) => j);
  const similarities = plainDistances(distance, embeddings, reference).map((row) =>
    row.map((x) => (distance.isInverted ? x : -x)),
  );
  const items = similarities.map((row, i) => {
    const negatives = row.filter((_, j) => own[j] !== own[i]);
    const hardest = Math.max(-Infinity, ...negatives);
    return { anchor: i, loss: Math.max(0, positiveMargin - row[i]) + Math.max(0, hardest - negativeMargin) };
  });
  return plainReduce(reducer, items, "element", embeddings.length, labels && labels.slice(0, embeddings.length));
}

function compareOn(scene: Scene): void {
  const { embeddings, reference, labels = null, ...options } = scene;
  const loss = new MegaBatchMarginLoss({ ...options, whenSilent: "ignore" });
  const evaluation = loss.evaluate(fromRows(embeddings), labels && labels.slice(0, embeddings.length), {
    reference: fromRows(reference),
    ...(labels && { referenceLabels: labels }),
  });
  expectTwin(evaluation, { embeddings, reference }, (moved) => plainLoss({ ...scene, ...moved }));
}

const letters = (count: number): Label[] => Array.from({ length: count }, (_, i) => "abcd"[(i * i + i) % 4]);

describe("MegaBatchMarginLoss equals its brute-force twin in value and slope", () => {
  const [embeddings, reference] = [normalRows(9, 5, 1), normalRows(9, 5, 2)];
  const more = [...reference, ...normalRows(4, 5, 3)];
  it("by default", () => compareOn({ embeddings, reference }));
  it("with other margins", () => compareOn({ embeddings, reference, positiveMargin: 1, negativeMargin: -1 }));
  it("with references that are nobody's", () => compareOn({ embeddings, reference: more }));
  it("with labels", () => compareOn({ embeddings, reference: more, labels: letters(13) }));
  for (const distance of allDistances)
    it(`with ${distance.name} p ${distance.p} power ${distance.power}`, () =>
      compareOn({ embeddings, reference, distance, positiveMargin: -0.2, negativeMargin: -2 }));
  for (const reducer of allReducers)
    it(`reduced by ${reducer.name}`, () => compareOn({ embeddings, reference, labels: letters(9), reducer }));
  it("on batches of any shape", { tags: ["long"] }, () => {
    const shape = fc.record({
      n: fc.integer({ min: 1, max: 9 }),
      extra: fc.integer({ min: 0, max: 3 }),
      d: fc.integer({ min: 2, max: 7 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
      isLabelled: fc.boolean(),
    });
    fc.assert(
      fc.property(shape, ({ n, extra, d, seed, isLabelled }) =>
        compareOn({
          embeddings: normalRows(n, d, seed),
          reference: normalRows(n + extra, d, seed + 1),
          labels: isLabelled ? letters(n + extra) : null,
        }),
      ),
      { numRuns: 60, seed: 7 },
    );
  });
});

describeHostileInputs("MegaBatchMarginLoss matched by labels", (options) => new MegaBatchMarginLoss(options));
describeHostileInputs(
  "MegaBatchMarginLoss with a reference",
  (options) => new MegaBatchMarginLoss({ ...options, distance: new LpDistance(), positiveMargin: -0.1 }),
  (loss, embeddings) => {
    const data = embeddings.data.map((_, k) => embeddings.data[embeddings.data.length - 1 - k]);
    return loss.evaluate(embeddings, null, { reference: { ...embeddings, data } });
  },
);

describe("MegaBatchMarginLoss", () => {
  const [embeddings, reference] = [normalRows(6, 4, 11), normalRows(6, 4, 12)];

  it("asks a row without negatives for its positive alone", () => {
    const { value, report } = new MegaBatchMarginLoss().evaluate([[1, 0]], null, { reference: [[0, 1]] });
    expect([value, report.status]).toEqual([0.8, "learning"]);
  });

  it("is silent once the margins are kept", () => {
    const axes = [[1, 0], [0, 1]]; // prettier-ignore
    const loss = new MegaBatchMarginLoss({ whenSilent: "ignore" });
    const { value, report, gradients } = loss.evaluate(axes, null, { reference: axes });
    expect([value, report.status]).toEqual([0, "all-satisfied"]);
    expect(gradients.embeddings.data.every((slope) => slope === 0)).toBe(true);
    expect(loss.evaluate([], null, { reference: [] }).report.status).toBe("empty-batch");
    expect(loss.evaluate(axes, ["a", "b"]).report.status).toBe("no-positive-pairs");
  });

  it("matches the samples of a labelled batch", () => {
    const rows = [...embeddings, ...reference];
    const labels = [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5];
    const loss = new MegaBatchMarginLoss({ reducer: new DoNothingReducer() });
    const { losses, indices } = loss.evaluate(rows, labels).subLosses!.loss;
    const expected = loss.evaluate(embeddings, null, { reference }).subLosses!.loss;
    expect([losses, Array.from(indices![0])]).toEqual([expected.losses, [0, 1, 2, 3, 4, 5]]);
  });

  it("has no slope for a reference that is not learned", () => {
    const loss = new MegaBatchMarginLoss();
    const { value, gradients } = loss.evaluate(embeddings, null, { reference });
    const fixed = loss.evaluate(embeddings, null, { reference, learnReference: false });
    expect(fixed).toMatchObject({ value, gradients: { embeddings: gradients.embeddings } });
    expect(fixed.gradients).not.toHaveProperty("reference");
  });

  it("refuses what it cannot rank", () => {
    const loss = new MegaBatchMarginLoss();
    expect(() => loss.evaluate(embeddings, null)).toThrow(/neither a reference nor labels/);
    expect(() => loss.evaluate(embeddings, null, { reference: reference.slice(1) })).toThrow(/has 5 rows/);
    const labels = [0, 1, 2, 3, 4, 5];
    expect(() => loss.evaluate(embeddings, labels, { reference, referenceLabels: [0, 1, 2, 3, 4, 6] })).toThrow(
      "labels[5] and referenceLabels[5] differ; row i of the reference is the positive of row i",
    );
    expect(() => new MegaBatchMarginLoss({ positiveMargin: NaN })).toThrow(/positiveMargin is NaN/);
  });
});

it("MegaBatchMarginLoss of unit vectors can be checked by hand", () => {
  const [x, y, z] = threeRows;
  // x: 0.6 with its own, 0 with the other; z: 1 with its own, 0.8 with the other
  const { value } = new MegaBatchMarginLoss().evaluate([x, z], null, { reference: [y, z] });
  expect(value).toBeCloseTo((0.2 + 0 + (0 + 0.5)) / 2, 6);
});
