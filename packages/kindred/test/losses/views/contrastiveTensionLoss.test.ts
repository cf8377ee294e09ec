import { describe, expect, it } from "vitest";
import {
  ContrastiveTensionLoss,
  DoNothingReducer,
  MeanReducer,
  SumReducer,
  ThresholdReducer,
  type Reducer,
} from "../../../src/index.ts";
import { softplus } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { fromRows, plainReduce, type Rows } from "../../support/plain.ts";
import { expectTwin, normalRows } from "../../support/twin.ts";

const labels = [1, 0, 0, 1, 0, 1, 1];

function plainLoss(embeddings: Rows, reference: Rows, reducer: Reducer): number {
  const items = embeddings.map((x, i) => {
    const logit = x.reduce((sum, entry, k) => sum + entry * reference[i][k], 0);
    return { anchor: i, loss: softplus(labels[i] === 1 ? -logit : logit) };
  });
  return plainReduce(reducer, items, "element", embeddings.length, null);
}

describe("ContrastiveTensionLoss equals its brute-force twin in value and slope", () => {
  const [embeddings, reference] = [normalRows(7, 5, 1), normalRows(7, 5, 2)];
  for (const reducer of [new SumReducer(), new MeanReducer(), new ThresholdReducer({ low: 0.5 })])
    it(`reduced by ${reducer.name}`, () => {
      const loss = new ContrastiveTensionLoss({ reducer });
      const evaluation = loss.evaluate(fromRows(embeddings), labels, { reference: fromRows(reference) });
      expectTwin(evaluation, { embeddings, reference }, (moved) =>
        plainLoss(moved.embeddings, moved.reference, reducer),
      );
    });
});

describeHostileInputs(
  "ContrastiveTensionLoss",
  (options) => new ContrastiveTensionLoss(options),
  (loss, embeddings) => {
    const data = embeddings.data.map((_, k) => embeddings.data[embeddings.data.length - 1 - k]);
    const alike = Array.from({ length: embeddings.rows }, (_, i) => i % 2);
    return loss.evaluate(embeddings, alike, { reference: { ...embeddings, data } });
  },
);

describe("ContrastiveTensionLoss", () => {
  it("can be checked by hand", () => {
    // products 3 and -2
    const { value, gradients } = new ContrastiveTensionLoss().evaluate(
      [[1, 1], [2, 0]], // prettier-ignore
      [true, false],
      { reference: [[1, 2], [-1, 5]] }, // prettier-ignore
    );
    expect(value).toBeCloseTo(softplus(-3) + softplus(-2), 6);
    expect(gradients.embeddings.data[0]).toBeCloseTo(-1 / (1 + Math.exp(3)), 6);
    expect(gradients.reference!.data[2]).toBeCloseTo(2 / (1 + Math.exp(2)), 6);
  });

  it("stays finite, and keeps its digits, where products are large", () => {
    const rows = [[100, 0], [100, 0]]; // prettier-ignore
    const { value, gradients } = new ContrastiveTensionLoss().evaluate(rows, [1, 0], { reference: rows });
    expect(value).toBe(1e4);
    expect([...gradients.embeddings.data].map((slope) => slope + 0)).toEqual([0, 0, 100, 0]);
  });

  it("hands out an item a row", () => {
    const rows = normalRows(7, 3, 3);
    const loss = new ContrastiveTensionLoss({ reducer: new DoNothingReducer() });
    const { subLosses } = loss.evaluate(rows, labels, { reference: rows });
    expect(subLosses!.loss.losses).toHaveLength(7);
  });

  it("learns nothing of no rows", () => {
    const loss = new ContrastiveTensionLoss({ whenSilent: "ignore" });
    expect(loss.evaluate([], [], { reference: [] })).toMatchObject({ value: 0, report: { status: "empty-batch" } });
  });

  it("refuses labels other than 1 and 0, and too few of them", () => {
    const rows = normalRows(2, 3, 4);
    const loss = new ContrastiveTensionLoss();
    expect(() => loss.evaluate(rows, [1, 2], { reference: rows })).toThrow(/labels\[1\] is 2; give 1/);
    expect(() => loss.evaluate(rows, [1], { reference: rows })).toThrow(RangeError);
    expect(() => loss.evaluate(rows, [1, 0], {} as never)).toThrow(/needs a reference/);
  });
});
