import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { answer } from "../../../conformance/answer.mjs";
import {
  AvgNonZeroReducer,
  ClassWeightedReducer,
  ContrastiveLoss,
  CosineSimilarity,
  DotProductSimilarity,
  LpDistance,
  NTXentLoss,
  PerAnchorReducer,
  SNRDistance,
  TripletMarginLoss,
  joinTuples,
  toPairs,
  type Distance,
  type Label,
  type Loss,
  type Pairs,
  type Reducer,
  type Tuples,
} from "../src/index.ts";
import { differencesOf, pairedDifferences, plainLoss, zeros } from "./support/dynamicSoftMargin.ts";
import { goldenCases, goldenFiles, type GoldenCase } from "./support/goldens.ts";
import { plainLiftedItems } from "./support/liftedStructure.ts";
import {
  fromRows,
  listPairs,
  numericSlope,
  plainDistances,
  plainPairs,
  plainReduce,
  plainTriplets,
  type Item,
  type Pair,
  type Rows,
} from "./support/plain.ts";

// The recorded cases in which pytorch-metric-learning errs, by kind, and what kindred does there: value and slopes are
// finite, and the value is that of the equation, written out here; or the input is refused.

interface PlainMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: readonly (number | string)[];
}

interface Step {
  readonly embeddings: PlainMatrix;
  readonly labels: Label[];
  readonly tuples?: Tuples;
}

interface QuirkCase extends GoldenCase {
  readonly quirk: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly embeddings: PlainMatrix;
  readonly labels: Label[] | null;
  readonly reference?: PlainMatrix;
  readonly referenceLabels?: Label[];
  readonly tuples?: Tuples;
  readonly distance?: { readonly class: string; readonly options: object };
  readonly reducer?: { readonly options: { readonly weights: readonly number[] } };
  readonly loss?: { readonly class: string };
  readonly parameters?: Readonly<Record<string, PlainMatrix>>;
  readonly steps?: readonly (Step & { readonly expected?: unknown })[];
  readonly expected?: Evaluated;
}

interface Evaluated {
  readonly loss: number | string;
  readonly gradients: Readonly<Record<string, PlainMatrix>>;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly matrix?: PlainMatrix;
  readonly tuples?: unknown;
  readonly subLosses?: Readonly<Record<string, { losses: number[] | 0; indices: number[] | number[][] }>>;
  readonly steps?: readonly Evaluated[];
}

const all = goldenFiles()
  .filter((file) => file !== "sensitivity")
  .flatMap((file) => goldenCases(file).filter(({ quirk }) => quirk !== undefined) as unknown as QuirkCase[]);
const kinds = [...new Set(all.map(({ quirk }) => quirk))].sort();

function ask(given: object): { readonly result?: Evaluated; readonly error?: string } {
  return answer(JSON.stringify(given)) as { result?: Evaluated; error?: string };
}

/** What kindred gives; every number of it is finite. */
function evaluate(given: object): Evaluated {
  const { result, error } = ask(given);
  expect(error).toBeUndefined();
  for (const part of result!.steps ?? [result!]) {
    if (part.loss !== undefined) expect(part.loss).toSatisfy(Number.isFinite);
    for (const [name, { data }] of Object.entries(part.gradients ?? {}))
      expect(
        data.filter((slope) => !Number.isFinite(slope)),
        `slope of ${name}`,
      ).toEqual([]);
  }
  return result!;
}

function rowsOf({ data, rows, cols }: PlainMatrix): Rows {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: cols }, (_, k) => Math.fround(Number(data[i * cols + k]))),
  );
}

