import { describe, expect, it } from "vitest";
import {
  ContrastiveLoss,
  CosineSimilarity,
  SignalToNoiseRatioContrastiveLoss,
  SNRDistance,
  type SignalToNoiseRatioContrastiveLossOptions as Options,
} from "../../../src/index.ts";
import { threeLabels, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract, scene } from "../../support/lossContract.ts";
import { fromRows, itemsOfPairs } from "../../support/plain.ts";

describeLossContract("SignalToNoiseRatioContrastiveLoss", {
  make: (options) => new SignalToNoiseRatioContrastiveLoss({ posMargin: 0.2, negMargin: 1.7, ...(options as Options) }),
  distances: [new SNRDistance(), new SNRDistance({ normalizeEmbeddings: false }), new SNRDistance({ power: 2 })],
  twin: ({ distances, positives, negatives }) => ({
    posLoss: { kind: "pos_pair", items: itemsOfPairs(positives, (a, p) => Math.max(0, distances[a][p] - 0.2)) },
    negLoss: { kind: "neg_pair", items: itemsOfPairs(negatives, (a, n) => Math.max(0, 1.7 - distances[a][n])) },
  }),
});

describeHostileInputs(
  "SignalToNoiseRatioContrastiveLoss",
  (options) => new SignalToNoiseRatioContrastiveLoss(options as Options),
);

describe("SignalToNoiseRatioContrastiveLoss", () => {
  it("is ContrastiveLoss with SNRDistance", () => {
    const { rows, labels } = scene({ n: 9, d: 5, seed: 3 });
    const one = new SignalToNoiseRatioContrastiveLoss().evaluate(fromRows(rows), labels);
    const other = new ContrastiveLoss({ distance: new SNRDistance() }).evaluate(fromRows(rows), labels);
    expect(one).toEqual(other);
  });

  it("is named in errors and refuses other distances", () => {
    expect(() => new SignalToNoiseRatioContrastiveLoss({ distance: new CosineSimilarity() as never })).toThrow(
      /^SignalToNoiseRatioContrastiveLoss works on SNRDistance alone, given CosineSimilarity/,
    );
    expect(() => new SignalToNoiseRatioContrastiveLoss({ posMargn: 1 } as object)).toThrow(
      /^SignalToNoiseRatioContrastiveLoss has no option "posMargn"/,
    );
  });
});

it("SignalToNoiseRatioContrastiveLoss of unit vectors can be checked by hand", () => {
  // the similarities of three vectors in the plane of two whose coordinates have the mean 0: ratios are 2 - 2 s
  const rows = threeRows.map(([x, y]) => [x, -x, y, -y]);
  const { value } = new SignalToNoiseRatioContrastiveLoss().evaluate(rows, threeLabels);
  // positives at 0.8; of the negatives at 2 and 0.4 the one below the margin 1
  expect(value).toBeCloseTo(0.8 + 1 - 0.4, 5);
});
