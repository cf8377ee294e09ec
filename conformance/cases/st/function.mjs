// Cases of sentence-transformers' functions over many embeddings.
import { communityDetection, hardNegativeTuples, mineHardNegatives, paraphraseMining, semanticSearch } from "kindred";
import { matrix, plain } from "../../build.mjs";
import { similarityOf } from "./evaluator.mjs";

const functions = {
  communityDetection: communities,
  mineHardNegatives: hardNegatives,
  paraphraseMining: paraphrases,
  semanticSearch: search,
};

/** What a function finds. */
export function searchFunction(given) {
  const solve = functions[given.class];
  if (solve === undefined) throw new Error(`kindred has no function for ${given.class}`);
  return solve(given);
}

function search({ queries, corpus, options }) {
  const { topK = 10, scoreFunction = "cos_sim" } = options;
  const hits = semanticSearch(matrix(queries), matrix(corpus), { topK, similarity: similarityOf(scoreFunction) });
  return {
    ids: hits.map((list) => list.map(({ row }) => row)),
    scores: hits.map((list) => list.map(({ score }) => plain(score))),
  };
}

function paraphrases({ embeddings, options }) {
  const { topK = 100, maxPairs = 500_000, scoreFunction = "cos_sim" } = options;
  const similarity = similarityOf(scoreFunction);
  const { first, second, scores } = paraphraseMining(matrix(embeddings), { topK, maxPairs, similarity });
  return { pairs: Array.from(first, (row, k) => [row, second[k]]), scores: plain(scores) };
}

function communities({ embeddings, options }) {
  const { threshold = 0.75, minCommunitySize = 10 } = options;
  const found = communityDetection(matrix(embeddings), { threshold, minCommunitySize });
  return { communities: found.map((rows) => Array.from(rows)) };
}

function hardNegatives({ anchors, documents, pairs, corpus, options }) {
  // anchors by first appearance; the positives always belong to the corpus
  const order = [...new Set(pairs.map(([anchor]) => anchor))];
  const positives = order.map((anchor) => pairs.filter(([own]) => own === anchor).map(([, document]) => document));
  const rows = [...new Set([...(corpus ?? []), ...positives.flat()])];
  const placeOf = new Map(rows.map((row, place) => [row, place]));
  const most = Math.max(...positives.map(({ length }) => length));
  const { numNegatives = 3, rangeMin = 0, outputFormat = "triplet", outputScores = false } = options;
  const { absoluteMargin = null, relativeMargin = null, maxScore = null, minScore = null } = options;
  const isGuarded = absoluteMargin !== null || relativeMargin !== null || maxScore !== null;
  const rangeMax = options.rangeMax ?? rangeMin + numNegatives * (isGuarded ? 10 : 1) + most;
  const found = mineHardNegatives(
    {
      anchors: taken(matrix(anchors), order),
      reference: taken(matrix(documents), rows),
      positives: positives.map((list) => list.map((row) => placeOf.get(row))),
    },
    {
      negativesPerAnchor: numNegatives,
      rankRange: [rangeMin, rangeMax],
      rankAmong: "allowed",
      lookAt: rangeMax + most,
      includePositives: options.includePositives ?? false,
      ...{ absoluteMargin, relativeMargin, closest: maxScore, farthest: minScore },
    },
  );
  const tuples = hardNegativeTuples(found, outputFormat, numNegatives);
  const isList = outputFormat === "labeled-list";
  const isLabeled = isList || outputFormat === "labeled-pair";
  const isPair = outputFormat === "labeled-pair";
  return {
    tuples: tuples.map(({ anchor, references }) => {
      const listed = references.map((place) => rows[place]);
      return isList ? [order[anchor], listed] : [order[anchor], ...listed];
    }),
    ...(outputScores && { scores: tuples.map(({ distances }) => (isPair ? distances[0] : distances)) }),
    ...(isLabeled && !outputScores && { labels: tuples.map(({ labels }) => (isPair ? labels[0] : labels)) }),
  };
}

function taken({ data, cols }, rows) {
  const out = new Float32Array(rows.length * cols);
  rows.forEach((row, place) => out.set(data.subarray(row * cols, (row + 1) * cols), place * cols));
  return { data: out, rows: rows.length, cols };
}