function expectClose(given: number | string, expected: number, digits = 4): void {
  expect(Math.abs(Number(given) - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(10 ** -digits);
}

/** Where the recorded number is finite, kindred's is the same. */
function expectFinitePartOf(
  recorded: Evaluated,
  given: Evaluated,
  leaveOut = (_name: string, _row: number): boolean => false,
): void {
  if (recorded.loss !== undefined) expectClose(given.loss, Number(recorded.loss));
  for (const [name, { data, cols }] of Object.entries(recorded.gradients)) {
    const isKept = data.map((x, k) => Number.isFinite(Number(x)) && !leaveOut(name, Math.floor(k / cols)));
    const peak = data.reduce<number>((max, x, k) => (isKept[k] ? Math.max(max, Math.abs(Number(x))) : max), 1e-2);
    const worst = data.reduce<number>(
      (max, x, k) => (isKept[k] ? Math.max(max, Math.abs(Number(x) - Number(given.gradients[name].data[k]))) : max),
      0,
    );
    expect(worst / peak, name).toBeLessThan(1e-3);
  }
}

function zeroRows({ data, cols }: PlainMatrix): ReadonlySet<number> {
  const rows = Array.from({ length: data.length / cols }, (_, i) => i);
  return new Set(rows.filter((i) => data.slice(i * cols, (i + 1) * cols).every((x) => Number(x) === 0)));
}

const distances: Readonly<Record<string, (options: object) => Distance>> = {
  CosineSimilarity: (options) => new CosineSimilarity(options),
  DotProductSimilarity: (options) => new DotProductSimilarity(options),
  LpDistance: (options) => new LpDistance(options),
};

const softplus = (x: number): number => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));
const hinge = (x: number): number => Math.max(0, x);
const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / Math.max(1, list.length);

/** The loss of an anchor with one positive and one negative: how it compares, and its default options' equation. */
const ofOnePair: Readonly<Record<string, [Distance, (p: number, n: number, anchors: number) => number]>> = {
  CircleLoss: [
    new CosineSimilarity(),
    (p, n) => softplus(80 * hinge(n + 0.4) * (n - 0.4) - 80 * hinge(1.4 - p) * (p - 0.6)),
  ],
  ContrastiveLoss: [new LpDistance(), (p, n) => p + hinge(1 - n)],
  GeneralizedLiftedStructureLoss: [new LpDistance(), (p, n, anchors) => hinge(p + 1 - n) / anchors],
  // a pair alone is its own mean: what is left is (0.01 s)^2, on the good side of the mean for positive similarities
  IntraPairVarianceLoss: [new CosineSimilarity(), (p, n) => hinge(-0.01 * p) ** 2 + hinge(-0.01 * n) ** 2],
  LiftedStructureLoss: [new LpDistance(), (p, n) => hinge(1 - n + p) ** 2 / 2],
  MultiSimilarityLoss: [
    new CosineSimilarity(),
    (p, n, anchors) => (softplus(-2 * (p - 0.5)) / 2 + softplus(50 * (n - 0.5)) / 50) / anchors,
  ],
  NTXentLoss: [new CosineSimilarity(), (p, n) => softplus((n - p) / 0.07)],
  SignalToNoiseRatioContrastiveLoss: [new SNRDistance(), (p, n) => p + hinge(1 - n)],
  SupConLoss: [new CosineSimilarity(), (p, n) => softplus((n - p) / 0.1)],
  TupletMarginLoss: [
    new CosineSimilarity(),
    (p, n) => softplus(64 * (n - Math.cos(Math.acos(p) - (5.73 * Math.PI) / 180))),
  ],
};

