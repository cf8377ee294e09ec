import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  AvgNonZeroReducer,
  ClassWeightedReducer,
  CosineSimilarity,
  DotProductSimilarity,
  LpDistance,
  MeanReducer,
  PerAnchorReducer,
  Random,
  SNRDistance,
  SumReducer,
  ThresholdReducer,
  type Distance,
  type Label,
  type MetricLoss,
  type MetricLossOptions,
  type Reducer,
  type Tuples,
} from "../../src/index.ts";
import {
  distancesAround,
  fromRows,
  listPairs,
  numericSlope,
  plainPairs,
  plainReduce,
  plainTriplets,
  reducerOf,
  type Item,
  type Pair,
  type Rows,
  type Triplet,
} from "./plain.ts";

/** What a twin is given: the whole distance matrix and every pair or triplet, listed. */
export interface TwinBatch {
  /** distances[a][j] of anchor a and reference j. */
  readonly distances: Rows;
  /** Distances among the references, for losses that compare positives with negatives. */
  readonly referenceDistances: Rows;
  readonly isInverted: boolean;
  readonly isSelf: boolean;
  readonly positives: readonly Pair[];
  readonly negatives: readonly Pair[];
  readonly triplets: readonly Triplet[];
  readonly labels: readonly Label[];
  readonly referenceLabels: readonly Label[];
}

/** The items of one sub-loss. */
export interface TwinSubLoss {
  readonly kind: "element" | "pos_pair" | "neg_pair" | "triplet" | "already_reduced";
  readonly items: readonly Item[];
}

/** What the shared tests need to know of a loss. */
interface LossContract {
  /** Makes the loss under test. */
  readonly make: (options: Partial<MetricLossOptions>) => MetricLoss;
  /** The loss written from its equation over all pairs: the items of each sub-loss. */
  readonly twin: (batch: TwinBatch) => Readonly<Record<string, TwinSubLoss>>;
  /** Default: cosine, dot product, Lp with p 2, 1 and 3, with powers, and SNR. */
  readonly distances?: readonly Distance[];
  /** Default: every reducer that suits the items. */
  readonly reducers?: readonly Reducer[];
  /** Whether a reference is allowed. Default true. */
  readonly takesReference?: boolean;
  /** Which tuples are allowed. Default both. */
  readonly takesTuples?: "pairs and triplets" | "none";
  /** False where the slope is not the value's derivative by design (CircleLoss). Default true. */
  readonly hasTrueSlope?: boolean;
}

const weights = new ClassWeightedReducer({
  weights: new Map<Label, number>([
    ["a", 0.5],
    ["b", 2],
    ["c", 1.25],
    ["d", 0.75],
  ]),
});

export const allDistances: readonly Distance[] = [
  new CosineSimilarity(),
  new DotProductSimilarity({ normalizeEmbeddings: false }),
  new LpDistance(),
  new LpDistance({ power: 2 }),
  new LpDistance({ normalizeEmbeddings: false, p: 1 }),
  new LpDistance({ p: 3, power: 2 }),
  new SNRDistance(),
];

export const allReducers: readonly Reducer[] = [
  new MeanReducer(),
  new SumReducer(),
  new AvgNonZeroReducer(),
  new ThresholdReducer({ low: 0.1, high: 5 }),
  new ThresholdReducer({ high: 0.8 }),
  weights,
  new PerAnchorReducer({ reducer: new AvgNonZeroReducer() }),
];

interface Scene {
  readonly cols: number;
  readonly rows: Rows;
  readonly labels: readonly Label[];
  readonly reference: Rows | null;
  readonly referenceLabels: readonly Label[] | null;
  readonly tuples: Tuples | null;
}

