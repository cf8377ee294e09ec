import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AngularLoss,
  AvgNonZeroReducer,
  ClassWeightedReducer,
  CosineSimilarity,
  DoNothingReducer,
  LpDistance,
  MeanReducer,
  PerAnchorReducer,
  Random,
  SumReducer,
  type AngularLossOptions,
  type Label,
  type Reducer,
  type Tuples,
} from "../../../src/index.ts";
import { softplus, threeLabels, threeRows } from "../../support/byHand.ts";
import { expectExtremeSlopes, extremeRows, farLogSumExp } from "../../support/extremes.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { scene } from "../../support/lossContract.ts";
import {
  fromRows,
  listPairs,
  plainPairs,
  plainProduct,
  plainReduce,
  type Item,
  type Rows,
} from "../../support/plain.ts";
import { expectTwin, expectTwinAlongSlope, normalRows } from "../../support/twin.ts";

interface Batch {
  readonly labels: readonly Label[];
  readonly referenceLabels: readonly Label[] | null;
  readonly tuples: Tuples | null;
}

const unit = (x: readonly number[]): number[] => {
  const length = Math.max(Math.hypot(...x), 1e-12);
  return x.map((v) => v / length);
};

/** The items of all positive pairs, from the equation. */
function items(
  embeddings: Rows,
  reference: Rows | null,
  { labels, referenceLabels, tuples }: Batch,
  alpha = 40,
): Item[] {
  const others = reference ?? embeddings;
  const otherLabels = referenceLabels ?? labels;
  const [positives, negatives] = tuples === null ? plainPairs(labels, referenceLabels) : listPairs(tuples);
  if (positives.length === 0 || negatives.length === 0) return [];
  const tangent = Math.tan((alpha * Math.PI) / 180) ** 2;
  const [ownUnits, units] = [embeddings.map(unit), others.map(unit)];
  return positives.map(([anchor, p]) => {
    const [a, b] = [ownUnits[anchor], units[p]];
    const both = a.map((x, k) => x + b[k]);
    const own = 2 * (1 + tangent) * plainProduct(a, b);
    let sum = 1;
    others.forEach((x, n) => {
      if (otherLabels[n] !== labels[anchor]) sum += Math.exp(4 * tangent * plainProduct(both, x) - own);
    });
    return { anchor, loss: Math.log(sum) };
  });
}

const weights = new ClassWeightedReducer({
  weights: new Map<Label, number>([..."abcd"].map((label, k) => [label, k + 0.5])),
});
const reducers: Reducer[] = [
  new MeanReducer(),
  new SumReducer(),
  new AvgNonZeroReducer(),
  weights,
  new PerAnchorReducer({ reducer: new AvgNonZeroReducer() }),
];

describe("AngularLoss equals its brute-force twin in value and slope", () => {
  function compareOn(given: ReturnType<typeof scene>, reducer: Reducer, alpha = 40): void {
    const { rows, cols, labels, reference, referenceLabels, tuples } = given;
    const loss = new AngularLoss({ alpha, reducer, whenSilent: "ignore" });
    const evaluation = loss.evaluate(fromRows(rows, cols), labels, {
      tuples: tuples ?? undefined,
      reference: reference === null ? undefined : fromRows(reference, cols),
      referenceLabels: referenceLabels ?? undefined,
    });
    const inputs = { embeddings: rows, ...(reference && { reference }) };
    expectTwin(evaluation, inputs, (moved) =>
      plainReduce(
        reducer,
        items(moved.embeddings, moved.reference ?? null, given, alpha),
        "pos_pair",
        rows.length,
        labels,
      ),
    );
  }

  for (const reducer of reducers) {
    it(`reduced by ${reducer.name}`, () => compareOn(scene({ n: 13, d: 4, seed: 2 }), reducer));
    it(`reduced by ${reducer.name}, with a reference`, () => compareOn(scene({ n: 7, d: 4, m: 9, seed: 3 }), reducer));
    it(`reduced by ${reducer.name}, with tuples`, () =>
      compareOn(scene({ n: 8, d: 4, seed: 4, tuples: "pairs" }), reducer));
  }
  for (const alpha of [5, 25, 60])
    it(`with alpha ${alpha}`, () => compareOn(scene({ n: 9, d: 4, seed: 5 }), reducers[0], alpha));

  it("on batches of any shape", { tags: ["long"] }, () => {
    const shape = fc.record({
      n: fc.integer({ min: 1, max: 9 }),
      d: fc.integer({ min: 2, max: 6 }),
      m: fc.option(fc.integer({ min: 1, max: 8 })),
      seed: fc.integer({ min: 0, max: 1e6 }),
      tuples: fc.constantFrom(null, "pairs" as const, "triplets" as const),
    });
    fc.assert(
      fc.property(shape, fc.constantFrom(...reducers), (given, reducer) => compareOn(scene(given), reducer)),
      { numRuns: 60, seed: 7 },
    );
  });
});

