import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ArcFaceLoss,
  CoSENTLoss,
  CrossBatchMemory,
  GISTLoss,
  MarginLoss,
  MatryoshkaLoss,
  MeanReducer,
  MlpModel,
  MPerClassSampler,
  MultipleNegativesRankingLoss,
  NPairsLoss,
  prepareBatch,
  Random,
  SelfSupervisedLoss,
  SigLIPLoss,
  SupConLoss,
  Trainer,
  TripletMarginLoss,
  type AnyColumns,
  type Label,
  type Loss,
  type Matrix,
  DotProductSimilarity,
  NTXentLoss,
} from "../../../src/index.ts";
import { softplus, threeRows } from "../../support/byHand.ts";
import { describeHostileInputs } from "../../support/hostile.ts";
import { fromRows, plainNormalize, type Rows } from "../../support/plain.ts";
import { plainRanking, usualRanking } from "../../support/ranking.ts";
import { expectTwin, normalRows } from "../../support/twin.ts";

const cut = (rows: Rows, size: number): Rows => rows.map((row) => row.slice(0, size));

function letters(count: number, seed: number): Label[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => "abc"[random.integer(3)]);
}

/** The first entries of rows, divided by their lengths unless they are left as they are. */
function prefixes(rows: Rows, size: number, areUnit = true): Rows {
  return cut(rows, size).map((row) => (areUnit ? plainNormalize(row, 2) : row));
}

describe("MatryoshkaLoss equals its brute-force twin in value and slope", () => {
  interface Scene {
    readonly embeddings: Rows;
    readonly reference: Rows | null;
    readonly negatives?: Rows | null;
    readonly sizes: number[];
    readonly weights?: number[] | null;
    readonly normalizePrefixes?: boolean;
  }

  function compareOn(scene: Scene): void {
    const { embeddings, reference, negatives = null, sizes, weights = null, normalizePrefixes = true } = scene;
    const labels = reference === null ? letters(embeddings.length, 1) : null;
    // products tell unit rows from others
    const distance = new DotProductSimilarity({ normalizeEmbeddings: false });
    const inner = new MultipleNegativesRankingLoss({ scale: 2, distance, whenSilent: "ignore" });
    const loss = new MatryoshkaLoss(inner, { sizes, weights, normalizePrefixes });
    const evaluation = loss.evaluate(fromRows(embeddings), labels, {
      ...(reference && { reference: fromRows(reference) }),
      ...(negatives && { negatives: [fromRows(negatives)] }),
    });
    const inputs = { embeddings, ...(reference && { reference }), ...(negatives && { negatives0: negatives }) };
    expectTwin(evaluation, inputs, (moved) =>
      sizes.reduce((sum, size, k) => {
        const scene = {
          ...usualRanking,
          embeddings: prefixes(moved.embeddings, size, normalizePrefixes),
          reference: moved.reference === undefined ? null : prefixes(moved.reference, size, normalizePrefixes),
          negatives: moved.negatives0 === undefined ? [] : [prefixes(moved.negatives0, size, normalizePrefixes)],
          labels,
          scale: 2,
          distance,
          reducer: new MeanReducer(),
        };
        return sum + (weights?.[k] ?? 1) * plainRanking(scene)(scene);
      }, 0),
    );
  }

  const embeddings = normalRows(7, 8, 1);
  const reference = normalRows(7, 8, 2);
  const negatives = normalRows(7, 8, 6);
  for (const normalizePrefixes of [true, false]) {
    const title = normalizePrefixes ? "of unit prefixes" : "of prefixes as they are";
    const given = { embeddings, reference, normalizePrefixes };
    it(`${title}, at several widths`, () => compareOn({ ...given, sizes: [8, 4, 2] }));
    it(`${title}, with weights`, () => compareOn({ ...given, sizes: [2, 8, 3], weights: [0.5, 2, -1] }));
    it(`${title}, with negatives`, () => compareOn({ ...given, negatives, sizes: [8, 3], weights: [1, 0.25] }));
    it(`${title}, within a batch`, () => compareOn({ ...given, reference: null, sizes: [8, 3], weights: [1, 0.25] }));
    it(`${title}, without the whole width`, () => compareOn({ ...given, sizes: [3, 5] }));
  }
  it("on batches of any shape", { tags: ["long"] }, () => {
    const shape = fc.record({
      n: fc.integer({ min: 2, max: 8 }),
      d: fc.integer({ min: 1, max: 8 }),
      // a unit row of one coordinate has no slope but what rounding leaves
      sizes: fc.uniqueArray(fc.integer({ min: 2, max: 8 }), { minLength: 1, maxLength: 4 }),
      isAlone: fc.boolean(),
      seed: fc.integer({ min: 0, max: 1e6 }),
    });
    fc.assert(
      fc.property(shape, ({ n, d, sizes, isAlone, seed }) => {
        const width = Math.max(d, ...sizes);
        compareOn({
          embeddings: normalRows(n, width, seed),
          reference: isAlone ? null : normalRows(n, width, seed + 1),
          sizes,
        });
      }),
      { numRuns: 40, seed: 7 },
    );
  });
});

