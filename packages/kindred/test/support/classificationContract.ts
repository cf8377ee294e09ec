import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CosineSimilarity,
  DivisorReducer,
  DoNothingReducer,
  LpDistance,
  LpRegularizer,
  Random,
  type ClassificationLoss,
  type ClassificationLossOptions,
  type Distance,
  type Label,
  type Matrix,
  type Reducer,
  type Tuples,
} from "../../src/index.ts";
import { HOSTILE_CLASSES, HOSTILE_WIDTH, describeHostileInputs, expectFinite } from "./hostile.ts";
import { allReducers, scene } from "./lossContract.ts";
import { fromRows, numericSlope, plainReduce, reducerOf, toRows, type Item, type Rows } from "./plain.ts";

/** The labels of the classes that losses are tested with. */
export const letters: readonly Label[] = ["a", "b", "c", "d"];

/** What a twin is given. */
interface ClassTwinInput {
  readonly rows: Rows;
  /** The class vectors as rows, those of a class side by side. */
  readonly vectors: Rows;
  /** The class of each row, by its place. */
  readonly codes: readonly number[];
  /** How often each row stands in the tuples; 1 for the most frequent. */
  readonly weights: readonly number[];
  readonly distance: Distance;
}

/** The items of one sub-loss, the anchor of each being a row, or a class. */
interface ClassTwinSubLoss {
  readonly items: readonly Item[];
  /** The label of each anchor, for class weights. */
  readonly labels: readonly Label[];
  /** What a DivisorReducer divides by. */
  readonly divisor?: number;
}

/** What the shared tests need to know of a loss with class vectors. */
export interface ClassificationContract {
  readonly make: (options: ClassificationLossOptions) => ClassificationLoss;
  /** The name of the parameter. */
  readonly parameter: string;
  /** Whether a class vector is a column or a row of it. Default columns. */
  readonly layout?: "columns" | "rows";
  readonly twin: (input: ClassTwinInput) => Readonly<Record<string, ClassTwinSubLoss>>;
  readonly distances?: readonly Distance[];
  /** Another distance that must be refused; null: every distance is taken. */
  readonly wrongDistance?: Distance | null;
  /** Which samples of tuples weigh a row; "none" where tuples are refused. Default all. */
  readonly tuples?: "all" | "anchors" | "none";
  /** Whether the loss needs a divisor, so that it takes a DivisorReducer. */
  readonly hasDivisor?: boolean;
}

/** Distances for losses that work on cosines alone. */
const cosines: readonly Distance[] = [new CosineSimilarity(), new CosineSimilarity({ p: 3 })];

interface ClassScene {
  readonly rows: Rows;
  readonly labels: readonly Label[];
  readonly tuples: Tuples | null;
  readonly cols: number;
}