describeHostileInputs("AngularLoss", (options) => new AngularLoss(options as AngularLossOptions));

describe("AngularLoss", () => {
  const { rows, labels } = scene({ n: 10, d: 4, seed: 6 });
  const embeddings = fromRows(rows);

  it("is true to its equation when the rows of a batch take several blocks", { tags: ["long"] }, () => {
    const many = normalRows(1700, 3, 31);
    const classes = many.map((_, i) => (i * 7) % 850);
    const given = { labels: classes, referenceLabels: null, tuples: null };
    expectTwinAlongSlope(new AngularLoss().evaluate(fromRows(many), classes), many, null, (moved) =>
      plainReduce(new MeanReducer(), items(moved, null, given), "pos_pair", 1700, classes),
    );
  });

  it("takes pairs whose rows lie in several blocks", () => {
    const many = normalRows(1700, 3, 34);
    const classes = many.map((_, i) => i % 3);
    const random = new Random(35);
    const list = (): number[] => Array.from({ length: 150 }, () => random.integer(1700));
    const tuples = { anchors1: list(), positives: list(), anchors2: [0], negatives: [1] };
    const given = { labels: classes, referenceLabels: null, tuples };
    expectTwinAlongSlope(new AngularLoss().evaluate(fromRows(many), classes, { tuples }), many, null, (moved) =>
      plainReduce(new MeanReducer(), items(moved, null, given), "pos_pair", 1700, classes),
    );
  });

  it("is true to its equation when the rows of a reference take several blocks", { tags: ["long"] }, () => {
    const few = normalRows(30, 3, 32);
    const many = normalRows(2500, 3, 33);
    const classes = few.map((_, i) => i % 20);
    const others = many.map((_, j) => (j * 11) % 400);
    const given = { labels: classes, referenceLabels: others, tuples: null };
    const reducer = new PerAnchorReducer();
    const evaluation = new AngularLoss({ reducer }).evaluate(fromRows(few), classes, {
      reference: fromRows(many),
      referenceLabels: others,
    });
    expectTwinAlongSlope(evaluation, few, many, (moved, movedReference) =>
      plainReduce(reducer, items(moved, movedReference, given), "pos_pair", 30, classes),
    );
  });

  it("takes as negatives what labels say, whatever negatives tuples name", () => {
    const tuples = { anchors1: [0, 1], positives: [1, 0], anchors2: [0], negatives: [1] };
    const { value } = new AngularLoss().evaluate(embeddings, labels, { tuples });
    const given = { labels, referenceLabels: null, tuples };
    expect(value).toBeCloseTo(plainReduce(new MeanReducer(), items(rows, null, given), "pos_pair", 10, labels), 5);
  });

  it("gives an item without negatives the loss 0", () => {
    const tuples = { anchors1: [0], positives: [1], anchors2: [0], negatives: [1] };
    const loss = new AngularLoss({ whenSilent: "ignore" });
    const { value, report } = loss.evaluate(rows.slice(0, 3), [1, 1, 1], { tuples });
    expect(value).toBe(0);
    expect(report.status).toBe("no-negative-pairs");
  });

  it("says where its items stand", () => {
    const tuples = { anchors1: [4, 0, 4], positives: [2, 3, 1], anchors2: [0], negatives: [1] };
    const loss = new AngularLoss({ reducer: new DoNothingReducer() });
    const { indices } = loss.evaluate(embeddings, labels, { tuples }).subLosses!.loss;
    expect(indices!.map((list) => [...list])).toEqual([tuples.anchors1, tuples.positives]);
    const all = loss.evaluate(embeddings, labels).subLosses!.loss.indices!;
    expect(Array.from(all[0], (a, k) => [a, all[1][k]])).toEqual(plainPairs(labels, null)[0]);
  });

  it("refuses other distances, missing labels and angles that are none", () => {
    expect(() => new AngularLoss({ distance: new CosineSimilarity() as never })).toThrow(
      /^AngularLoss works on LpDistance alone/,
    );
    for (const options of [{ p: 1 }, { power: 2 }, { normalizeEmbeddings: false }])
      expect(() => new AngularLoss({ distance: new LpDistance(options) })).toThrow(RangeError);
    for (const alpha of [0, 90, -10])
      expect(() => new AngularLoss({ alpha })).toThrow(/alpha is .*; give a finite number/);
    const tuples = { anchors: [0], positives: [1], negatives: [2] };
    expect(() => new AngularLoss().evaluate(embeddings, null as never, { tuples })).toThrow(
      /^AngularLoss needs labels/,
    );
    expect(() => new AngularLoss().evaluate(embeddings, labels, { tuples, reference: embeddings })).toThrow(
      /reference without referenceLabels/,
    );
  });
});

