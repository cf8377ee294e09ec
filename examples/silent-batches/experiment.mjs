import * as kindred from "kindred";

const { AccuracyCalculator, Adam, CosineSimilarity, MlpModel, Random, Trainer, takeRows } = kindred;

/** Columns of the embeddings. */
export const EMBEDDING_SIZE = 128;

/**
 * Sets classes aside to choose learning rates by, the same whatever the seed, and parts the others at random: half to train
 * on, and of the other half some to judge by. Of each class that is not trained on some names are kept.
 */
export function partClasses(
  { vectors, labels },
  seed,
  { validationClasses = 150, testClasses = 300, keptNames = 16 } = {},
) {
  const rowsOf = new Map();
  labels.forEach((label, row) => {
    const rows = rowsOf.get(label);
    if (rows === undefined) rowsOf.set(label, [row]);
    else rows.push(row);
  });
  const all = new Random(0).shuffle(Int32Array.from(rowsOf.keys(), (_, c) => c));
  const members = [...rowsOf.values()];
  const random = new Random(seed);
  const some = (classes) =>
    Array.from(classes).flatMap((c) => [...random.shuffle(Int32Array.from(members[c])).subarray(0, keptNames)]);
  const take = (rows) => ({ vectors: takeRows(vectors, rows), labels: rows.map((row) => labels[row]) });
  const validation = take(some(all.subarray(0, validationClasses)));
  const others = random.shuffle(all.slice(validationClasses));
  const half = Math.floor(others.length / 2);
  return {
    validation,
    train: take(Array.from(others.subarray(0, half)).flatMap((c) => members[c])),
    test: take(some(others.subarray(half, half + testClasses))),
  };
}

/** precision@1 and MAP@R among held-out names. */
export function judge(vectors, labels) {
  const calculator = new AccuracyCalculator({
    include: ["precisionAt1", "meanAveragePrecisionAtR"],
    distance: new CosineSimilarity(),
  });
  const { metrics } = calculator.getAccuracy({ query: vectors, queryLabels: labels });
  return { precisionAt1: metrics.precisionAt1, mapAtR: metrics.meanAveragePrecisionAtR };
}

/**
 * Trains a linear head until a number of samples has been seen, and judges it.
 *
 * @param settings as a remedy has them: sampler, m, scarce, batchSize, chunkSize, loss, memorySize
 * @param judged the part to judge by
 */
export async function trainWith(settings, train, judged, { samples, seed, learningRate }) {
  const { sampler: samplerName = "random", m = 4, scarce = "repeat", batchSize, chunkSize = null } = settings;
  const loss = lossOf(settings, train.labels, seed);
  const sampler =
    samplerName === "random"
      ? new kindred.UniformBatchSampler(train.labels, { batchSize, dropLast: true, seed })
      : new kindred.MPerClassSampler(train.labels, { m, batchSize, scarce, seed });
  const model = new MlpModel({
    inputSize: train.vectors.cols,
    outputSize: EMBEDDING_SIZE,
    seed,
    optimizer: new Adam({ learningRate }),
  });
  const data = { inputs: train.vectors, labels: train.labels };
  const lossOptimizer = new Adam({ learningRate: 10 * learningRate });
  const trainer = new Trainer({ model, loss, sampler, data, chunkSize, lossOptimizer });
  const result = await trainer.train({ steps: Math.ceil(samples / batchSize) });
  return {
    ...judge(model.embed(judged.vectors), judged.labels),
    silentShare: result.silentSteps / result.steps,
    steps: result.steps,
    seconds: result.seconds,
  };
}

/** Rates that differ by a factor of about three; the search begins at the third. */
const rates = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1];

/** The learning rate of the best MAP@R: uphill from the third, first to larger ones, until it falls. */
export async function chooseRate(trained) {
  const known = new Map();
  const at = async (k) => {
    if (!known.has(k)) known.set(k, k in rates ? (await trained(rates[k])).mapAtR : -Infinity);
    return known.get(k);
  };
  let best = 2;
  while ((await at(best + 1)) > (await at(best))) best++;
  while ((await at(best - 1)) > (await at(best))) best--;
  return rates[best];
}

/** As many wider classes: neighbours in the order of code points, in which Unicode puts like things side by side. */
export function coarser(labels, classes) {
  const sorted = [...new Set(labels)].sort((a, b) => a.codePointAt(0) - b.codePointAt(0));
  const parentOf = new Map(sorted.map((label, k) => [label, Math.floor((k * classes) / sorted.length)]));
  return labels.map((label) => parentOf.get(label));
}

function lossOf({ loss: name = "SupConLoss", memorySize }, labels, seed) {
  const classes = [...new Set(labels)];
  const Loss = kindred[name];
  const isOfClasses = Loss.prototype instanceof kindred.ClassificationLoss;
  const own = isOfClasses ? { numClasses: classes.length, embeddingSize: EMBEDDING_SIZE, classes, seed } : {};
  const loss = new Loss({ whenSilent: "ignore", ...own });
  return memorySize === undefined
    ? loss
    : new kindred.CrossBatchMemory(loss, { embeddingSize: EMBEDDING_SIZE, memorySize });
}

/** The mean and half the width of its 95 % interval (Student's t). */
export function interval(values) {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1));
  return { mean, half: n < 2 ? null : ((T95[n - 1] ?? 1.96) * deviation) / Math.sqrt(n) };
}

/** The 97.5 % point of Student's t by degrees of freedom. */
const T95 = [NaN, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];