/** Tests a loss with class vectors against its twin, and what all such losses share. */
export function describeClassificationLoss(name: string, contract: ClassificationContract): void {
  const distances = contract.distances ?? cosines;
  const takesTuples = contract.tuples !== "none";
  const reducers: readonly Reducer[] = contract.hasDivisor ? [...allReducers, new DivisorReducer()] : allReducers;
  const make = (cols: number, options: Partial<ClassificationLossOptions> = {}): ClassificationLoss =>
    contract.make({ numClasses: 4, embeddingSize: cols, classes: letters, whenSilent: "ignore", seed: 3, ...options });

  describe(`${name} equals its brute-force twin in value and slopes`, () => {
    for (const distance of distances)
      it(`with ${distance.name} p ${distance.p} power ${distance.power} normalized ${distance.normalizeEmbeddings}`, () =>
        compareOn(scene({ n: 11, d: 5, seed: 1 }), { distance }));
    for (const reducer of reducers) {
      it(`reduced by ${reducer.name}`, () => compareOn(scene({ n: 13, d: 4, seed: 2 }), { reducer }));
      if (takesTuples)
        it(`reduced by ${reducer.name}, with tuples`, () =>
          compareOn(scene({ n: 9, d: 4, seed: 4, tuples: "pairs" }), { reducer }));
    }
    for (const n of [0, 1, 2, 37])
      it(`on ${n} samples`, { tags: n > 2 ? ["long"] : [] }, () => compareOn(scene({ n, d: 3, seed: 5 })));

    it("on batches of any shape", { tags: ["long"] }, () => {
      const shape = fc.record({
        n: fc.integer({ min: 0, max: 9 }),
        d: fc.integer({ min: 2, max: 7 }),
        seed: fc.integer({ min: 0, max: 1e6 }),
        tuples: fc.constantFrom(null, "pairs" as const, "triplets" as const),
        distance: fc.constantFrom(...distances),
        reducer: fc.constantFrom(...reducers),
      });
      fc.assert(
        fc.property(shape, ({ n, d, seed, tuples, distance, reducer }) => {
          const given = scene({ n, d: Math.max(d, 3), seed, tuples: takesTuples && n > 0 ? tuples : null });
          compareOn(given, { distance, reducer });
        }),
        { numRuns: 50, seed: 7 },
      );
    });
  });

  describe(`${name} keeps what losses with class vectors promise`, () => {
    const { rows, labels } = scene({ n: 8, d: 4, seed: 6 });
    const batch = fromRows(rows);
    const codes = labels.map((label) => letters.indexOf(label));

    it("knows classes by any labels", () => {
      const expected = make(4).evaluate(batch, labels);
      const named: readonly (readonly Label[])[] = [
        [0, 1, 2, 3],
        [-7, 2 ** 40, 0.5, 123456789],
        [10n, 2n ** 70n, -1n, 0n],
        [true, false, "true", 1],
      ];
      for (const classes of named) {
        const { value, gradients } = make(4, { classes }).evaluate(
          batch,
          codes.map((code) => classes[code]),
        );
        expect(value).toBe(expected.value);
        expect(gradients).toEqual(expected.gradients);
      }
    });

    it("takes labels 0, 1, 2 ... without being told the classes", () => {
      const expected = make(4).evaluate(batch, labels).value;
      expect(make(4, { classes: null }).evaluate(batch, codes).value).toBe(expected);
      expect(make(4, { classes: null }).evaluate(batch, codes.map(BigInt)).value).toBe(expected);
      expect(make(4, { classes: null }).evaluate(batch, Float64Array.from(codes)).value).toBe(expected);
    });

    it("refuses labels that are no class's", () => {
      expect(() => make(4).evaluate(batch, ["a", "b", "e", "a", "a", "a", "a", "a"])).toThrow(/labels\[2\] is "e"/);
      for (const label of [4, -1, 0.5, "0", true])
        expect(() => make(4, { classes: null }).evaluate(batch, [label, 0, 0, 0, 0, 0, 0, 0])).toThrow(RangeError);
    });

    it("refuses a batch without labels, with a reference, or of another width", () => {
      const loss = make(4);
      expect(() => loss.evaluate(batch, null as never)).toThrow(`${loss.name} needs labels`);
      const reference = { reference: batch, referenceLabels: labels } as object;
      expect(() => loss.evaluate(batch, labels, reference)).toThrow(
        `${loss.name} compares embeddings with its class vectors; it was given a reference, leave it out`,
      );
      expect(() => loss.evaluate(fromRows([[1, 2, 3]]), ["a"])).toThrow(/3 columns/);
      expect(() => loss.evaluate(batch, labels.slice(1))).toThrow(RangeError);
    });

    it("refuses to be made without its size, or with classes that do not fit", () => {
      expect(() => contract.make({ embeddingSize: 4 } as ClassificationLossOptions)).toThrow(/numClasses/);
      expect(() => contract.make({ numClasses: 4 } as ClassificationLossOptions)).toThrow(/embeddingSize/);
      expect(() => make(4, { numClasses: 0 })).toThrow(RangeError);
      expect(() => make(4, { classes: ["a", "b", "c"] })).toThrow(/classes names 3 labels/);
      expect(() => make(4, { classes: ["a", "b", "c", "c"] })).toThrow(RangeError);
      expect(() => make(4, { classes: "abcd" as never })).toThrow(/classes is "abcd"; give a list of labels/);
      expect(() => make(4, { weightInit: 0.5 as never })).toThrow(/weightInit is 0.5; give a function/);
      expect(() => make(4, { numClass: 4 } as object)).toThrow(/did you mean "numClasses"/);
    });

    if (contract.wrongDistance !== null)
      it("refuses a distance that it is not made for", () => {
        expect(() => make(4, { distance: contract.wrongDistance ?? new LpDistance() })).toThrow(/distance/i);
      });

    it(takesTuples ? "takes empty tuples as none" : "refuses tuples", () => {
      const tuples = { anchors: [], positives: [], negatives: [] };
      if (takesTuples)
        expect(make(4).evaluate(batch, labels, { tuples }).value).toBe(make(4).evaluate(batch, labels).value);
      else expect(() => make(4).evaluate(batch, labels, { tuples })).toThrow(/tuples/);
    });

    it("goes on from a saved state, and from no other", () => {
      const loss = make(4, { seed: 1 });
      const other = make(4, { seed: 2 });
      expect(other.evaluate(batch, labels).value).not.toBe(loss.evaluate(batch, labels).value);
      const state = structuredClone(loss.state());
      other.load(state);
      expect(other.evaluate(batch, labels).value).toBe(loss.evaluate(batch, labels).value);
      other.parameters[contract.parameter].data.fill(0.25);
      expect(state).toEqual(loss.state());
      expect(() => make(5).load(state)).toThrow(RangeError);
      expect(() => loss.load({})).toThrow(RangeError);
    });

    it("draws the same class vectors from the same seed, and others with weightInit", () => {
      const drawn = (options: Partial<ClassificationLossOptions>): Float32Array =>
        make(4, options).parameters[contract.parameter].data;
      expect(drawn({ seed: 5 })).toEqual(drawn({ seed: 5 }));
      expect(drawn({ seed: 5 })).not.toEqual(drawn({ seed: 6 }));
      expect(new Set(drawn({ weightInit: () => 0.5 })).size).toBe(1);
    });

    it("adds the penalty on its class vectors", () => {
      const weightRegularizer = new LpRegularizer({ power: 2 });
      const plain = make(4).evaluate(batch, labels);
      const loss = make(4, { weightRegularizer, weightRegWeight: 0.3 });
      const { value, gradients } = loss.evaluate(batch, labels);
      const vectors = vectorsOf(loss);
      const penalty = vectors.flat().reduce((sum, x) => sum + x * x, 0) / vectors.length;
      expect(value).toBeCloseTo(plain.value + 0.3 * penalty, 4);
      expect(gradients.embeddings).toEqual(plain.gradients.embeddings);
      const entry = loss.parameters[contract.parameter].data;
      gradients.parameters[contract.parameter].data.forEach((slope, k) => {
        const own = plain.gradients.parameters[contract.parameter].data[k];
        expect(slope).toBeCloseTo(own + (0.3 * 2 * entry[k]) / vectors.length, 4);
      });
    });

    it("hands out its items with a DoNothingReducer, and the penalties", () => {
      const reducer = new DoNothingReducer();
      const options = { reducer, weightRegularizer: new LpRegularizer(), embeddingRegularizer: new LpRegularizer() };
      const { value, gradients, subLosses } = make(4, options).evaluate(batch, labels);
      expect(value).toBe(0);
      expect(gradients.embeddings.data.every((slope) => slope === 0)).toBe(true);
      expect(gradients.parameters[contract.parameter].data.every((slope) => slope === 0)).toBe(true);
      expect(subLosses!.weightRegLoss.losses[0]).toBeGreaterThan(0);
      expect(subLosses!.embeddingRegLoss.losses[0]).toBeGreaterThan(0);
      const loss = make(4);
      const expected = contract.twin(inputOf(loss, { rows, labels, tuples: null, cols: 4 }));
      for (const [subLoss, { items }] of Object.entries(expected)) {
        expect(subLosses![subLoss].losses).toHaveLength(items.length);
        items.forEach(({ loss }, k) => expect(subLosses![subLoss].losses[k]).toBeCloseTo(loss, 3));
      }
    });
  });

  describeHostileInputs(name, (options) =>
    contract.make({ ...options, numClasses: HOSTILE_CLASSES, embeddingSize: HOSTILE_WIDTH }),
  );

  describe(`${name} stays finite where class vectors are at a pole`, () => {
    const axis = [1, 0, 0, 0];
    const opposite = [-1, 0, 0, 0];
    const cases: Readonly<Record<string, (class_: number) => number[]>> = {
      "all on one axis": () => axis,
      "on the axis and its opposite": (class_) => (class_ % 2 === 0 ? axis : opposite),
      "that are zero": () => [0, 0, 0, 0],
      "of length 1e-18": () => [1e-18, 0, 0, 0],
      "of length 1e12": () => [6e11, 8e11, 0, 0],
    };
    for (const [title, vectorOf] of Object.entries(cases)) {
      it(title, () => {
        const loss = make(4);
        setVectors(loss, (vector, count) => vectorOf(Math.floor((4 * vector) / count)));
        expectFinite(
          loss.evaluate([axis, axis, opposite, [0, 0, 0, 0], [0.6, 0.8, 0, 0]], ["a", "b", "a", "c", "d"]),
          5,
        );
      });
    }

    it("with a single class", () => {
      const loss = contract.make({ numClasses: 1, embeddingSize: 4, whenSilent: "ignore" });
      expectFinite(loss.evaluate([axis, opposite], [0, 0]), 2);
    });
  });

  function vectorsOf(loss: ClassificationLoss): Rows {
    const rows = toRows(loss.parameters[contract.parameter]);
    return contract.layout === "rows" ? rows : rows[0].map((_, c) => rows.map((row) => row[c]));
  }

  function setVectors(loss: ClassificationLoss, vectorOf: (vector: number, count: number) => number[]): void {
    const { data, rows, cols } = loss.parameters[contract.parameter];
    const count = contract.layout === "rows" ? rows : cols;
    for (let v = 0; v < count; v++)
      vectorOf(v, count).forEach((x, k) => (data[contract.layout === "rows" ? v * cols + k : k * cols + v] = x));
  }

  function inputOf(loss: ClassificationLoss, { rows, labels, tuples }: ClassScene): ClassTwinInput {
    return {
      rows,
      vectors: vectorsOf(loss),
      codes: labels.map((label) => letters.indexOf(label)),
      weights: plainWeights(tuples, rows.length, contract.tuples === "anchors"),
      distance: loss.distance,
    };
  }

  function compareOn(given: ClassScene, options: Partial<ClassificationLossOptions> = {}): void {
    const loss = make(given.cols, options);
    const input = inputOf(loss, given);
    const { value, gradients } = loss.evaluate(fromRows(given.rows, given.cols), given.labels, {
      tuples: given.tuples ?? undefined,
    });
    const twin = (rows: Rows, vectors: Rows): number => reduced(loss, contract.twin({ ...input, rows, vectors }));
    expect(Math.abs(value - twin(given.rows, input.vectors)) / Math.max(1, Math.abs(value))).toBeLessThan(2e-4);
    expectSlopes(
      gradients.embeddings,
      numericSlope(given.rows, (rows) => twin(rows, input.vectors)),
    );
    const slopes = numericSlope(input.vectors, (vectors) => twin(given.rows, vectors));
    const turned = contract.layout === "rows" ? slopes : slopes[0].map((_, k) => slopes.map((slope) => slope[k]));
    expectSlopes(gradients.parameters[contract.parameter], turned);
  }
}

