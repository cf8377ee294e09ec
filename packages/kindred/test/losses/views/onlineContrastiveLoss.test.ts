import { describe, expect, it } from "vitest";
import { MeanReducer, OnlineContrastiveLoss } from "../../../src/index.ts";
import { threeRows } from "../../support/byHand.ts";
import { describePlacedLoss, placedColumns, plainSimilarities, type PlacedColumns } from "../../support/byPlace.ts";
import { fromRows } from "../../support/plain.ts";
import { normalRows } from "../../support/twin.ts";

type Metric = "cosine" | "euclidean" | "manhattan";

const margins: Record<Metric, number> = { cosine: 0.9, euclidean: 3, manhattan: 6 };
// in each metric some pairs of both kinds are hard
const alike = [1, 1, 0, 0, 1, 0];
const alikeOf = (rows: number): number[] => Array.from({ length: rows }, (_, i) => alike[i]);

function plainItems(metric: Metric, isHardOnly: boolean, labels: number[]) {
  return ({ embeddings, reference }: PlacedColumns): number[] => {
    const d = embeddings.map((x, i) => (metric === "cosine" ? 1 : 0) - plainSimilarities[metric](x, reference![i]));
    const positives = d.filter((_, i) => labels[i] === 1);
    const negatives = d.filter((_, i) => labels[i] === 0);
    const mean = (values: number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    const near = negatives.length > 0 ? Math.min(...negatives) : mean(positives);
    const far = positives.length > 0 ? Math.max(...positives) : mean(negatives);
    return d.map((x, i) => {
      if (isHardOnly && !(labels[i] === 1 ? x > near : x < far)) return 0;
      return labels[i] === 1 ? x ** 2 : Math.max(0, margins[metric] - x) ** 2;
    });
  };
}

for (const metric of ["cosine", "euclidean", "manhattan"] as const)
  for (const pairs of ["hard", "all"] as const)
    describePlacedLoss(`OnlineContrastiveLoss of ${pairs} pairs, ${metric}`, {
      make: (options) => new OnlineContrastiveLoss({ ...options, metric, pairs, margin: margins[metric] }),
      columns: 2,
      call: (loss, embeddings, columns) => loss.evaluate(embeddings, alikeOf(embeddings.rows), columns),
      items: plainItems(metric, pairs === "hard", alike),
    });

describe("OnlineContrastiveLoss", () => {
  it.each(["cosine", "euclidean", "manhattan"] as const)(
    "finds hard pairs of both kinds in the tests, %s",
    (metric) => {
      const { embeddings, reference } = placedColumns(2, 6, 4, 31);
      const items = plainItems(metric, true, alike)({ embeddings, reference });
      for (const kind of [1, 0])
        expect(items.filter((item, i) => item > 0 && alike[i] === kind).length).toBeGreaterThan(0);
    },
  );

  const [x, y] = [normalRows(6, 4, 1), normalRows(6, 4, 2)];

  it.each([[[1, 1, 1, 1, 1, 1]], [[0, 0, 0, 0, 0, 0]], [[1, 0, 0, 0, 0, 0]], [[0, 1, 1, 1, 1, 1]]])(
    "takes what is hard among the pairs that there are, of labels %j",
    (labels) => {
      const { value } = new OnlineContrastiveLoss({ margin: 0.9, whenSilent: "ignore" }).evaluate(x, labels, {
        reference: y,
      });
      const items = plainItems("cosine", true, labels)({ embeddings: x, reference: y });
      expect(value).toBeCloseTo(
        items.reduce((sum, item) => sum + item, 0),
        5,
      );
    },
  );

  it("counts as learned from only pairs that are hard", () => {
    const { report } = new OnlineContrastiveLoss().evaluate(fromRows(x), [true, false, true, false, false, true], {
      reference: y,
    });
    expect(report).toMatchObject({ status: "learning", anchors: 6, items: 6 });
    expect(report.activeItems).toBeLessThan(6);
  });

  it("learns nothing where positives are nearer than all negatives, and all of those beyond the margin", () => {
    const loss = new OnlineContrastiveLoss({ whenSilent: "ignore" });
    const [one, , other] = threeRows;
    const { value, report } = loss.evaluate([one, one], [1, 0], { reference: [one, other] });
    expect([value, report.status]).toEqual([0, "all-satisfied"]);
  });

  it("refuses labels that are neither 1 nor 0", () => {
    const loss = new OnlineContrastiveLoss();
    expect(() => loss.evaluate(x, [1, 0, -1, 0, 0, 1], { reference: y })).toThrow(
      "labels[2] is -1; give 1 where both sides belong together, 0 where they don't",
    );
    expect(() => loss.evaluate(x, [1, 0], { reference: y })).toThrow("scores has 2 entries for 6 rows");
  });
});

it("OnlineContrastiveLoss of unit vectors can be checked by hand", () => {
  const [x, y, z] = threeRows;
  const batch = [[x, x, z], [1, 0, 1], { reference: [z, y, z] }] as const;
  const [rows, labels, columns] = [[...batch[0]], [...batch[1]], { reference: [...batch[2].reference] }];
  // distances 1, 0.4 and 0: the first is a positive beyond the negative, which is nearer than it and within the margin
  expect(new OnlineContrastiveLoss().evaluate(rows, labels, columns).value).toBeCloseTo(1 + 0.1 ** 2, 6);
  const all = new OnlineContrastiveLoss({ pairs: "all", margin: 0.4, reducer: new MeanReducer() });
  expect(all.evaluate(rows, labels, columns).value).toBeCloseTo(1 / 3, 6);
});