describeHostileInputs("MatryoshkaLoss", (options) => new MatryoshkaLoss(new SupConLoss(options), { sizes: [4, 2, 1] }));
describeHostileInputs(
  "MatryoshkaLoss of ArcFaceLoss",
  ({ whenSilent }) =>
    new MatryoshkaLoss((size) => new ArcFaceLoss({ whenSilent, numClasses: 6, embeddingSize: size }), {
      sizes: [4, 2],
    }),
);

describe("MatryoshkaLoss", () => {
  const embeddings = normalRows(8, 6, 3);
  const reference = normalRows(8, 6, 4);
  const labels = [0, 1, 2, 0, 1, 2, 0, 1];

  function arcFaces(): MatryoshkaLoss {
    return new MatryoshkaLoss((size) => new ArcFaceLoss({ numClasses: 3, embeddingSize: size, seed: size }), {
      sizes: [6, 2],
      weights: [1, 0.5],
    });
  }

  it("sums values and slopes of the losses at each size", () => {
    const loss = new MatryoshkaLoss(new SupConLoss(), { sizes: [6, 2], weights: [1, 3], normalizePrefixes: false });
    const { value, gradients, report, evaluations } = loss.evaluate(embeddings, labels);
    const [wide, narrow] = [6, 2].map((size) => new SupConLoss().evaluate(cut(embeddings, size), labels));
    expect(value).toBe(wide.value + 3 * narrow.value);
    expect(evaluations["2"].value).toBe(narrow.value);
    expect(report).toMatchObject({ status: "learning", items: 16, anchors: 8 });
    for (let i = 0; i < 8; i++)
      for (let k = 0; k < 6; k++) {
        const own = k < 2 ? 3 * narrow.gradients.embeddings.data[2 * i + k] : 0;
        expect(gradients.embeddings.data[6 * i + k]).toBeCloseTo(wide.gradients.embeddings.data[6 * i + k] + own, 5);
      }
  });

  it("keeps the parameters of each size apart", () => {
    const loss = arcFaces();
    expect(Object.entries(loss.parameters).map(([name, { rows, cols }]) => [name, rows * cols])).toEqual([
      ["2.W", 6],
      ["6.W", 18],
    ]);
    const { gradients } = loss.evaluate(embeddings, labels);
    // rows that ArcFaceLoss divides by their lengths anyway
    const alone = new ArcFaceLoss({ numClasses: 3, embeddingSize: 2, seed: 2 }).evaluate(cut(embeddings, 2), labels);
    gradients.parameters["2.W"].data.forEach((slope, k) =>
      expect(slope).toBeCloseTo(alone.gradients.parameters.W.data[k] / 2, 5),
    );
    expect(loss.parameters["2.W"]).toBe(loss.losses[1].parameters.W);
  });

  it("goes on from a saved state", () => {
    const [loss, other] = [arcFaces(), arcFaces()];
    loss.parameters["2.W"].data.fill(0.5);
    other.load(loss.state());
    expect(other.evaluate(embeddings, labels).value).toBe(loss.evaluate(embeddings, labels).value);
    expect(() => other.load({})).toThrow(RangeError);
  });

  it("gives every loss what else evaluate was given", () => {
    const tuples = { anchors: [0, 1], positives: [3, 4], negatives: [2, 2] };
    const asTheyAre = { normalizePrefixes: false };
    const loss = new MatryoshkaLoss(new TripletMarginLoss(), { sizes: [6, 3], ...asTheyAre });
    expect(loss.evaluate(embeddings, labels, { tuples }).evaluations["3"].value).toBe(
      new TripletMarginLoss().evaluate(cut(embeddings, 3), labels, { tuples }).value,
    );
    const guide = { guideEmbeddings: reference, guideReference: embeddings };
    const gist = new MatryoshkaLoss(new GISTLoss(), { sizes: [6, 3], ...asTheyAre });
    expect(gist.evaluate(embeddings, null, { reference, ...guide }).evaluations["3"].value).toBe(
      new GISTLoss().evaluate(cut(embeddings, 3), null, { reference: cut(reference, 3), ...guide }).value,
    );
    const graded = new MatryoshkaLoss(new CoSENTLoss(), { sizes: [2], ...asTheyAre });
    expect(graded.evaluate(embeddings, labels, { reference }).value).toBe(
      new CoSENTLoss().evaluate(cut(embeddings, 2), labels, { reference: cut(reference, 2) }).value,
    );
  });

  it("cuts the reference that a batch was prepared with", () => {
    const loss = new MatryoshkaLoss(new MultipleNegativesRankingLoss(), { sizes: [6, 3] });
    const batch = prepareBatch(embeddings, null, { reference });
    expect(loss.evaluate(batch, null)).toEqual(loss.evaluate(embeddings, null, { reference }));
  });

  it("makes a memory of each width", () => {
    const make = (size: number): Loss =>
      new CrossBatchMemory(new SupConLoss(), { embeddingSize: size, memorySize: 16 });
    const loss = new MatryoshkaLoss(make, { sizes: [6, 2], normalizePrefixes: false });
    const alone = make(2);
    for (const rows of [embeddings, reference])
      expect(loss.evaluate(rows, labels).evaluations["2"].value).toBe(alone.evaluate(cut(rows, 2), labels).value);
  });

  it("trains a model", async () => {
    const inputs = fromRows(normalRows(60, 5, 5));
    const classes = Array.from({ length: 60 }, (_, i) => i % 6);
    const loss = new MatryoshkaLoss((size) => new ArcFaceLoss({ numClasses: 6, embeddingSize: size }), {
      sizes: [4, 2],
    });
    const before = loss.state();
    const trainer = new Trainer({
      model: new MlpModel({ inputSize: 5, hidden: [8], outputSize: 4 }),
      loss,
      sampler: new MPerClassSampler(classes, { m: 2, batchSize: 12 }),
      data: { inputs, labels: classes },
    });
    const { history } = await trainer.train({ steps: 20 });
    expect(history.loss.every(Number.isFinite)).toBe(true);
    expect(loss.state()).not.toEqual(before);
  });

  it("cuts a teacher that is as wide, divides it by its length too, and leaves any other one and a guide as they are", () => {
    const seen: AnyColumns[] = [];
    const inner = new SupConLoss();
    const watched: Loss = {
      name: "Watched",
      needs: inner.needs,
      parameters: {},
      evaluate: (rows, given, options: AnyColumns = {}) => {
        seen.push(options);
        return inner.evaluate(rows, given);
      },
      state: () => inner.state(),
      load: () => {},
    };
    const guide = normalRows(8, 6, 7);
    const teacher = [normalRows(8, 6, 8), normalRows(8, 5, 9)];
    new MatryoshkaLoss(watched, { sizes: [3] }).evaluate(embeddings, labels, { teacher, guideEmbeddings: guide });
    expect(seen).toHaveLength(1);
    const [cutOne, whole] = seen[0].teacher!.map((given) => given as Matrix);
    const expected = (rows: Rows, size: number): Matrix => fromRows(prefixes(rows, size));
    expect([cutOne, whole].map(({ cols }) => cols)).toEqual([3, 5]);
    [expected(teacher[0], 3), expected(teacher[1], 5)].forEach(({ data }, k) =>
      data.forEach((x, place) => expect([cutOne, whole][k].data[place]).toBeCloseTo(x, 6)),
    );
    expect(seen[0].guideEmbeddings).toBe(guide);
  });

  it("gives a zero row, and a row whose prefix is zero, finite slopes", () => {
    const rows = [[0, 0, 0, 0], [0, 0, 1, 2], [1, 2, 3, 4], [1, 0, 0, 0]]; // prettier-ignore
    const loss = new MatryoshkaLoss(new SupConLoss(), { sizes: [4, 2] });
    const { value, gradients } = loss.evaluate(rows, [0, 0, 1, 1]);
    expect([value, ...gradients.embeddings.data].every(Number.isFinite)).toBe(true);
    expect(Math.max(...gradients.embeddings.data.map(Math.abs))).toBeLessThan(100);
  });

  describe("with sizesPerStep", () => {
    const make = (sizesPerStep: number, seed = 0): MatryoshkaLoss =>
      new MatryoshkaLoss(new SupConLoss(), { sizes: [6, 5, 3, 2], weights: [1, 2, 3, 4], sizesPerStep, seed });
    const drawnBy = (loss: MatryoshkaLoss): string[] => Object.keys(loss.evaluate(embeddings, labels).evaluations);

    it("sums some of the sizes, their weights as they are", () => {
      const all = make(4).evaluate(embeddings, labels).evaluations;
      const loss = make(2);
      for (let step = 0; step < 5; step++) {
        const { value, evaluations } = loss.evaluate(embeddings, labels);
        const sizes = Object.keys(evaluations);
        expect(sizes).toHaveLength(2);
        const sum = sizes.reduce((part, size) => part + [1, 2, 3, 4][[6, 5, 3, 2].indexOf(+size)] * all[size].value, 0);
        expect(value).toBeCloseTo(sum, 6);
      }
    });

    it("draws every choice of sizes equally often", () => {
      const loss = make(2);
      const counts = new Map<string, number>();
      for (let step = 0; step < 600; step++) {
        const drawn = drawnBy(loss).join(" ");
        counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
      }
      expect(counts.size).toBe(6);
      // 5 degrees of freedom: beyond 20.5 once in a thousand seeds
      expect([...counts.values()].reduce((sum, n) => sum + (n - 100) ** 2 / 100, 0)).toBeLessThan(20.5);
    });

    it("draws the same from the same seed, and goes on from a state or from a point that is restored", () => {
      const draws = (loss: MatryoshkaLoss): string[][] => Array.from({ length: 6 }, () => drawnBy(loss));
      expect(draws(make(2, 5))).toEqual(draws(make(2, 5)));
      expect(draws(make(2, 5))).not.toEqual(draws(make(2, 6)));
      const [loss, other] = [make(2, 5), make(2, 6)];
      draws(loss);
      other.load(structuredClone(loss.state()));
      const restore = loss.restorePoint();
      const expected = draws(loss);
      expect(draws(other)).toEqual(expected);
      restore();
      expect(draws(loss)).toEqual(expected);
    });

    it("takes all where there are no more, and then keeps nothing of the drawing", () => {
      expect(drawnBy(make(7)).sort()).toEqual(["2", "3", "5", "6"]);
      expect(make(4).state()).toEqual(make(7).state());
      expect(() => make(0)).toThrow(/sizesPerStep is 0/);
      expect(() => make(1.5)).toThrow(/sizesPerStep is 1.5/);
    });

    it("trains a model, the parameters of the sizes that are drawn", async () => {
      const classes = Array.from({ length: 60 }, (_, i) => i % 6);
      const loss = new MatryoshkaLoss((size) => new ArcFaceLoss({ numClasses: 6, embeddingSize: size }), {
        sizes: [4, 2],
        sizesPerStep: 1,
      });
      const before = Object.values(loss.parameters).map(({ data }) => data.slice());
      const trainer = new Trainer({
        model: new MlpModel({ inputSize: 5, hidden: [8], outputSize: 4 }),
        loss,
        sampler: new MPerClassSampler(classes, { m: 2, batchSize: 12 }),
        data: { inputs: fromRows(normalRows(60, 5, 5)), labels: classes },
      });
      const { history } = await trainer.train({ steps: 12 });
      expect(history.loss.every(Number.isFinite)).toBe(true);
      Object.values(loss.parameters).forEach(({ data }, k) => expect(data).not.toEqual(before[k]));
    });
  });

  it("needs of a batch what its loss needs", () => {
    const sizes = [4, 2];
    expect(new MatryoshkaLoss(new SupConLoss(), { sizes }).needs).toMatchObject({ positives: true, pairs: true });
    expect(new MatryoshkaLoss(new CoSENTLoss(), { sizes }).needs).toMatchObject({ positives: false, pairs: false });
  });

  it("leaves what it was given as it is", () => {
    const given = fromRows(embeddings);
    new MatryoshkaLoss(new NPairsLoss(), { sizes: [6, 3] }).evaluate(given, labels);
    expect(given).toEqual(fromRows(embeddings));
  });

  it("refuses one loss that cannot serve several sizes", () => {
    const arcFace = new ArcFaceLoss({ numClasses: 3, embeddingSize: 6 });
    expect(() => new MatryoshkaLoss(arcFace, { sizes: [6, 3] })).toThrow(
      "ArcFaceLoss has a width of its own and cannot serve several sizes; give a function that makes one a size",
    );
    for (const loss of [new SigLIPLoss(), new MarginLoss({ learnBeta: true })])
      expect(() => new MatryoshkaLoss(() => loss, { sizes: [6, 3] })).toThrow(
        `${loss.name} has parameters of its own and cannot serve several sizes; give a function that makes one a size`,
      );
    expect(new MatryoshkaLoss(arcFace, { sizes: [6] }).evaluate(embeddings, labels).value).toBeCloseTo(
      arcFace.evaluate(embeddings, labels).value,
      4,
    );
  });

  it("takes a loss of two views, at every size", () => {
    const views = new SelfSupervisedLoss(new SupConLoss());
    const [one, other] = [embeddings.slice(0, 3), embeddings.slice(3, 6)];
    const { value, gradients } = new MatryoshkaLoss(views, {
      sizes: [6, 3],
      normalizePrefixes: false,
    }).evaluate(one, null, { reference: other });
    const expected = [6, 3].map((size) => views.evaluate(cut(one, size), cut(other, size)).value);
    expect(value).toBe(expected[0] + expected[1]);
    expect(gradients.reference).toMatchObject({ rows: 3, cols: 6 });
  });

  it("refuses sizes, weights, losses and embeddings that don't fit", () => {
    const make = (sizes: unknown, weights: unknown = null): MatryoshkaLoss =>
      new MatryoshkaLoss(new SupConLoss(), { sizes: sizes as number[], weights: weights as number[] });
    expect(() => make([])).toThrow("sizes is an array of 0; give one width or more");
    expect(() => make(64)).toThrow("sizes is 64; give one width or more");
    expect(() => make(undefined)).toThrow("MatryoshkaLoss was given no sizes; give a list of whole numbers >= 1");
    expect(() => make([4, 0])).toThrow("sizes[1] is 0; give a whole number >= 1");
    expect(() => make([4, 2.5])).toThrow(/sizes\[1\] is 2.5/);
    expect(() => make([4, 2, 4])).toThrow("sizes has 4 twice; give each width once");
    expect(() => make([4, 2], [1])).toThrow("weights has 1 entries for 2 sizes; give one a size");
    expect(() => make([4, 2], [1, NaN])).toThrow("weights[1] is NaN; give a number");
    expect(() => make([4, 2], 3)).toThrow("weights is 3; give a list, one number a size");
    const noLoss = { evaluate: () => 0 } as unknown as Loss;
    expect(() => new MatryoshkaLoss(noLoss, { sizes: [4] })).toThrow(/of type Object for the size 4/);
    expect(() => new MatryoshkaLoss(null as unknown as Loss, { sizes: [4] })).toThrow(TypeError);
    const loss = make([8, 4]);
    expect(() => loss.evaluate(embeddings, labels)).toThrow("embeddings has 6 columns; the largest of the sizes is 8");
    const narrow = new MatryoshkaLoss(new MultipleNegativesRankingLoss(), { sizes: [4] });
    expect(() => narrow.evaluate(embeddings, null, { reference: cut(reference, 5) })).toThrow(
      "reference has 5 columns, embeddings has 6; both must be as wide",
    );
  });
});

it("MatryoshkaLoss can be checked by hand", () => {
  const distance = new DotProductSimilarity({ normalizeEmbeddings: false });
  const inner = new NTXentLoss({ distance, temperature: 1 });
  const given = { reference: [threeRows[1], threeRows[2]], referenceLabels: [0, 1] };
  const rows = [[0.5, 1]];
  // products with [0.5, 1]: of both columns 1.1 and 1, of the first alone 0.3 and 0
  const plain = new MatryoshkaLoss(inner, { sizes: [2, 1], normalizePrefixes: false });
  expect(plain.evaluate(rows, [0], given).value).toBeCloseTo(softplus(1 - 1.1) + softplus(0 - 0.3), 5);
  // divided by its length, sqrt(1.25), and of the first column alone 1 and 0, which has no direction
  const unit = new MatryoshkaLoss(inner, { sizes: [2, 1] });
  expect(unit.evaluate(rows, [0], given).value).toBeCloseTo(softplus(-0.1 / Math.sqrt(1.25)) + softplus(0 - 1), 5);
});