describe("AngularLoss of numbers near float32's largest", () => {
  const far = extremeRows(9, 4, 3);
  const classes = [0, 0, 0, 1, 1, 1, 2, 2, 2];
  const t = Math.tan((40 * Math.PI) / 180) ** 2;
  const equation = (anchors: Rows, others: Rows, isSelf: boolean): number => {
    const losses: number[] = [];
    const [own, units] = [anchors.map(unit), others.map(unit)];
    for (let a = 0; a < anchors.length; a++)
      for (let p = 0; p < others.length; p++) {
        if (classes[p] !== classes[a] || (isSelf && p === a)) continue;
        const both = own[a].map((x, k) => x + units[p][k]);
        const exponents = others
          .filter((_, n) => classes[n] !== classes[a])
          .map((x) => 4 * t * plainProduct(both, x) - 2 * (1 + t) * plainProduct(own[a], units[p]));
        losses.push(farLogSumExp([0, ...exponents]));
      }
    return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  };

  it("has the value and slopes of its equation", () => {
    const { value, gradients } = new AngularLoss().evaluate(fromRows(far), classes);
    expect(value / equation(far, far, true)).toBeCloseTo(1, 5);
    expectExtremeSlopes(gradients.embeddings, far, (rows) => equation(rows, rows, true));
  });

  it("has those of a reference too, where anchors are as short as usual", () => {
    const near = normalRows(9, 4, 5);
    const { value, gradients } = new AngularLoss().evaluate(fromRows(near), classes, {
      reference: fromRows(far),
      referenceLabels: classes,
    });
    expect(value / equation(near, far, false)).toBeCloseTo(1, 5);
    expectExtremeSlopes(gradients.reference!, far, (rows) => equation(near, rows, false));
    // beyond float32's range, which ends them
    expect(gradients.embeddings.data.every(Number.isFinite)).toBe(true);
  });
});

it("AngularLoss has finite slopes where rows are from 1e-30 to 1e30 long", () => {
  const random = new Random(4);
  for (let trial = 0; trial < 300; trial++) {
    const cols = 1 + (trial % 3);
    const data = Float32Array.from(
      { length: 12 * cols },
      () => 10 ** (60 * random.uniform() - 30) * (random.integer(2) === 0 ? 1 : -1),
    );
    const labels = Array.from({ length: 12 }, () => random.integer(4));
    const { value, gradients } = new AngularLoss({ whenSilent: "ignore" }).evaluate({ data, rows: 12, cols }, labels);
    expect(Number.isFinite(value) && gradients.embeddings.data.every(Number.isFinite)).toBe(true);
  }
});

it("AngularLoss of unit vectors can be checked by hand", () => {
  // tan 45 = 1; of both pairs the sum has the similarity 0 + 0.8 with the negative
  const { value } = new AngularLoss({ alpha: 45 }).evaluate(threeRows, threeLabels);
  expect(value).toBeCloseTo(softplus(4 * 0.8 - 4 * 0.6), 5);
});
