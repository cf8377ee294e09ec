import { evaluateRetrieval, type Matrix, type RetrievalMetric } from "kindred";
import { vectorFaults } from "../../data/vectorFaults.ts";
import { atTheDoor, InputError } from "../../door/inputError.ts";
import type { RelevantPairs } from "../../tables/pairs/relevantPairs.ts";
import type { DistanceName } from "./evaluateVectors.ts";

/** The depths of recall@k, where there are as many documents. */
const usualDepths: readonly number[] = [1, 5, 10];

/** Vectors with the identifiers of their rows. */
export interface IdentifiedVectors {
  /** What they are called in messages. */
  readonly name: string;
  readonly vectors: Matrix;
  readonly ids: readonly string[];
}

/** What is asked of queries and documents. */
export interface RetrievalQuestion {
  readonly queries: IdentifiedVectors;
  readonly documents: IdentifiedVectors;
  readonly relevant: RelevantPairs;
  /** What the pairs are called in messages. */
  readonly relevantName: string;
  /** Of recall@k; null: 1, 5 and 10, where there are as many documents. */
  readonly depths: readonly number[] | null;
  readonly distance: DistanceName;
  readonly seed: number;
}

/** A metric's value, with its 95 % interval over the choice of queries. */
interface Metric {
  readonly name: RetrievalMetric;
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number };
}

/** What {@link retrieveVectors} finds. */
export interface Retrieval {
  readonly metrics: readonly Metric[];
  /** Queries that were judged, and those to which nothing is relevant. */
  readonly evaluated: number;
  readonly leftOut: number;
  /** Relevant documents that are not there. */
  readonly missing: number;
  /** Queries of the pairs that are not there. */
  readonly strangers: number;
  /** What makes the figures mean little, a sentence each. */
  readonly faults: readonly string[];
}

/** Looks for each query's relevant documents. @throws InputError when k is more than there are documents, or no query can be judged */
export function retrieveVectors(question: RetrievalQuestion): Retrieval {
  const { queries, documents, relevant, relevantName, distance, seed } = question;
  const available = documents.ids.length;
  const depths = question.depths ?? usualDepths.filter((k) => k <= available);
  const tooDeep = depths.find((k) => k > available);
  if (tooDeep !== undefined)
    throw new InputError(`--k is ${tooDeep}, but ${documents.name} has ${available} documents; give k <= ${available}`);
  const names: RetrievalMetric[] = [
    "meanReciprocalRankAt10",
    "ndcgAt10",
    "meanAveragePrecisionAt100",
    ...[...new Set(depths)].sort((a, b) => a - b).map((k) => `recallAt${k}` as const),
  ];
  const { byQuery } = relevant;
  const known = new Set(queries.ids);
  const strangers = [...byQuery.keys()].filter((id) => !known.has(id));
  if (strangers.length === byQuery.size)
    throw new InputError(
      `no query of ${relevantName} (such as ${JSON.stringify(strangers[0])}) is in ${queries.name} (such as ${JSON.stringify(queries.ids[0])}); ` +
        "name the column of the queries' identifiers with --id",
    );
  const judgement = atTheDoor(() =>
    evaluateRetrieval(
      {
        queries: queries.vectors,
        queryIds: queries.ids,
        documents: documents.vectors,
        documentIds: documents.ids,
        relevant: byQuery,
      },
      { metrics: names, similarity: distance, bootstrap: true, seed },
    ),
  );
  if (judgement.queries === 0)
    throw new InputError(
      `every grade of ${relevantName} is 0, so that nothing is relevant to any query of ${queries.name}`,
    );
  const { metrics, intervals } = judgement;
  return {
    metrics: names.map((name) => ({ name, value: metrics[name], interval: intervals![name] })),
    evaluated: judgement.queries,
    leftOut: judgement.leftOut,
    missing: judgement.missing,
    strangers: strangers.length,
    faults: [queries, documents].flatMap(({ name, vectors }) => vectorFaults(name, vectors, distance === "cosine")),
  };
}
