import * as kindred from "kindred";
import { matrix, options, plain } from "../../build.mjs";

const distances = {
  cos_sim: () => new kindred.CosineSimilarity(),
  dot_score: () => new kindred.DotProductSimilarity({ normalizeEmbeddings: false }),
  euclidean_sim: () => new kindred.LpDistance({ normalizeEmbeddings: false }),
  manhattan_sim: () => new kindred.LpDistance({ normalizeEmbeddings: false, p: 1 }),
};

const directions = {
  query_to_doc: "queryToDocument",
  query_to_query: "queryToQuery",
  doc_to_query: "documentToQuery",
  doc_to_doc: "documentToDocument",
};
const partitionModes = { joint: "joint", per_direction: "perDirection" };
const hardnessModes = {
  in_batch_negatives: "inBatchNegatives",
  hard_negatives: "hardNegatives",
  all_negatives: "allNegatives",
};
const symmetric = { directions: ["query_to_doc", "doc_to_query"], partitionMode: "per_direction" };

/** An option's value by kindred's name; one that has none is handed on, to be refused. */
function named(names, value) {
  return names[value] ?? value;
}

/** Names that take another name, values that take another value: [theirs, ours, what becomes of the value]. */
function renamed(given, table) {
  const known = table.filter(([theirs]) => given[theirs] !== undefined && given[theirs] !== null);
  return Object.fromEntries(known.map(([theirs, ours, value = (x) => x]) => [ours, value(given[theirs])]));
}

function ranking(given = {}) {
  return new kindred.MultipleNegativesRankingLoss({
    ...renamed(given, [
      ["scale", "scale"],
      ["similarityFct", "distance", (name) => distances[name]()],
      ["directions", "directions", (list) => list.map((name) => named(directions, name))],
      ["partitionMode", "partitionMode", (mode) => named(partitionModes, mode)],
      ["hardnessMode", "hardnessMode", (mode) => named(hardnessModes, mode)],
      ["hardnessStrength", "hardnessStrength"],
      ["learnScale", "learnScale"],
    ]),
    whenSilent: "ignore",
  });
}

function guided(given = {}) {
  const names = ["temperature", "margin", "marginStrategy", "contrastAnchors", "contrastPositives"];
  return new kindred.GISTLoss({
    ...renamed(
      given,
      names.map((name) => [name, name]),
    ),
    whenSilent: "ignore",
  });
}

function margin(given) {
  const names = ["positiveMargin", "negativeMargin"];
  return new kindred.MegaBatchMarginLoss({
    ...renamed(
      given,
      names.map((name) => [name, name]),
    ),
    whenSilent: "ignore",
  });
}

/** kindred's losses by sentence-transformers' name of the class, of the case's options. */
const builders = {
  MultipleNegativesRankingLoss: ranking,
  CachedMultipleNegativesRankingLoss: ranking,
  MultipleNegativesSymmetricRankingLoss: (given) => ranking({ ...given, ...symmetric }),
  CachedMultipleNegativesSymmetricRankingLoss: (given) => ranking({ ...given, ...symmetric }),
  GISTEmbedLoss: guided,
  CachedGISTEmbedLoss: guided,
  MegaBatchMarginLoss: margin,
  ContrastiveTensionLoss: () => new kindred.ContrastiveTensionLoss({ whenSilent: "ignore" }),
  ContrastiveTensionLossInBatchNegatives: (given) => ranking({ ...given, ...symmetric, learnScale: true }),
};

/** What a case gives besides columns and labels. */
function othersOf({ guide, teacher, teacherScores }) {
  const [guideEmbeddings, guideReference, ...guideNegatives] = (guide ?? []).map(matrix);
  return {
    ...(guide && { guideEmbeddings, guideReference }),
    ...(guideNegatives.length > 0 && { guideNegatives }),
    ...(teacher && { teacher: teacher.map(matrix) }),
    ...(teacherScores && { teacherScores: matrix(teacherScores) }),
  };
}

/** The answer to a case by a loss; `around` makes another one of it, such as its sum over prefixes. */
function solved(built, given) {
  const loss = given.around === undefined ? built : given.around(built);
  for (const [name, value] of Object.entries(given.parameters ?? {}))
    loss.parameters[name].data.set(matrix(value).data);
  const columns = given.columns.map(matrix);
  const labels = given.labels ?? given.scores ?? null;
  const { miniBatchSize } = given.options ?? {};
  const { value, gradients } = given.class.startsWith("Cached")
    ? inChunks(loss, columns, labels, othersOf(given), miniBatchSize ?? 32)
    : atOnce(loss, columns, labels, othersOf(given));
  return {
    loss: plain(value),
    gradients: {
      columns: gradients.columns.map(plain),
      parameters: Object.fromEntries(Object.entries(gradients.parameters).map(([name, slope]) => [name, plain(slope)])),
    },
  };
}

function atOnce(loss, [first, reference, ...negatives], labels, others) {
  const { value, gradients } = loss.evaluate(first, labels, {
    ...others,
    ...(reference && { reference }),
    ...(negatives.length > 0 && { negatives }),
  });
  const { embeddings, parameters } = gradients;
  const columns = [embeddings, gradients.reference, ...(gradients.negatives ?? [])].filter(Boolean);
  return { value, gradients: { columns, parameters } };
}

/** The same through a model that hands out the rows that it is given, some at a time, and keeps their slopes. */
function inChunks(loss, columns, labels, others, chunkSize) {
  const [embeddings, reference, ...negatives] = columns.map(rowsOf);
  const slopes = [];
  const model = {
    embed: (rows) => rows,
    backward: ({ data, cols }) => slopes.push(...rowsOf({ data, cols, rows: data.length / cols })),
  };
  const inputs = { embeddings, ...(reference && { reference }), ...(negatives.length > 0 && { negatives }) };
  const { value, gradients } = kindred.cached(loss, { chunkSize }).learn(model, inputs, labels, others);
  const parts = columns.map(({ rows, cols }) => ({ rows, cols, data: slopes.splice(0, rows).flat() }));
  return { value, gradients: { columns: parts, parameters: gradients.parameters } };
}

function rowsOf({ data, rows, cols }) {
  return Array.from({ length: rows }, (_, i) => Array.from(data.slice(i * cols, (i + 1) * cols)));
}

/** A case of a sum over prefixes: the case of its loss, with the loss made into that sum. */
function prefixes(given, solve) {
  const { loss, matryoshkaDims, matryoshkaWeights = null, nDimsPerStep = -1 } = given.options;
  const kept = (given.drawnDims ?? matryoshkaDims).map((size) => matryoshkaDims.indexOf(size));
  if (matryoshkaWeights !== null && matryoshkaWeights.length !== matryoshkaDims.length)
    throw new RangeError(`${matryoshkaWeights.length} weights for ${matryoshkaDims.length} dims`);
  const around = (inner) =>
    new kindred.MatryoshkaLoss(inner, {
      sizes: kept.map((k) => matryoshkaDims[k]),
      weights: matryoshkaWeights && kept.map((k) => matryoshkaWeights[k]),
      sizesPerStep: nDimsPerStep > 0 ? nDimsPerStep : null,
    });
  return solve({ ...given, class: loss.class, options: loss.options, around });
}

/**
 * Losses in which candidates stand for election, and the sum over prefixes of any loss: solvers by sentence-transformers' name of the
 * class. A solver is handed what solves the case of another class.
 */
export const rankingLosses = {
  ...Object.fromEntries(
    Object.entries(builders).map(([name, build]) => [name, (given) => solved(build(options(given.options)), given)]),
  ),
  MatryoshkaLoss: prefixes,
};