/** Tests every loss that is made of items on pairs or triplets against its twin: values and slopes. */
export function describeLossContract(name: string, contract: LossContract): void {
  const distances = contract.distances ?? allDistances;
  const reducers = contract.reducers ?? allReducers;
  const takesReference = contract.takesReference ?? true;
  const takesTuples = (contract.takesTuples ?? "pairs and triplets") !== "none";

  describe(`${name} equals its brute-force twin in value and slope`, () => {
    for (const distance of distances) {
      const label = `${distance.name} p ${distance.p} power ${distance.power}`;
      it(`with ${label}`, () => compareOn(scene({ n: 11, d: 5, seed: 1 }), distance));
    }
    for (const reducer of reducers) {
      it(`reduced by ${reducer.name}`, () => compareOn(scene({ n: 13, d: 4, seed: 2 }), distances[0], reducer));
      if (takesReference)
        it(`reduced by ${reducer.name}, with a reference`, () =>
          compareOn(scene({ n: 7, d: 4, m: 9, seed: 3 }), distances[0], reducer));
      if (takesTuples)
        it(`reduced by ${reducer.name}, with tuples`, () =>
          compareOn(scene({ n: 8, d: 4, seed: 4, tuples: "pairs" }), distances[0], reducer));
    }
    for (const n of [0, 1, 2, 37])
      it(`on ${n} samples`, { tags: n > 2 ? ["long"] : [] }, () =>
        compareOn(scene({ n, d: 3, seed: 5 }), distances[0]),
      );

    it("on batches of any shape", { tags: ["long"] }, () => {
      const shape = fc.record({
        n: fc.integer({ min: 0, max: 9 }),
        d: fc.integer({ min: 4, max: 7 }),
        m: fc.option(fc.integer({ min: 1, max: 8 })),
        seed: fc.integer({ min: 0, max: 1e6 }),
        tuples: fc.constantFrom(null, "pairs" as const, "triplets" as const),
        distance: fc.constantFrom(...distances),
        reducer: fc.constantFrom(...reducers),
      });
      fc.assert(
        fc.property(shape, ({ n, d, m, seed, tuples, distance, reducer }) => {
          const given = { n, d, seed, m: takesReference ? m : null, tuples: takesTuples && n > 0 ? tuples : null };
          compareOn(scene(given), distance, reducer);
        }),
        { numRuns: 60, seed: 7 },
      );
    });
  });

  function compareOn(given: Scene, distance: Distance, reducer?: Reducer): void {
    const make = (): MetricLoss => contract.make({ distance, ...(reducer && { reducer }), whenSilent: "ignore" });
    const loss = make();
    const { cols } = given;
    const options = {
      tuples: given.tuples ?? undefined,
      reference: given.reference === null ? undefined : fromRows(given.reference, cols),
      referenceLabels: given.referenceLabels ?? undefined,
    };
    const refusal = tripletRefusal(given, reducer);
    if (refusal) {
      expect(() => loss.evaluate(fromRows(given.rows, cols), given.labels, options)).toThrow(TypeError);
      return;
    }
    const { value, gradients } = loss.evaluate(fromRows(given.rows, cols), given.labels, options);
    if (given.reference !== null) {
      const fixed = make().evaluate(fromRows(given.rows, cols), given.labels, { ...options, learnReference: false });
      expect(fixed.value).toBe(value);
      expect(fixed.gradients.embeddings).toEqual(gradients.embeddings);
      expect(fixed.gradients).not.toHaveProperty("reference");
    }
    const twin = twinValue(loss, given, distance);
    const scale = Math.max(1, Math.abs(value));
    expect(Math.abs(value - twin(given.rows, given.reference)) / scale).toBeLessThan(2e-4);
    if (contract.hasTrueSlope === false) return;
    expectSlope(
      gradients.embeddings.data,
      numericSlope(given.rows, (rows) => twin(rows, given.reference)),
    );
    if (given.reference !== null)
      expectSlope(
        gradients.reference!.data,
        numericSlope(given.reference, (rows) => twin(given.rows, rows)),
      );
  }

  /** The twin's value of embeddings and reference. What does not depend on them is made once. */
  function twinValue(
    loss: MetricLoss,
    given: Scene,
    distance: Distance,
  ): (rows: Rows, reference: Rows | null) => number {
    const { labels, referenceLabels, tuples } = given;
    const [positives, negatives] = tuples === null ? plainPairs(labels, referenceLabels) : listPairs(tuples);
    const needs = loss.needs;
    if ((needs.positives && positives.length === 0) || (needs.negatives && negatives.length === 0)) return () => 0;
    const isListed = tuples !== null && "anchors" in tuples;
    const others = given.reference ?? given.rows;
    const between = distancesAround(distance, given.rows, others);
    const among = given.reference === null ? between : distancesAround(distance, others, others);
    const batch = {
      isInverted: distance.isInverted,
      isSelf: given.reference === null,
      positives,
      negatives,
      triplets: isListed
        ? positives.map(([a, p], k): Triplet => [a, p, negatives[k][1]])
        : plainTriplets(positives, negatives),
      labels,
      referenceLabels: referenceLabels ?? labels,
    };
    return (rows, reference) => {
      const distances = between(rows, reference ?? rows);
      const referenceDistances = reference === null ? distances : among(reference, reference);
      const subLosses = contract.twin({ ...batch, distances, referenceDistances });
      return Object.entries(subLosses).reduce((sum, [subLoss, { kind, items }]) => {
        if (kind === "already_reduced") return sum + (items[0]?.loss ?? 0);
        return sum + plainReduce(reducerOf(loss.reducer, subLoss), items, kind, rows.length, labels);
      }, 0);
    };
  }

  /** PerAnchorReducer refuses triplets, once there are pairs to reduce. */
  function tripletRefusal(given: Scene, reducer: Reducer | undefined): boolean {
    if (!(reducer instanceof PerAnchorReducer)) return false;
    const { labels, referenceLabels, tuples } = given;
    const [positives, negatives] = tuples === null ? plainPairs(labels, referenceLabels) : listPairs(tuples);
    if (positives.length === 0 || negatives.length === 0) return false;
    const sample = contract.twin({
      distances: given.rows.map(() => (given.reference ?? given.rows).map(() => 0.5)),
      referenceDistances: (given.reference ?? given.rows).map(() => (given.reference ?? given.rows).map(() => 0.5)),
      isInverted: false,
      isSelf: given.reference === null,
      positives,
      negatives,
      triplets: [],
      labels,
      referenceLabels: referenceLabels ?? labels,
    });
    return Object.values(sample).some(({ kind }) => kind === "triplet");
  }
}

