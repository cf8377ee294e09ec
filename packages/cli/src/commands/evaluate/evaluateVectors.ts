import {
  AccuracyCalculator,
  adjustedMutualInformation,
  CosineSimilarity,
  kMeans,
  LpDistance,
  normalizedMutualInformation,
  verification,
  type Confusion,
  type Distance,
  type Matrix,
  type MetricName,
  type VerificationResult,
} from "kindred";
import type { DataSet } from "../../data/dataSet.ts";
import { unitRows } from "../../data/unitRows.ts";
import { vectorFaults } from "../../data/vectorFaults.ts";
import { atTheDoor, InputError } from "../../door/inputError.ts";

export type DistanceName = "cosine" | "euclidean";

/** The false-accept rate that verification is told at. */
const FALSE_ACCEPT_RATE = 1e-3;
/** The depths of precision@k and recall@k, where there are as many neighbours. */
const usualDepths: readonly number[] = [1, 5, 10];

/** What is asked of embeddings. */
export interface EvaluateQuestion {
  readonly queries: DataSet;
  /** What they are looked for among; null: the other queries. */
  readonly reference: DataSet | null;
  /** null: 1, 5 and 10, where there are as many neighbours. */
  readonly depths: readonly number[] | null;
  readonly distance: DistanceName;
  readonly clusters: boolean;
  readonly verification: boolean;
  readonly seed: number;
}

/** A metric's value, with its 95 % interval over the choice of queries where it is a mean over them. */
interface Metric {
  readonly name: MetricName;
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/** How well a class is found. */
export interface ClassScore {
  readonly label: string;
  readonly queries: number;
  readonly precisionAt1: number;
  readonly meanAveragePrecisionAtR: number;
}

/** What {@link evaluateVectors} finds. */
export interface Evaluation {
  readonly metrics: readonly Metric[];
  readonly queries: number;
  readonly references: number;
  readonly evaluated: number;
  /** Queries without another of their class among the references; left out. */
  readonly singletons: number;
  /** The worst first: by MAP@R, then by precision@1, then by label. */
  readonly classes: readonly ClassScore[];
  /** Classes that are taken for one another, the most often confused first. */
  readonly confusions: readonly Confusion<string>[];
  readonly verification: VerificationResult | null;
  /** What makes the figures mean little, a sentence each. */
  readonly faults: readonly string[];
}

function distanceOf(name: DistanceName): Distance {
  return name === "cosine" ? new CosineSimilarity() : new LpDistance({ normalizeEmbeddings: false });
}

/**
 * Looks for the neighbours of each query.
 *
 * @throws InputError when k is more than there are neighbours, or labels leave nothing to judge
 */
export function evaluateVectors(
  question: EvaluateQuestion,
  onProgress: (done: number, total: number) => void = () => {},
): Evaluation {
  const { queries, reference, seed } = question;
  checkLabels(queries, reference);
  const available = reference === null ? queries.labels.length - 1 : reference.labels.length;
  const names = metricNames(question.depths ?? usualDepths.filter((k) => k <= available), available);
  const distance = distanceOf(question.distance);
  const calculator = new AccuracyCalculator<string, MetricName>({
    include: names,
    distance,
    bootstrap: true,
    returnPerClass: true,
    returnConfusions: true,
    seed,
    onProgress,
  });
  const result = atTheDoor(() =>
    calculator.getAccuracy({
      query: queries.vectors,
      queryLabels: queries.labels,
      ...(reference !== null && { reference: reference.vectors, referenceLabels: reference.labels }),
    }),
  );
  const ranked = names.map((name) => ({ name, value: result.metrics[name]!, interval: result.intervals![name]! }));
  const { labels, queries: counts, metrics } = result.perClass!;
  const classes = labels.map((label, c) => ({
    label,
    queries: counts[c],
    precisionAt1: metrics.precisionAt1![c],
    meanAveragePrecisionAtR: metrics.meanAveragePrecisionAtR![c],
  }));
  return {
    metrics: [...ranked, ...(question.clusters ? clusterMetrics(question) : [])],
    queries: result.queries,
    references: result.references,
    evaluated: result.evaluated,
    singletons: result.excluded,
    classes: classes.sort(
      (a, b) => a.meanAveragePrecisionAtR - b.meanAveragePrecisionAtR || a.precisionAt1 - b.precisionAt1,
    ),
    confusions: result.confusions!,
    verification: question.verification ? verify(question, distance) : null,
    faults: [queries, ...(reference === null ? [] : [reference])].flatMap(({ name, vectors }) =>
      vectorFaults(name, vectors, question.distance === "cosine"),
    ),
  };
}

/** precision@k and recall@k at each depth, and what needs no depth. */
function metricNames(depths: readonly number[], available: number): MetricName[] {
  const tooDeep = depths.find((k) => k > available);
  if (tooDeep !== undefined)
    throw new InputError(
      `--k is ${tooDeep}, but a query has ${available} neighbours to choose from; give k <= ${available}`,
    );
  const sorted = [...new Set([1, ...depths])].sort((a, b) => a - b);
  return [
    ...sorted.map((k) => `precisionAt${k}` as const),
    ...sorted.filter((k) => depths.includes(k)).map((k) => `recallAt${k}` as const),
    "rPrecision",
    "meanAveragePrecisionAtR",
    "meanReciprocalRank",
    "ndcg",
  ];
}

/** k-means clusters, as many as there are classes, beside the classes. */
function clusterMetrics({ queries, distance, seed }: EvaluateQuestion): Metric[] {
  const { labels } = queries;
  const points: Matrix = distance === "cosine" ? unitRows(queries.vectors) : queries.vectors;
  const clusters = kMeans(points, new Set(labels).size, { seed }).labels;
  return [
    { name: "NMI", value: normalizedMutualInformation(labels, clusters), interval: null },
    { name: "AMI", value: adjustedMutualInformation(labels, clusters), interval: null },
  ];
}

function verify({ queries, reference }: EvaluateQuestion, distance: Distance): VerificationResult {
  return verification(
    {
      query: queries.vectors,
      queryLabels: queries.labels,
      ...(reference !== null && { reference: reference.vectors, referenceLabels: reference.labels }),
    },
    { distance, falseAcceptRates: [FALSE_ACCEPT_RATE] },
  );
}

function checkLabels(queries: DataSet, reference: DataSet | null): void {
  const among = reference ?? queries;
  const classes = new Set(among.labels);
  if (new Set([...classes, ...queries.labels]).size < 2)
    throw new InputError(
      `${among.name} holds one class only (${JSON.stringify(among.labels[0])}), so that every neighbour is right; give two classes or more`,
    );
  if (reference === null && classes.size === queries.labels.length)
    throw new InputError(
      `each of the ${classes.size} classes of ${queries.name} has one sample, so that no neighbour can be right. Is this column the label?`,
    );
  if (reference !== null && !queries.labels.some((label) => classes.has(label)))
    throw new InputError(
      `no label of ${queries.name} (such as ${JSON.stringify(queries.labels[0])}) occurs in ${reference.name} (such as ${JSON.stringify(reference.labels[0])}), ` +
        "so that no neighbour can be right. Are both columns the label?",
    );
}