/** Of all similarities of a batch, in 100 bins, those equal to 1 in the last. */
function plainHistogramLoss(rows: Rows, labels: readonly Label[]): number {
  const similarities = plainDistances(new CosineSimilarity(), rows, rows);
  const isLive = labels.map((label) => labels.filter((other) => other === label).length > 1);
  const shares = (isPositive: boolean): number[] => {
    const edges = new Array<number>(101).fill(0);
    let pairs = 0;
    for (let i = 0; i < rows.length; i++)
      for (let j = 0; j < i; j++) {
        if ((labels[i] === labels[j]) !== isPositive || !(isLive[i] || isLive[j])) continue;
        const place = Math.min(100, (similarities[i][j] + 1) / 0.02);
        const bin = Math.min(99, Math.floor(place));
        edges[bin] += bin + 1 - place;
        edges[bin + 1] += place - bin;
        pairs++;
      }
    return edges.map((edge) => edge / pairs);
  };
  const [positive, negative] = [shares(true), shares(false)];
  return negative.reduce((sum, edge, r) => sum + edge * positive.slice(0, r + 1).reduce((a, b) => a + b, 0), 0);
}

/** The items that a loss hands to its reducer, by sub-loss, with the anchor of each. */
function itemsOf(given: QuirkCase): { readonly items: readonly Item[]; readonly kind: string }[] {
  const { subLosses } = evaluate({ ...given, reducer: { class: "DoNothingReducer", options: {} } });
  return Object.values(subLosses!).map(({ losses, indices }) => {
    const isPairs = Array.isArray(indices[0]);
    const anchors = (isPairs ? indices[0] : indices) as number[];
    const items = (losses as number[]).map((loss, k) => ({ anchor: anchors[k], loss }));
    return { items, kind: isPairs ? "pos_pair" : "element" };
  });
}

function expectReduced(given: QuirkCase, reducer: Reducer): void {
  const { labels, embeddings } = given;
  const expected = itemsOf(given).reduce(
    (sum, { items, kind }) => sum + plainReduce(reducer, items, kind, embeddings.rows, labels),
    0,
  );
  expectClose(evaluate(given).loss, expected);
}

/** ContrastiveLoss over given pairs: each anchor's mean, and the mean of those over all anchors. */
function plainPerAnchor(rows: Rows, tuples: Tuples): number {
  const between = plainDistances(new LpDistance(), rows, rows);
  const [positives, negatives] = listPairs(tuples);
  const perAnchor = (pairs: readonly Pair[], loss: (d: number) => number): number =>
    mean(rows.map((_, anchor) => mean(pairs.filter(([a]) => a === anchor).map(([a, j]) => loss(between[a][j])))));
  return perAnchor(positives, (d) => d) + perAnchor(negatives, (d) => hinge(1 - d));
}

interface LiftedMargins {
  readonly posMargin?: number;
  readonly negMargin?: number;
}

function plainLifted(
  rows: Rows,
  reference: Rows,
  [positives, negatives]: readonly [readonly Pair[], readonly Pair[]],
  distance: Distance = new LpDistance(),
  { posMargin = 0, negMargin = 1 }: LiftedMargins = {},
): number {
  const items = plainLiftedItems(
    {
      distances: plainDistances(distance, rows, reference),
      isInverted: distance.isInverted,
      isSelf: false,
      positives,
      negatives,
    },
    { posMargin, negMargin },
  );
  return positives.length === 0 || negatives.length === 0 ? 0 : mean(items.map(({ loss }) => loss));
}

/** The memory before and after each step, place by place, and where the batch went. */
function remember(steps: readonly Step[], memorySize: number): { rows: Rows; labels: Label[]; places: number[] }[] {
  const rows: Rows = [];
  const labels: Label[] = [];
  let next = 0;
  return steps.map((step) => {
    const places = rowsOf(step.embeddings).map((row, i) => {
      const place = (next + i) % memorySize;
      [rows[place], labels[place]] = [row, step.labels[i]];
      return place;
    });
    next = (next + places.length) % memorySize;
    return { rows: [...rows], labels: [...labels], places };
  });
}

const memorized: Readonly<Record<string, () => Loss>> = {
  ContrastiveLoss: () => new ContrastiveLoss({ whenSilent: "ignore" }),
  NTXentLoss: () => new NTXentLoss({ whenSilent: "ignore" }),
  TripletMarginLoss: () => new TripletMarginLoss({ whenSilent: "ignore" }),
};