function expectSlope(actual: Float32Array, expected: Rows): void {
  const flat = expected.flat();
  const peak = Math.max(1e-2, ...flat.map(Math.abs));
  expect(actual.length).toBe(flat.length);
  const worst = flat.reduce((max, slope, k) => Math.max(max, Math.abs(slope - actual[k])), 0);
  expect(worst / peak).toBeLessThan(5e-4);
}

/** A seeded batch: normal embeddings rounded to float32, labels of up to four classes. */
export function scene(shape: {
  n: number;
  d: number;
  seed: number;
  m?: number | null;
  tuples?: "pairs" | "triplets" | null;
}): Scene {
  const random = new Random(shape.seed);
  const row = (): number[] => Array.from({ length: shape.d }, () => Math.fround(random.normal()));
  const letters = (count: number): Label[] => Array.from({ length: count }, () => "abcd"[random.integer(4)]);
  const rows = Array.from({ length: shape.n }, row);
  const labels = letters(shape.n);
  const m = shape.m ?? null;
  const reference = m === null ? null : Array.from({ length: m }, row);
  const referenceLabels = m === null ? null : letters(m);
  const others = m ?? shape.n;
  const list = (count: number, upTo: number): number[] => Array.from({ length: count }, () => random.integer(upTo));
  let tuples: Tuples | null = null;
  if (shape.tuples === "triplets")
    tuples = { anchors: list(9, shape.n), positives: list(9, others), negatives: list(9, others) };
  if (shape.tuples === "pairs")
    tuples = {
      anchors1: list(6, shape.n),
      positives: list(6, others),
      anchors2: list(8, shape.n),
      negatives: list(8, others),
    };
  return { cols: shape.d, rows, labels, reference, referenceLabels, tuples };
}
