import { describe, expect, it } from "vitest";
import { PairClassificationLoss, SumReducer, type PairClassificationLossOptions } from "../../../src/index.ts";
import { describePlacedLoss, columnsOf, placedColumns } from "../../support/byPlace.ts";
import { HOSTILE_WIDTH } from "../../support/hostile.ts";
import { fromRows, toRows, type Rows } from "../../support/plain.ts";
import { expectTwin, normalRows } from "../../support/twin.ts";

const labels = [2, 0, 1, 1, 2, 0];
const labelsOf = (rows: number): number[] => Array.from({ length: rows }, (_, i) => labels[i]);
const sizes = { numClasses: 3, embeddingSize: HOSTILE_WIDTH };

interface Scene {
  readonly embeddings: Rows;
  readonly reference?: Rows;
  readonly weight: Rows;
  readonly bias: Rows;
  readonly [other: string]: Rows | undefined;
}

function plainItems(
  { embeddings, reference, weight, bias }: Scene,
  { concatRows = true, concatDifference = true, concatProduct = false }: Partial<PairClassificationLossOptions>,
): number[] {
  return embeddings.map((u, i) => {
    const v = reference![i];
    const features = [
      ...(concatRows ? [...u, ...v] : []),
      ...(concatDifference ? u.map((x, k) => Math.abs(x - v[k])) : []),
      ...(concatProduct ? u.map((x, k) => x * v[k]) : []),
    ];
    const logits = weight.map((row, c) => row.reduce((sum, w, k) => sum + w * features[k], bias[0][c]));
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    return Math.log(total) - logits[labels[i]];
  });
}

const kept = [
  {},
  { concatProduct: true },
  { concatDifference: false },
  { concatRows: false },
  { concatRows: false, concatDifference: false, concatProduct: true },
];

for (const parts of kept) {
  const make = (options: object): PairClassificationLoss =>
    new PairClassificationLoss({ ...sizes, ...parts, ...options, seed: 7 });
  const { weight, bias } = make({}).parameters;
  describePlacedLoss(`PairClassificationLoss with ${JSON.stringify(parts)}`, {
    make,
    columns: 2,
    call: (loss, embeddings, columns) => loss.evaluate(embeddings, labelsOf(embeddings.rows), columns),
    items: (columns) => plainItems({ ...columns, weight: toRows(weight), bias: toRows(bias) }, parts),
  });

  it(`PairClassificationLoss with ${JSON.stringify(parts)} has the slopes of weight and bias`, () => {
    const columns = placedColumns(2, 6, 4, 3);
    const evaluation = make({ reducer: new SumReducer() }).evaluate(columns.embeddings, labels, columnsOf(columns));
    const inputs: Scene = { ...columns, weight: toRows(weight), bias: toRows(bias) };
    expectTwin(evaluation, inputs, (moved) => plainItems(moved, parts).reduce((sum, item) => sum + item, 0));
  });
}

describe("PairClassificationLoss", () => {
  const [x, y] = [normalRows(6, 4, 1), normalRows(6, 4, 2)];
  const loss = new PairClassificationLoss(sizes);

  it("knows classes by any labels that it was told", () => {
    const named = new PairClassificationLoss({ ...sizes, classes: ["neither", "entails", "contradicts"] });
    const words = labels.map((label) => ["neither", "entails", "contradicts"][label]);
    expect(named.evaluate(x, words, { reference: y }).value).toBe(loss.evaluate(x, labels, { reference: y }).value);
    expect(named.classes).toEqual(["neither", "entails", "contradicts"]);
    expect(() => named.evaluate(x, labels, { reference: y })).toThrow(/knows the 3 labels of "classes"/);
  });

  it("gives the logits that its softmax is taken of", () => {
    const logits = toRows(loss.getLogits(x, y));
    const items = logits.map((row, i) => Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0)) - row[labels[i]]);
    expect(loss.evaluate(x, labels, { reference: y }).value).toBeCloseTo(
      items.reduce((sum, item) => sum + item, 0) / items.length,
      5,
    );
    expect(() => loss.getLogits(x, y.slice(1))).toThrow("reference has 5 rows, embeddings has 6");
    expect(() => loss.getLogits([[1, 2]], [[1, 2]])).toThrow(
      "embeddings has 2 columns; PairClassificationLoss was made",
    );
  });

  it("costs nothing where there is one class alone", () => {
    const one = new PairClassificationLoss({ ...sizes, numClasses: 1, whenSilent: "ignore" });
    const { value, report } = one.evaluate(x, [0, 0, 0, 0, 0, 0], { reference: y });
    expect([value, report.status]).toEqual([0, "all-satisfied"]);
  });

  it("keeps the digits of a loss near 0, and stays finite where a softmax is sure and wrong", () => {
    const sure = new PairClassificationLoss({ numClasses: 2, embeddingSize: 1, concatDifference: false });
    sure.parameters.weight.data.set([40, 0, 0, 0]);
    sure.parameters.bias.data.set([0, 0]);
    expect(sure.evaluate([[1]], [0], { reference: [[0]] }).value / Math.exp(-40)).toBeCloseTo(1, 5);
    sure.parameters.weight.data.set([0, 0, 1e6, 0]);
    expect(sure.evaluate([[1]], [0], { reference: [[0]] }).value).toBe(1e6);
  });

  it("refuses what it was not made for", () => {
    expect(() => new PairClassificationLoss({ ...sizes, concatRows: false, concatDifference: false })).toThrow(
      "concatRows, concatDifference and concatProduct are all false; keep one part at least",
    );
    expect(() => loss.evaluate([[1, 2]], [0], { reference: [[1, 2]] })).toThrow(
      "embeddings has 2 columns; PairClassificationLoss was made for 4",
    );
    expect(() => loss.evaluate(x, [0, 1, 2, 3, 0, 1], { reference: y })).toThrow(
      "labels[3] is 3; PairClassificationLoss knows 0 to 2",
    );
    expect(() => loss.evaluate(x, null as never, { reference: y })).toThrow(
      "PairClassificationLoss needs labels; give one a row",
    );
    expect(() => loss.evaluate(x, [0], { reference: y })).toThrow("labels has 1 entries for 6 rows; give one a row");
    expect(() => loss.evaluate(x, labels, { reference: y, referenceLabels: labels } as never)).toThrow(
      "PairClassificationLoss takes no referenceLabels; leave it out",
    );
  });
});

it("PairClassificationLoss can be checked by hand", () => {
  const loss = new PairClassificationLoss({ numClasses: 2, embeddingSize: 1, concatRows: false });
  loss.parameters.weight.data.set([1, 0]);
  loss.parameters.bias.data.set([0, 0]);
  // the logit of class 0 is the difference, 2, that of class 1 is 0
  const { value, gradients } = loss.evaluate(fromRows([[3]]), [1], { reference: [[1]] });
  expect(value).toBeCloseTo(Math.log(1 + Math.exp(2)), 6);
  expect(gradients.embeddings.data[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
  expect(gradients.reference!.data[0]).toBeCloseTo(-1 / (1 + Math.exp(-2)), 6);
});