const pairsOf = (positives: readonly Pair[], negatives: readonly Pair[]): Pairs => ({
  anchors1: positives.map(([a]) => a),
  positives: positives.map(([, p]) => p),
  anchors2: negatives.map(([a]) => a),
  negatives: negatives.map(([, n]) => n),
});

/** What kindred does about a kind of cases. */
interface Commitment {
  readonly says: string;
  readonly holds: (given: QuirkCase) => void;
}

const commitments: Readonly<Record<string, Commitment>> = {
  "acos-on-class-weight": {
    says: "an embedding along its class vector has a finite slope, and all other numbers are the recorded ones",
    holds: (given) => expectFinitePartOf(given.expected!, evaluate(given)),
  },
  "class-weights-broadcast": {
    says: "each item is weighted by its own class",
    holds: (given) => {
      const weights = new Map<Label, number>(given.reducer!.options.weights.map((weight, label) => [label, weight]));
      expectReduced(given, new ClassWeightedReducer({ weights }));
    },
  },
  "dynamic-soft-margin-no-labels": {
    says: "the loss of pairs by place has slopes; rows without a partner make no pair",
    holds: (given) => {
      const rows = rowsOf(given.embeddings);
      const differences = pairedDifferences(rows, given.reference === undefined ? rows : rowsOf(given.reference));
      const { loss, gradients } = evaluate(given);
      expectClose(loss, plainLoss(differences, zeros(10), {})[0]);
      expect(gradients.embeddings.data.some((slope) => slope !== 0)).toBe(true);
    },
  },
  "dynamic-soft-margin-range": {
    says: "differences in the last bin count there",
    holds: (given) => {
      const differences = differencesOf(rowsOf(given.embeddings), given.labels!);
      expectClose(evaluate(given).loss, plainLoss(differences, zeros(10), {})[0]);
    },
  },
  "histogram-range": {
    says: "a similarity of exactly 1 is in the last bin, and a distance that may exceed 1 is refused",
    holds: (given) => {
      if (given.distance?.class === "LpDistance")
        expect(ask(given).error).toMatch(/HistogramLoss works on DotProductSimilarity alone, given LpDistance/);
      else expectClose(evaluate(given).loss, plainHistogramLoss(rowsOf(given.embeddings), given.labels!));
    },
  },
  "labels-cast-to-float32": {
    says: "labels above 2^24 are told apart: renaming them changes no metric",
    holds: (given) => {
      const { queryLabels } = given as unknown as { queryLabels: number[] };
      const named = [...new Set(queryLabels)];
      const renamed = { ...given, queryLabels: queryLabels.map((label) => named.indexOf(label)) };
      const { metrics } = evaluate(given);
      expect(metrics).toEqual(evaluate(renamed).metrics);
      expect(metrics!.precisionAt1).not.toBeCloseTo(given.expected!.metrics!.precisionAt1);
    },
  },
  "lifted-reference-index": {
    says: "the negatives of a positive are those of its place in the reference",
    holds: (given) => {
      if (given.class === "CrossBatchMemory") {
        const { steps } = evaluate(given);
        remember(given.steps!, given.options.memorySize as number).forEach(({ rows, labels, places }, k) => {
          const [positives, negatives] = plainPairs(given.steps![k].labels, labels);
          const others = positives.filter(([a, p]) => places[a] !== p);
          const batch = rowsOf(given.steps![k].embeddings);
          expectClose(steps![k].loss, plainLifted(batch, rows, [others, negatives]));
        });
        return;
      }
      const [rows, reference] = [rowsOf(given.embeddings), rowsOf(given.reference!)];
      const isSelfSupervised = given.class === "SelfSupervisedLoss";
      const labels = isSelfSupervised ? rows.map((_, i) => i) : given.labels!;
      const referenceLabels = isSelfSupervised ? labels : given.referenceLabels!;
      const pairs = given.tuples === undefined ? plainPairs(labels, referenceLabels) : listPairs(given.tuples);
      const distance = distances[given.distance?.class ?? "LpDistance"](given.distance?.options ?? {});
      const margins = isSelfSupervised ? {} : given.options;
      expectClose(evaluate(given).loss, plainLifted(rows, reference, pairs, distance, margins));
    },
  },
  "manifold-lambda-infinite": {
    says: "lambdaC of infinity leaves the context loss alone",
    holds: (given) => {
      const [none, one] = [0, 1].map((lambdaC) => evaluate({ ...given, options: { ...given.options, lambdaC } }));
      const { loss, gradients } = evaluate(given);
      expectClose(loss, Number(one.loss) - Number(none.loss), 6);
      gradients.embeddings.data.forEach((slope, k) =>
        expect(slope).toBeCloseTo(
          Number(one.gradients.embeddings.data[k]) - Number(none.gradients.embeddings.data[k]),
          7,
        ),
      );
    },
  },
  "manifold-small-batch": {
    says: "a batch smaller than K draws its meta classes too, the same from the same seed",
    holds: (given) => {
      const { loss } = evaluate(given);
      expect(loss).toBeGreaterThan(0);
      expect(evaluate(given).loss).toBe(loss);
      expect(evaluate({ ...given, options: { ...given.options, seed: 1 } }).loss).not.toBe(loss);
    },
  },
  "memory-batch-of-1": {
    says: "a batch of one is not its own positive",
    holds: (given) => {
      if (given.class === "CrossBatchMemory") {
        const { steps } = evaluate(given);
        remember(given.steps!, given.options.memorySize as number).forEach(({ rows, labels, places }, k) => {
          const [positives, negatives] = plainPairs(given.steps![k].labels, labels);
          const between = plainDistances(new LpDistance(), rowsOf(given.steps![k].embeddings), rows);
          const nonZero = (losses: number[]): number => mean(losses.filter((loss) => loss > 0));
          const others = positives.filter(([a, p]) => places[a] !== p);
          expectClose(
            steps![k].loss,
            nonZero(others.map(([a, p]) => between[a][p])) +
              nonZero(negatives.map(([a, n]) => hinge(1 - between[a][n]))),
          );
        });
        return;
      }
      const { anchors1, positives, ...rest } = given.tuples as Pairs;
      const [own] = (given as unknown as { batchIndices: number[] }).batchIndices;
      const kept = Array.from(positives, (_, k) => k).filter((k) => anchors1[k] !== 0 || positives[k] !== own);
      expect(evaluate(given).tuples).toEqual({
        anchors1: kept.map((k) => anchors1[k]),
        positives: kept.map((k) => positives[k]),
        ...rest,
      });
    },
  },
  "memory-input-tuples": {
    says: "tuples of the batch are found again at the places that the batch took in memory",
    holds: (given) => {
      const { steps } = evaluate(given);
      remember(given.steps!, given.options.memorySize as number).forEach(({ rows, labels, places }, k) => {
        const { embeddings, labels: own, tuples } = given.steps![k];
        const [positives, negatives] = plainPairs(own, labels);
        const found = pairsOf(
          positives.filter(([a, p]) => places[a] !== p),
          negatives,
        );
        const moved = {
          ...tuples!,
          positives: Array.from(tuples!.positives, (p) => places[p]),
          negatives: Array.from(tuples!.negatives, (n) => places[n]),
        };
        const { value } = memorized[given.loss!.class]().evaluate(fromRows(rowsOf(embeddings)), own, {
          reference: fromRows(rows),
          referenceLabels: labels,
          tuples: joinTuples(found, toPairs(moved, own, labels)),
        });
        expectClose(steps![k].loss, value, 6);
      });
    },
  },
  "nca-empty-mean": {
    says: "no match is a loss of 0 without slopes, and a label without a proxy is refused",
    holds: (given) => {
      if (given.class === "ProxyNCALoss") {
        expect(ask(given).error).toMatch(/labels\[0\] is 1187984; ProxyNCALoss knows 0 to 3/);
        return;
      }
      const { loss, gradients } = evaluate(given);
      expect(loss).toBe(0);
      for (const { data } of Object.values(gradients)) expect(data.every((slope) => slope === 0)).toBe(true);
    },
  },
  "one-pair-is-zero": {
    says: "one positive and one negative pair have a loss like any others",
    holds: (given) => {
      const [distance, loss] = ofOnePair[given.class];
      const { anchors1, positives, negatives } = given.tuples as Pairs;
      const rows = rowsOf(given.embeddings);
      const [row] = plainDistances(distance, [rows[anchors1[0]]], rows);
      const anchors = ["MultiSimilarityLoss", "GeneralizedLiftedStructureLoss"].includes(given.class) ? rows.length : 1;
      expectClose(evaluate(given).loss, loss(row[positives[0]], row[negatives[0]], anchors));
    },
  },
  "per-anchor-column-losses": {
    says: "every loss of pairs can be averaged by anchor",
    holds: (given) => expectReduced(given, new PerAnchorReducer()),
  },
  "per-anchor-reference-size": {
    says: "the reference may be larger than the batch",
    holds: (given) => expectReduced(given, new PerAnchorReducer()),
  },
  "per-anchor-repeated-gradient": {
    says: "a pair given k times counts k times, in the value and in its slope",
    holds: (given) => {
      const rows = rowsOf(given.embeddings);
      const { loss, gradients } = evaluate(given);
      expectClose(loss, plainPerAnchor(rows, given.tuples!));
      const slopes = numericSlope(rows, (moved) => plainPerAnchor(moved, given.tuples!)).flat();
      slopes.forEach((slope, k) => expect(gradients.embeddings.data[k]).toBeCloseTo(slope, 4));
    },
  },
  "power-below-1-self-distance": {
    says: "the distance of a sample to itself has no slope",
    holds: (given) => {
      const { cotangent, embeddings } = given as unknown as { cotangent: PlainMatrix; embeddings: PlainMatrix };
      const steep = cotangent.data.map((x, k) => (k % (embeddings.rows + 1) === 0 ? 5 : x));
      const given5 = evaluate({ ...given, cotangent: { ...cotangent, data: steep } });
      expectFinitePartOf(given.expected!, given5);
    },
  },
  "reciprocal-rank-alone": {
    says: "the mean reciprocal rank alone is what it is among others",
    holds: (given) => {
      const among = evaluate({ ...given, options: { include: ["mean_reciprocal_rank", "precision_at_1"] } });
      expect(evaluate(given).metrics).toEqual({ meanReciprocalRank: among.metrics!.meanReciprocalRank });
    },
  },
  "snr-zero-variance": {
    says: "an anchor without variance has finite distances and no slope",
    holds: (given) => {
      const [constant] = zeroRows(given.embeddings);
      const { cotangent } = given as unknown as { cotangent: PlainMatrix };
      const { matrix, gradients } = evaluate(given);
      expect(matrix!.data.every(Number.isFinite)).toBe(true);
      const isOfIt = (k: number): boolean => Math.floor(k / cotangent.cols) === constant;
      matrix!.data.forEach((value, k) => {
        if (!isOfIt(k)) expectClose(value, Number(given.expected!.matrix!.data[k]));
      });
      const without = { ...cotangent, data: cotangent.data.map((x, k) => (isOfIt(k) ? 0 : x)) };
      expect(gradients).toEqual(evaluate({ ...given, cotangent: without }).gradients);
    },
  },
  "sparse-centers-equal": {
    says: "equal centers have a finite slope, and all other numbers are the recorded ones",
    holds: (given) => expectFinitePartOf(given.expected!, evaluate(given)),
  },
  "subcenter-ignores-kwargs": {
    says: "reducer and regularizer have their effect: n times the recorded mean, and half the mean length of the centers",
    holds: (given) => {
      const { data, rows, cols } = given.parameters!.W;
      const length = (c: number): number =>
        Math.sqrt(Array.from({ length: rows }, (_, k) => Number(data[k * cols + c]) ** 2).reduce((a, b) => a + b, 0));
      const lengths = mean(Array.from({ length: cols }, (_, c) => length(c)));
      expectClose(evaluate(given).loss, given.embeddings.rows * Number(given.expected!.loss) + 0.5 * lengths);
    },
  },
  "swap-with-reference": {
    says: "the distance between positive and negative is one between two references",
    holds: (given) => {
      const [rows, reference] = [rowsOf(given.embeddings), rowsOf(given.reference!)];
      const between = plainDistances(new LpDistance(), rows, reference);
      const among = plainDistances(new LpDistance(), reference, reference);
      const items = plainTriplets(...plainPairs(given.labels!, given.referenceLabels!)).map(([a, p, n]) => ({
        anchor: a,
        loss: hinge(between[a][p] - Math.min(between[a][n], among[p][n]) + 0.05),
      }));
      expectClose(evaluate(given).loss, plainReduce(new AvgNonZeroReducer(), items, "triplet", rows.length, null));
    },
  },
  "tcm-ignores-reference": {
    says: "positives and negatives are taken from the reference",
    holds: (given) => {
      const between = plainDistances(new CosineSimilarity(), rowsOf(given.embeddings), rowsOf(given.reference!));
      const [positives, negatives] = plainPairs(given.labels!, given.referenceLabels!);
      const low = positives.map(([a, p]) => 0.9 - between[a][p]).filter((x) => x >= 0);
      const high = negatives.map(([a, n]) => between[a][n] - 0.5).filter((x) => x >= 0);
      expectClose(evaluate(given).loss, mean(low) + mean(high));
    },
  },
  "tuplet-acos": {
    says: "equal positives have a bounded slope, and all other numbers are the recorded ones",
    holds: (given) => expectFinitePartOf(given.expected!, evaluate(given)),
  },
  "vicreg-size-1": {
    says: "a single sample has no variance: what is left is how far its views are apart",
    holds: (given) => {
      const [[x], [y]] = [rowsOf(given.embeddings), rowsOf(given.reference!)];
      expectClose(evaluate(given).loss, 25 * mean(x.map((value, k) => (value - y[k]) ** 2)));
    },
  },
  "zero-vector": {
    says: "the zero vector has no direction and no slope, and all other numbers are the recorded ones",
    holds: (given) => {
      const zero = zeroRows(given.embeddings);
      const result = evaluate(given);
      expectFinitePartOf(given.expected!, result, (name, row) => name === "embeddings" && zero.has(row));
      expect(zero.size).toBe(1);
      for (const row of zero) expect(rowsOf(result.gradients.embeddings)[row].every((slope) => slope === 0)).toBe(true);
    },
  },
};

describe("where pytorch-metric-learning errs", () => {
  it("every recorded kind has its answer here, and no other", () => {
    expect(Object.keys(commitments).sort()).toEqual(kinds);
  });

  describe.each(Object.entries(commitments))("%s", (kind, { says, holds }) => {
    const cases = all.filter(({ quirk }) => quirk === kind);
    it(`${says} (${cases.length} recorded)`, () => {
      for (const given of cases) holds(given);
    });
  });

  it("docs/differences-from-pml.md names every kind", () => {
    const page = readFileSync(new URL("../../../docs/differences-from-pml.md", import.meta.url), "utf8");
    const named = [...page.matchAll(/`([a-z0-9]+(?:-[a-z0-9]+)+)`/g)].map(([, name]) => name);
    for (const kind of kinds) expect(named).toContain(kind);
  });
});
