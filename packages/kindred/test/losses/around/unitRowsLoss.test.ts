import { describe, expect, it } from "vitest";
import {
  ContrastiveLoss,
  DotProductSimilarity,
  LpDistance,
  MeanReducer,
  MultipleNegativesRankingLoss,
} from "../../../src/index.ts";
import { UnitRowsLoss } from "../../../src/losses/around/unitRowsLoss.ts";
import { fromRows, plainNormalize, type Rows } from "../../support/plain.ts";
import { plainRanking, usualRanking } from "../../support/ranking.ts";
import { expectTwin, normalRows } from "../../support/twin.ts";

const unit = (rows: Rows): Rows => rows.map((row) => plainNormalize(row, 2));

describe("UnitRowsLoss", () => {
  it("is the loss of rows divided by their lengths, in value and slope, for every column", () => {
    const [embeddings, reference, negatives0] = [1, 2, 3].map((seed) => normalRows(6, 4, seed));
    const distance = new DotProductSimilarity({ normalizeEmbeddings: false });
    const loss = new UnitRowsLoss(new MultipleNegativesRankingLoss({ scale: 3, distance }));
    const evaluation = loss.evaluate(fromRows(embeddings), null, {
      reference: fromRows(reference),
      negatives: [fromRows(negatives0)],
    });
    expectTwin(evaluation, { embeddings, reference, negatives0 }, (moved) => {
      const columns = {
        embeddings: unit(moved.embeddings),
        reference: unit(moved.reference),
        negatives: [unit(moved.negatives0)],
      };
      return plainRanking({ ...usualRanking, ...columns, scale: 3, distance, reducer: new MeanReducer() })(columns);
    });
  });

  it("gives rows that have no direction no slope", () => {
    const distance = new LpDistance({ normalizeEmbeddings: false });
    const loss = new UnitRowsLoss(new ContrastiveLoss({ distance }));
    const { gradients } = loss.evaluate([[0, 0], [1, 2], [3, 1]], [0, 0, 1]); // prettier-ignore
    expect(gradients.embeddings.data.subarray(0, 2).every((slope) => slope === 0)).toBe(true);
    expect(gradients.embeddings.data.every(Number.isFinite)).toBe(true);
  });
});
