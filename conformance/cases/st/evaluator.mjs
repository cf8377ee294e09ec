// Cases of sentence-transformers' evaluators. Metrics get the library's names here.
import {
  acrossSimilarities,
  CosineSimilarity,
  evaluateMse,
  evaluatePairs,
  evaluateParaphrases,
  evaluateReranking,
  evaluateRetrieval,
  evaluateSimilarity,
  evaluateTranslation,
  evaluateTriplets,
  inSequence,
  named,
} from "kindred";
import { mapValues, matrix, plain } from "../../build.mjs";

/** A case's evaluator, judged. */
export function evaluator(given) {
  const { metrics, primary } = judged(given);
  return { metrics: mapValues(metrics, plain), primaryMetric: primary };
}

const judges = {
  BinaryClassificationEvaluator: pairs,
  EmbeddingSimilarityEvaluator: similarity,
  InformationRetrievalEvaluator: retrieval,
  MSEEvaluator: mse,
  ParaphraseMiningEvaluator: paraphrases,
  RerankingEvaluator: reranking,
  SequentialEvaluator: ({ evaluators }) => inSequence(evaluators.map(judged)),
  TranslationEvaluator: translation,
  TripletEvaluator: triplets,
};

function judged(given) {
  const judge = judges[given.class];
  if (judge === undefined) throw new Error(`kindred has no evaluator for ${given.class}`);
  const judgement = judge(given, { truncateDim: given.options?.truncateDim ?? null });
  return given.options?.name ? named(given.options.name, judgement) : judgement;
}

/** What is asked by one similarity or several. */
function bySimilarity({ options, modelSimilarity = "cosine" }, asked, main, judge) {
  const similarities = options[asked] ?? [options[main] ?? modelSimilarity];
  return acrossSimilarities(similarities, judge, { main: options[main] ?? null });
}

function pairs(given, common) {
  const { embeddings1, embeddings2, labels } = given;
  const input = { query: matrix(embeddings1), reference: matrix(embeddings2), labels };
  const judgement = bySimilarity(given, "similarityFnNames", null, (name) =>
    evaluatePairs(input, { ...common, similarity: name }),
  );
  return renamed(judgement, (name) => name.replace("AveragePrecision", "Ap"));
}

function similarity(given, common) {
  const { embeddings1, embeddings2, scores, options } = given;
  const prepared = (embeddings) =>
    options.precision ? new CosineSimilarity().normalize(matrix(embeddings)) : matrix(embeddings);
  const input = { query: prepared(embeddings1), reference: prepared(embeddings2), scores };
  const judgement = bySimilarity(given, "similarityFnNames", "mainSimilarity", (name) =>
    evaluateSimilarity(input, { ...common, similarity: name }),
  );
  // cosineSpearman is called spearmanCosine
  return renamed(judgement, (name) =>
    name.replace(/^([a-z]+)(Pearson|Spearman)$/, (_, by, kind) => lower(kind) + upper(by)),
  );
}

function triplets(given, common) {
  const { anchors, positives, negatives, options } = given;
  const input = { anchors: matrix(anchors), positives: matrix(positives), negatives: matrix(negatives) };
  return bySimilarity(given, "similarityFnNames", "mainSimilarityFunction", (name) =>
    evaluateTriplets(input, { ...common, similarity: name, margin: options.margin ?? 0 }),
  );
}

function retrieval(given, common) {
  const { queries, queryIds, corpus, corpusIds, relevantDocs, options } = given;
  const input = {
    queries: matrix(queries),
    queryIds,
    documents: matrix(corpus),
    documentIds: corpusIds,
    relevant: relevantDocs,
  };
  const {
    mrrAtK = [10],
    ndcgAtK = [10],
    accuracyAtK = [1, 3, 5, 10],
    precisionRecallAtK = [1, 3, 5, 10],
    mapAtK = [100],
  } = options;
  const metrics = [
    ...accuracyAtK.map((k) => `hitRateAt${k}`),
    ...precisionRecallAtK.flatMap((k) => [`precisionAt${k}`, `recallAt${k}`]),
    ...mrrAtK.map((k) => `meanReciprocalRankAt${k}`),
    ...ndcgAtK.map((k) => `ndcgAt${k}`),
    ...mapAtK.map((k) => `meanAveragePrecisionAt${k}`),
  ];
  const judgement = bySimilarity(given, "scoreFunctions", "mainScoreFunction", (name) =>
    evaluateRetrieval(input, { ...common, metrics, similarity: name }),
  );
  // where no similarity is the main one, the best one's metric counts: that of the largest nDCG
  const best = [...judgement.bySimilarity].find(
    ([, { metrics: own, primary }]) => own[primary] === judgement.metrics[judgement.primary],
  );
  const primary = judgement.primary.replace(/^max/, best?.[0] ?? "max");
  return renamed({ ...judgement, primary }, shortened);
}

function reranking({ queries, documents, samples, options }, common) {
  const { atK = 10, similarityFct = "cos_sim" } = options;
  const judgement = evaluateReranking(
    { queries: matrix(queries), documents: matrix(documents), samples },
    { ...common, atK, similarity: similarityOf(similarityFct) },
  );
  return renamed(judgement, shortened);
}

function paraphrases({ embeddings, ids, duplicatesList, options, modelSimilarity }, common) {
  const { topK = 100, maxPairs = 500_000, addTransitiveClosure = false } = options;
  return evaluateParaphrases(
    { embeddings: matrix(embeddings), ids, duplicates: duplicatesList },
    { ...common, topK, maxPairs, transitive: addTransitiveClosure, similarity: modelSimilarity ?? "cosine" },
  );
}

function translation({ source, target, modelSimilarity }, common) {
  const judgement = evaluateTranslation(
    { source: matrix(source), target: matrix(target) },
    { ...common, similarity: modelSimilarity ?? "cosine" },
  );
  return renamed(judgement, (name) => name.replace("sourceToTarget", "src2trg").replace("targetToSource", "trg2src"));
}

function mse({ teacher, student }, common) {
  return evaluateMse({ teacher: matrix(teacher), student: matrix(student) }, common);
}

const similarities = { cos_sim: "cosine", dot_score: "dot", euclidean_sim: "euclidean", manhattan_sim: "manhattan" };

/** kindred's name of a similarity function. */
export function similarityOf(name) {
  if (!(name in similarities)) throw new Error(`unknown similarity ${JSON.stringify(name)}`);
  return similarities[name];
}

function renamed({ metrics, primary }, name) {
  return {
    metrics: Object.fromEntries(Object.entries(metrics).map(([metric, value]) => [name(metric), value])),
    primary: name(primary),
  };
}

/** Metrics of retrieval as the library calls them. */
function shortened(name) {
  return name
    .replace(/hitRate/i, (found) => (found[0] === "h" ? "accuracy" : "Accuracy"))
    .replace(/meanReciprocalRank/i, (found) => (found[0] === "m" ? "mrr" : "Mrr"))
    .replace(/meanAveragePrecision/i, (found) => (found[0] === "m" ? "map" : "Map"));
}

const lower = (name) => name[0].toLowerCase() + name.slice(1);
const upper = (name) => name[0].toUpperCase() + name.slice(1);