function reduced(loss: ClassificationLoss, subLosses: Readonly<Record<string, ClassTwinSubLoss>>): number {
  return Object.entries(subLosses).reduce((sum, [name, { items, labels, divisor }]) => {
    const reducer = reducerOf(loss.reducer, name);
    if (reducer instanceof DivisorReducer)
      return sum + (divisor! === 0 ? 0 : items.reduce((total, item) => total + item.loss, 0) / divisor!);
    return sum + plainReduce(reducer, items, "element", labels.length, labels);
  }, 0);
}

/** How often each row stands in tuples, over that of the most frequent. */
function plainWeights(tuples: Tuples | null, rows: number, isAnchorsOnly: boolean): number[] {
  const lists = Object.entries(tuples ?? {}).filter(([name]) => !isAnchorsOnly || name.startsWith("anchors"));
  const counts = Array.from({ length: rows }, (_, i) =>
    lists.reduce((sum, [, list]) => sum + Array.from(list as ArrayLike<number>).filter((j) => j === i).length, 0),
  );
  const most = Math.max(...counts, 0);
  return counts.map((count) => (most === 0 ? 1 : count / most));
}

/** Compares slopes with the twin's, relative to the largest. */
export function expectSlopes(actual: Matrix, expected: Rows): void {
  const flat = expected.flat();
  const peak = Math.max(1e-2, ...flat.map(Math.abs));
  expect(actual.data.length).toBe(flat.length);
  const worst = flat.reduce((max, slope, k) => Math.max(max, Math.abs(slope - actual.data[k])), 0);
  expect(worst / peak).toBeLessThan(5e-4);
}

/** A seeded matrix of normal entries, rounded to float32. */
export function normalMatrix(rows: number, cols: number, seed: number): Matrix {
  const random = new Random(seed);
  return { data: Float32Array.from({ length: rows * cols }, () => random.normal()), rows, cols };
}
