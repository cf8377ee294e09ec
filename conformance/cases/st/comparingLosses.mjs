import * as kindred from "kindred";
import { mapValues, matrix, number, plain } from "../../build.mjs";

const {
  AnglELoss,
  AvgNonZeroReducer,
  BatchHardMiner,
  CoSENTLoss,
  CosineSimilarity,
  CosineSimilarityLoss,
  DistillKLLoss,
  DoNothingReducer,
  DotProductSimilarity,
  EmbeddingDistillLoss,
  GlobalOrthogonalRegularizationLoss,
  LpDistance,
  MarginMSELoss,
  MeanReducer,
  MultipleLosses,
  OnlineContrastiveLoss,
  PairClassificationLoss,
  SemiHardMiner,
  TripletMarginLoss,
} = kindred;

/**
 * Losses that compare rows by their place, by sentence-transformers' name of the class: kindred's loss for the options of a
 * case. They take its columns as embeddings, reference and negatives.
 */
export const byPlaceBuilders = {
  CoSENTLoss: (given) => new CoSENTLoss(named(given, { similarityFct: similarity })),
  AnglELoss: (given) => new AnglELoss(named(given)),
  CosineSimilarityLoss: (given) =>
    new CosineSimilarityLoss(
      named(given, {
        lossFct: (name) => ["error", { MSELoss: "squared", L1Loss: "absolute", SmoothL1Loss: "smooth" }[name]],
        cosScoreTransformation: (name) => ["transformation", name.toLowerCase()],
      }),
    ),
  MarginMSELoss: (given) => new MarginMSELoss(named(given, { similarityFct: similarity })),
  DistillKLDivLoss: (given) => new DistillKLLoss(named(given, { similarityFct: similarity })),
  EmbedDistillLoss: (given) => distilling(given, named(given, { distanceMetric: (name) => ["metric", name] })),
  MSELoss: (given) => distilling(given, { ...named(given), metric: "mse" }),
  ContrastiveLoss: (given) => {
    const { sizeAverage = true, ...options } = given.options;
    const reducer = sizeAverage ? { reducer: new MeanReducer() } : {};
    const each = new OnlineContrastiveLoss({ ...contrastive({ options }), ...reducer, pairs: "all" });
    return new MultipleLosses([each], { weights: [0.5] });
  },
  OnlineContrastiveLoss: (given) => new OnlineContrastiveLoss(contrastive(given)),
  SoftmaxLoss: (given) =>
    new PairClassificationLoss(
      named(given, {
        embeddingDimension: (size) => ["embeddingSize", size],
        numLabels: (count) => ["numClasses", count],
        concatenationSentRep: (isKept) => ["concatRows", isKept],
        concatenationSentDifference: (isKept) => ["concatDifference", isKept],
        concatenationSentMultiplication: (isKept) => ["concatProduct", isKept],
      }),
    ),
  GlobalOrthogonalRegularizationLoss: (given, more) => {
    const weight = (name) => (value) => [name, value ?? 0];
    const options = named(given, {
      similarityFct: (name) => ["distance", distances[name]()],
      meanWeight: weight("meanWeight"),
      secondMomentWeight: weight("secondMomentWeight"),
    });
    return new GlobalOrthogonalRegularizationLoss({ ...options, ...more });
  },
};

/** Losses on pairs, triplets and teachers: solvers by sentence-transformers' name of the class. */
export const comparingLosses = {
  ...mapValues(byPlaceBuilders, (build) => (given) => byPlace(build(given), given)),
  GlobalOrthogonalRegularizationLoss: (given) => {
    const build = byPlaceBuilders.GlobalOrthogonalRegularizationLoss;
    const { meanLoss, secondMomentLoss } = evaluated(
      build(given, { reducer: new DoNothingReducer() }),
      given,
    ).subLosses;
    return {
      ...byPlace(build(given), given),
      parts: { gorMean: plain(meanLoss.losses[0]), gorSecondMoment: plain(secondMomentLoss.losses[0]) },
    };
  },
  TripletLoss: ({ columns, options, around }) => {
    if (columns.length !== 3) throw new RangeError(`TripletLoss takes three columns; there are ${columns.length}`);
    const { distanceMetric = "EUCLIDEAN", tripletMargin = 5 } = options;
    const triplets = new TripletMarginLoss({ ...silent, ...meanOf(distanceMetric), margin: tripletMargin });
    const loss = around === undefined ? triplets : around(triplets);
    const [anchors, ...others] = columns.map(matrix);
    const rows = Array.from({ length: anchors.rows }, (_, i) => i);
    const tuples = { anchors: rows, positives: rows, negatives: rows.map((i) => anchors.rows + i) };
    const { value, gradients } = loss.evaluate(anchors, null, { reference: stacked(others), tuples });
    return answer(value, [gradients.embeddings, ...halves(gradients.reference)]);
  },
  BatchAllTripletLoss: (given) => ofBatch(given, null, { margin: 5, reducer: new AvgNonZeroReducer() }),
  BatchHardTripletLoss: (given) => ofBatch(given, BatchHardMiner, { margin: 5 }),
  BatchSemiHardTripletLoss: (given) => ofBatch(given, SemiHardMiner, { margin: 5 }),
  BatchHardSoftMarginTripletLoss: (given) => ofBatch(given, BatchHardMiner, { margin: 0, smoothLoss: true }),
};

