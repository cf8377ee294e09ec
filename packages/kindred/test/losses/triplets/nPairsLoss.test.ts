import { describe, expect, it } from "vitest";
import { DoNothingReducer, DotProductSimilarity, NPairsLoss } from "../../../src/index.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract, scene } from "../../support/lossContract.ts";
import { fromRows } from "../../support/plain.ts";

describeLossContract("NPairsLoss", {
  make: (options) => new NPairsLoss(options),
  takesReference: false,
  twin: ({ distances, isInverted, positives, labels }) => {
    const sorted = [...new Set(positives.map(([a]) => labels[a]))].sort();
    const pairs = sorted.map((label) => positives.find(([a]) => labels[a] === label)!);
    const sign = isInverted ? 1 : -1;
    const items = pairs.map(([anchor, positive]) => {
      const sum = pairs.reduce((total, [, other]) => total + Math.exp(sign * distances[anchor][other]), 0);
      return { anchor, loss: Math.log(sum) - sign * distances[anchor][positive] };
    });
    return { loss: { kind: "element", items } };
  },
});

describeHostileInputs("NPairsLoss", (options) => new NPairsLoss(options));
describeHostileInputs(
  "NPairsLoss on raw products",
  (options) => new NPairsLoss({ distance: new DotProductSimilarity({ normalizeEmbeddings: false }), ...options }),
);

describe("NPairsLoss", () => {
  const { rows, labels } = scene({ n: 10, d: 3, seed: 2 });
  const embeddings = fromRows(rows);
  const places = (loss: NPairsLoss, ...given: Parameters<NPairsLoss["evaluate"]>): number[] => [
    ...loss.evaluate(...given).subLosses!.loss.indices![0],
  ];

  it("takes the first two samples of each class, classes by their labels", () => {
    const loss = new NPairsLoss({ reducer: new DoNothingReducer() });
    expect(places(loss, rows.slice(0, 7), [9, 10, 9, 10, 2, 9, 2])).toEqual([0, 1, 4]);
    expect(places(loss, rows.slice(0, 7), [9, 10, 9, 3, 2, 9, 2])).toEqual([0, 4]);
  });

  it("takes the first pair of each class that tuples name, in their order", () => {
    const tuples = { anchors1: [5, 0, 2, 4], positives: [2, 2, 0, 6], anchors2: [], negatives: [] };
    const loss = new NPairsLoss({ reducer: new DoNothingReducer() });
    expect(places(loss, rows.slice(0, 7), [9, 10, 9, 10, 2, 9, 2], { tuples })).toEqual([4, 5]);
  });

  it("lets a sample that is the positive of several pairs feel them all", () => {
    const tuples = { anchors1: [0, 1, 2], positives: [3, 3, 3], anchors2: [], negatives: [] };
    const { gradients, value } = new NPairsLoss().evaluate(rows.slice(0, 4), [0, 1, 2, 2], { tuples });
    // all anchors have the same positives: the loss is log 3 wherever they lie
    expect(value).toBeCloseTo(Math.log(3), 6);
    for (const slope of gradients.embeddings.data) expect(slope).toBeCloseTo(0, 6);
  });

  it("learns nothing from a single class or pair", () => {
    const loss = new NPairsLoss({ whenSilent: "ignore" });
    expect(loss.evaluate(rows.slice(0, 3), [1, 1, 1]).report.status).toBe("no-negative-pairs");
    expect(loss.evaluate(rows.slice(0, 3), [1, 2, 3]).report.status).toBe("no-positive-pairs");
    // one class has a pair, which has no rival
    expect(loss.evaluate(rows.slice(0, 3), [1, 1, 2]).report.status).toBe("no-negative-pairs");
    expect(() => new NPairsLoss({ whenSilent: "throw" }).evaluate(rows.slice(0, 3), [1, 1, 2])).toThrow(
      /only one of its classes has a positive pair; sample several of each of several classes/,
    );
    const tuples = { anchors: [], positives: [], negatives: [] };
    expect(loss.evaluate(embeddings, labels, { tuples }).report.status).toBe("no-tuples");
  });

  it("refuses a reference and missing labels", () => {
    const loss = new NPairsLoss();
    expect(() =>
      loss.evaluate(embeddings, labels, { reference: embeddings, referenceLabels: labels } as never),
    ).toThrow(/^NPairsLoss compares the batch with itself/);
    expect(() => loss.evaluate(embeddings, null as never)).toThrow(/^NPairsLoss needs labels/);
  });
});
