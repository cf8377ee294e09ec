import { describe, expect, it } from "vitest";
import { LpDistance, NCALoss, type Tuples } from "../../../src/index.ts";
import { softplus, threeLabels, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { describeLossContract, scene, type TwinBatch } from "../../support/lossContract.ts";
import { fromRows, numericSlope, plainDistances, type Item, type Rows } from "../../support/plain.ts";

/** The items of NCALoss with a softmaxScale of 1.5. */
function items({
  distances,
  isInverted,
  isSelf,
  labels,
  referenceLabels,
}: Pick<TwinBatch, "distances" | "isInverted" | "isSelf" | "labels" | "referenceLabels">): Item[] {
  return labels.flatMap((label, anchor) => {
    const others = referenceLabels.map((_, j) => j).filter((j) => !isSelf || j !== anchor);
    const sum = (which: number[]): number =>
      which.reduce((total, j) => total + Math.exp((isInverted ? 1.5 : -1.5) * distances[anchor][j]), 0);
    const mine = others.filter((j) => referenceLabels[j] === label);
    return mine.length === 0 ? [] : [{ anchor, loss: -Math.log(sum(mine) / sum(others)) }];
  });
}

describeLossContract("NCALoss", {
  make: (options) => new NCALoss({ softmaxScale: 1.5, ...options }),
  takesTuples: "none",
  twin: (batch) => ({ loss: { kind: "element", items: items(batch) } }),
});

describeHostileInputs("NCALoss", (options) => new NCALoss(options));

describe("NCALoss", () => {
  const { rows, labels, reference, referenceLabels } = scene({ n: 6, d: 4, m: 7, seed: 8 });

  /** The anchors' own losses, by calling the loss on one anchor at a time with the others as the reference. */
  function lossesOf(isSelf: boolean): number[] {
    return rows.map((row, i) => {
      const others = isSelf ? rows.filter((_, j) => j !== i) : reference!;
      const otherLabels = isSelf ? labels.filter((_, j) => j !== i) : referenceLabels!;
      const loss = new NCALoss({ whenSilent: "ignore" });
      return loss.evaluate(fromRows([row]), [labels[i]], { reference: fromRows(others), referenceLabels: otherLabels })
        .value;
    });
  }

  const tuples: Record<string, Tuples> = {
    triplets: { anchors: [0, 0, 3], positives: [1, 2, 4], negatives: [5, 5, 5] },
    pairs: { anchors1: [0, 0, 3], positives: [1, 2, 4], anchors2: [5, 3, 3, 3], negatives: [5, 5, 1, 0] },
  };

  it("weighs anchors by how often they stand in the tuples", () => {
    const losses = lossesOf(true);
    const live = losses.filter((loss) => loss > 0).length;
    // of the triplets: samples 0 .. 5 stand 2, 1, 1, 1, 1, 3 times; of the pairs 3, 2, 1, 4, 1, 3 times
    for (const [name, counts] of [
      ["triplets", [2, 1, 1, 1, 1, 3]],
      ["pairs", [3, 2, 1, 4, 1, 3]],
    ] as const) {
      const { value } = new NCALoss().evaluate(fromRows(rows), labels, { tuples: tuples[name] });
      const most = Math.max(...counts);
      expect(value).toBeCloseTo(losses.reduce((sum, loss, i) => sum + (loss * counts[i]) / most, 0) / live, 5);
    }
  });

  it("weighs by the anchors of the tuples alone when a reference is given", () => {
    const losses = lossesOf(false);
    const live = losses.filter((loss) => loss > 0).length;
    for (const [name, counts] of [
      ["triplets", [2, 0, 0, 1, 0, 0]],
      ["pairs", [2, 0, 0, 4, 0, 1]],
    ] as const) {
      const { value } = new NCALoss().evaluate(fromRows(rows), labels, {
        tuples: tuples[name],
        reference: fromRows(reference!),
        referenceLabels: referenceLabels!,
      });
      const most = Math.max(...counts);
      expect(value).toBeCloseTo(losses.reduce((sum, loss, i) => sum + (loss * counts[i]) / most, 0) / live, 5);
    }
  });

  it("weighs the slopes like the losses", () => {
    const counts = [2, 1, 1, 1, 1, 3];
    const value = (moved: Rows): number => {
      const losses = items({
        distances: plainDistances(new LpDistance({ power: 2 }), moved, moved),
        isInverted: false,
        isSelf: true,
        labels,
        referenceLabels: labels,
      });
      return losses.reduce((sum, { anchor, loss }) => sum + (loss * counts[anchor]) / 3, 0) / losses.length;
    };
    const loss = new NCALoss({ softmaxScale: 1.5 });
    const { gradients } = loss.evaluate(fromRows(rows), labels, { tuples: tuples.triplets });
    numericSlope(rows, value)
      .flat()
      .forEach((slope, k) => expect(gradients.embeddings.data[k]).toBeCloseTo(slope, 4));
  });

  it("takes empty tuples as none", () => {
    const empty = { anchors: [], positives: [], negatives: [] };
    const one = new NCALoss().evaluate(fromRows(rows), labels, { tuples: empty });
    expect(one.value).toBe(new NCALoss().evaluate(fromRows(rows), labels).value);
    expect(one.report.status).toBe("learning");
  });

  it("keeps anchors whose positives are hopelessly far", () => {
    const rows = [[0], [60], [0.5]];
    const loss = new NCALoss({ distance: new LpDistance({ normalizeEmbeddings: false, power: 2 }) });
    // e^-3600 is 0 in float64: sample 0 has its negative at 0.25, sample 1 at 59.5^2
    expect(loss.evaluate(rows, [0, 0, 1]).value).toBeCloseTo((3600 - 0.25 + 3600 - 59.5 ** 2) / 2, 2);
  });

  it("needs labels, of the reference too", () => {
    const triplets = tuples.triplets;
    expect(() => new NCALoss().evaluate(fromRows(rows), null as never, { tuples: triplets })).toThrow(
      new TypeError("NCALoss needs labels; give one a row"),
    );
    expect(() =>
      new NCALoss().evaluate(fromRows(rows), labels, { tuples: triplets, reference: fromRows(reference!) }),
    ).toThrow(/reference without referenceLabels/);
  });

  it("is 0 and says why when no anchor has a positive", () => {
    const { value, report } = new NCALoss({ whenSilent: "ignore" }).evaluate(fromRows(rows), [0, 1, 2, 3, 4, 5]);
    expect([value, report.status]).toEqual([0, "no-positive-pairs"]);
  });
});

it("NCALoss of unit vectors can be checked by hand", () => {
  // squared distances: the positive at 0.8, the negative at 2 and at 0.4
  const { value } = new NCALoss().evaluate(threeRows, threeLabels);
  expect(value).toBeCloseTo((softplus(0.8 - 2) + softplus(0.8 - 0.4)) / 2, 5);
});
