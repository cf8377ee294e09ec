import { describe, expect, it } from "vitest";
import { ArcFaceLoss, ContrastiveLoss, MultipleNegativesRankingLoss, type Matrix } from "../../../src/index.ts";
import { ColumnsLoss } from "../../../src/losses/around/columnsLoss.ts";
import { takeColumns } from "../../../src/matrix/columns.ts";
import { randomMatrix } from "../../training/fixtures.ts";

const labels = [0, 0, 1, 1];
const embeddings = randomMatrix(4, 5, 1);
const columns = { start: 1, end: 4 };

/** The slopes of the columns, and of all others together. */
function slopesOf(slopes: Matrix): { readonly within: Matrix; readonly beside: number } {
  const others = [takeColumns(slopes, { start: 0, end: 1 }), takeColumns(slopes, { start: 4, end: 5 })];
  const beside = others.flatMap(({ data }) => Array.from(data, Math.abs)).reduce((a, b) => a + b);
  return { within: takeColumns(slopes, columns), beside };
}

describe("ColumnsLoss", () => {
  it("is the loss of its columns, and has no slopes beside them", () => {
    const expected = new ContrastiveLoss().evaluate(takeColumns(embeddings, columns), labels);
    const { value, gradients, report } = new ColumnsLoss(new ContrastiveLoss(), columns).evaluate(embeddings, labels);
    expect([value, report]).toEqual([expected.value, expected.report]);
    expect(slopesOf(gradients.embeddings)).toEqual({ within: expected.gradients.embeddings, beside: 0 });
  });

  it("looks at the same columns of a reference", () => {
    const reference = randomMatrix(3, 5, 2);
    const given = { reference, referenceLabels: [0, 1, 1] };
    const expected = new ContrastiveLoss().evaluate(takeColumns(embeddings, columns), labels, {
      ...given,
      reference: takeColumns(reference, columns),
    });
    const { gradients } = new ColumnsLoss(new ContrastiveLoss(), columns).evaluate(embeddings, labels, given);
    expect(slopesOf(gradients.embeddings)).toEqual({ within: expected.gradients.embeddings, beside: 0 });
    expect(slopesOf(gradients.reference!)).toEqual({ within: expected.gradients.reference, beside: 0 });
  });

  it("looks at the same columns of negatives", () => {
    const [reference, negatives] = [randomMatrix(4, 5, 3), randomMatrix(4, 5, 4)];
    const inner = new MultipleNegativesRankingLoss();
    const expected = inner.evaluate(takeColumns(embeddings, columns), null, {
      reference: takeColumns(reference, columns),
      negatives: [takeColumns(negatives, columns)],
    });
    const { value, gradients } = new ColumnsLoss(inner, columns).evaluate(embeddings, null, {
      reference,
      negatives: [negatives],
    });
    expect(value).toBe(expected.value);
    expect(slopesOf(gradients.negatives![0])).toEqual({ within: expected.gradients.negatives![0], beside: 0 });
  });

  it("has the loss's own parameters, needs and state", () => {
    const make = (seed: number): ArcFaceLoss => new ArcFaceLoss({ numClasses: 2, embeddingSize: 3, seed });
    const [one, other] = [make(1), make(2)];
    const loss = new ColumnsLoss(one, columns);
    expect(loss.parameters).toBe(one.parameters);
    expect(loss.needs).toEqual(one.needs);
    expect(loss.state()).toEqual(one.state());
    loss.load(other.state());
    expect(one.state()).toEqual(other.state());
    expect(loss.evaluate(embeddings, labels).gradients.parameters["W"].rows).toBe(3);
  });
});