const silent = { whenSilent: "ignore" };

/** kindred's options: those of the case, renamed and revalued where a function says so. */
function named({ options = {} }, translations = {}) {
  const entries = Object.entries(options).map(([name, value]) => {
    const translate = translations[name];
    return translate === undefined ? [name, value] : translate(value);
  });
  return { ...silent, ...Object.fromEntries(entries) };
}

/** "pairwise_cos_sim" is "cosine". */
function similarity(name) {
  const [, kind] = /^pairwise_(\w+)_(?:sim|score)$/.exec(name);
  return ["similarity", kind === "cos" ? "cosine" : kind];
}

const distances = {
  cos_sim: () => new CosineSimilarity(),
  dot_score: () => new DotProductSimilarity({ normalizeEmbeddings: false }),
  euclidean_sim: () => new LpDistance({ normalizeEmbeddings: false }),
  manhattan_sim: () => new LpDistance({ normalizeEmbeddings: false, p: 1 }),
};

/** The distance of a triplet's rows, and the mean over triplets; differences of cosines are those of 1 - cosine, turned round. */
function meanOf(metric) {
  const [kind] = /^[a-z]+/.exec(metric.toLowerCase());
  const distance = kind === "cosine" ? "cos_sim" : `${kind}_sim`;
  return { distance: distances[distance](), reducer: new MeanReducer() };
}

function contrastive(given) {
  const metric = (name) => ["metric", name === "COSINE_DISTANCE" ? "cosine" : name.toLowerCase()];
  return named(given, { distanceMetric: metric });
}

/** A learned projection is as wide as the embeddings, and makes them as wide as said. */
function distilling(given, { projectionDim, ...options }) {
  const projected = projectionDim && { embeddingSize: given.columns[0].cols, teacherSize: projectionDim };
  return new EmbeddingDistillLoss({ ...options, ...projected });
}

/** A loss on the triplets of a labelled batch that a miner chooses, or on all. */
function ofBatch({ columns, labels, options, around }, Miner, given) {
  const { distanceMetric = "euclidean_distance", ...others } = options;
  const parts = meanOf(distanceMetric);
  const triplets = new TripletMarginLoss({ ...silent, ...parts, ...given, ...others });
  const mined = Miner && new MultipleLosses([triplets], { miners: [new Miner({ distance: parts.distance })] });
  const loss = mined ?? triplets;
  const { value, gradients } = (around === undefined ? loss : around(loss)).evaluate(matrix(columns[0]), labels);
  return answer(value, [gradients.embeddings]);
}

/** The answer of a loss of all columns of a case; `around` makes another one of it, such as its sum over prefixes. */
function byPlace(built, given) {
  const loss = given.around === undefined ? built : given.around(built);
  for (const [name, value] of Object.entries(given.parameters ?? {}))
    loss.parameters[name].data.set(matrix(value).data);
  const { value, gradients } = evaluated(loss, given, isTaughtScores(built));
  const { embeddings, reference, negatives = [], parameters } = gradients;
  const found = answer(value, [embeddings, ...(reference ? [reference] : []), ...negatives]);
  for (const name of Object.keys(given.parameters ?? {}))
    found.gradients.parameters = { ...found.gradients.parameters, [name]: plain(parameters[name]) };
  return found;
}

function isTaughtScores(loss) {
  return loss.description?.takes.teacher === "scores";
}

/** What a loss makes of the columns of a case, with whatever else it takes. */
function evaluated(loss, { columns, scores, labels, teacher, teacherScores }, isTaught = isTaughtScores(loss)) {
  const [embeddings, reference, ...negatives] = columns.map(matrix);
  // one difference a row, where the loss has a teacher's scores and no labels
  const differences = isTaught && scores && { rows: scores.length, cols: 1, data: scores };
  return loss.evaluate(embeddings, isTaught ? null : (scores ?? labels ?? null), {
    ...(reference && { reference }),
    ...(negatives.length > 0 && { negatives }),
    ...(teacher && { teacher: teacher.map(matrix) }),
    ...((teacherScores ?? differences) && { teacherScores: rounded(teacherScores ?? differences) }),
  });
}

function rounded({ rows, cols, data }) {
  return { rows, cols, data: Float32Array.from(data, number) };
}

function answer(value, columns) {
  return { loss: plain(value), gradients: { columns: columns.map(plain) } };
}

/** Two matrices of as many rows, one above the other. */
function stacked([above, below]) {
  return { rows: above.rows + below.rows, cols: above.cols, data: Float32Array.from([...above.data, ...below.data]) };
}

function halves({ rows, cols, data }) {
  const half = (rows / 2) * cols;
  return [data.subarray(0, half), data.subarray(half)].map((part) => ({ rows: rows / 2, cols, data: part }));
}
