import { describe, expect, it } from "vitest";
import {
  AnglELoss,
  ArcFaceLoss,
  ContrastiveLoss,
  CoSENTLoss,
  evaluateRows,
  GISTLoss,
  MultipleNegativesRankingLoss,
  SupConLoss,
  TripletMarginLoss,
  type Matrix,
} from "../../../src/index.ts";
import { stacked } from "../../../src/matrix/stacked.ts";
import { randomMatrix } from "../fixtures.ts";

const [a, p, n] = [1, 2, 3].map((seed) => randomMatrix(5, 4, seed));
const part = ({ data, cols }: Matrix, start: number, rows: number): Matrix => ({
  data: data.slice(start * cols, (start + rows) * cols),
  rows,
  cols,
});
const places = [0, 1, 2, 3, 4];

describe("a loss reads rows:", () => {
  it("inputs with labels as a batch of classes", () => {
    const labels = [0, 0, 1, 1, 1];
    const { value, gradients, slopes } = evaluateRows(new SupConLoss(), { inputs: a, labels });
    const expected = new SupConLoss().evaluate(a, labels);
    expect(value).toBe(expected.value);
    expect(gradients).toEqual(expected.gradients);
    expect(slopes).toEqual([expected.gradients.embeddings]);
  });

  it("anchors and positives side by side, where it takes a reference by place", () => {
    const loss = new MultipleNegativesRankingLoss();
    const expected = loss.evaluate(a, null, { reference: p });
    const { value, slopes } = evaluateRows(loss, { anchors: a, positives: p });
    expect(value).toBe(expected.value);
    expect(slopes).toEqual([expected.gradients.embeddings, expected.gradients.reference]);
    expect(evaluateRows(loss, { views: [a, p] }).value).toBe(expected.value);
  });

  it("anchors and positives as one batch whose rows by place are the classes, where it takes classes; negatives are of none", () => {
    const all = stacked(a, p, n);
    const labels = [...places, ...places, ...places.map((i) => 100 + i)];
    const expected = new TripletMarginLoss().evaluate(all, labels);
    const { value, slopes } = evaluateRows(new TripletMarginLoss(), { anchors: a, positives: p, negatives: [n] });
    expect(value).toBe(expected.value);
    expect(slopes).toEqual([0, 5, 10].map((start) => part(expected.gradients.embeddings, start, 5)));
  });

  it("all views as one batch whose rows by place are the classes", () => {
    const expected = new SupConLoss().evaluate(stacked(a, p, n), [...places, ...places, ...places]);
    expect(evaluateRows(new SupConLoss(), { views: [a, p, n] }).value).toBe(expected.value);
  });

  it("anchors and others whose scores are 1 and 0 as pairs in their place, where it takes pairs", () => {
    const scores = [1, 0, 1, 1, 0];
    const tuples = { anchors1: [0, 2, 3], positives: [0, 2, 3], anchors2: [1, 4], negatives: [1, 4] };
    const expected = new ContrastiveLoss().evaluate(a, null, { reference: p, tuples });
    const { value, slopes } = evaluateRows(new ContrastiveLoss(), { anchors: a, others: p, scores });
    expect(value).toBe(expected.value);
    expect(slopes).toEqual([expected.gradients.embeddings, expected.gradients.reference]);
    expect(() => evaluateRows(new ContrastiveLoss(), { anchors: a, others: p, scores: [1, 0, 0.5, 1, 0] })).toThrow(
      "ContrastiveLoss learns from pairs that belong together or don't; a score is 0.5, give 1 or 0",
    );
  });

  it("anchors and others by their scores", () => {
    const scores = [0.9, 0.1, 0.4, 0.8, 0];
    const expected = new CoSENTLoss().evaluate(a, scores, { reference: p });
    const { value, slopes } = evaluateRows(new CoSENTLoss(), { anchors: a, others: p, scores });
    expect(value).toBe(expected.value);
    expect(slopes).toEqual([expected.gradients.embeddings, expected.gradients.reference]);
  });

  it("a guide beside the columns that it is of", () => {
    const guide = [7, 8].map((seed) => randomMatrix(5, 3, seed));
    const expected = new GISTLoss().evaluate(a, null, {
      reference: p,
      guideEmbeddings: guide[0],
      guideReference: guide[1],
    });
    expect(evaluateRows(new GISTLoss(), { anchors: a, positives: p, guide }).value).toBe(expected.value);
  });

  it("and says what it reads where it cannot", () => {
    const arcFace = new ArcFaceLoss({ numClasses: 3, embeddingSize: 4 });
    expect(() => evaluateRows(arcFace, { anchors: a, positives: p })).toThrow(
      "ArcFaceLoss learns from inputs and labels; it was given anchors and positives",
    );
    expect(() => evaluateRows(new CoSENTLoss(), { inputs: a, labels: places })).toThrow(
      "CoSENTLoss learns from anchors, others and scores; it was given inputs and labels",
    );
    expect(() => evaluateRows(new SupConLoss(), { inputs: a })).toThrow(
      /^SupConLoss learns from inputs and labels, or anchors and positives, or anchors, positives and negatives, or views; it was given inputs$/,
    );
    expect(() => evaluateRows(new GISTLoss(), { anchors: a, positives: p })).toThrow(
      /GISTLoss learns from .*anchors, positives and guide.*; it was given anchors and positives/,
    );
    expect(() => evaluateRows(new AnglELoss(), { anchors: a, positives: p })).toThrow(/AnglELoss learns from/);
  });
});
