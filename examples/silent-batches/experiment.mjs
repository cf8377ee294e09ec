import * as kindred from "kindred";

const { AccuracyCalculator, Adam, CosineSimilarity, MlpModel, Random, Trainer, takeRows } = kindred;

/** Parts the classes in two at random; of those held out, some names each are kept to judge by. */
export function partClasses({ vectors, labels }, seed, heldOutClasses = 300, heldOutNames = 24) {
  const random = new Random(seed);
  const rowsOf = new Map();
  labels.forEach((label, row) => rowsOf.set(label, [...(rowsOf.get(label) ?? []), row]));
  const classes = random.shuffle(Int32Array.from(rowsOf.keys(), (_, c) => c));
  const all = [...rowsOf.values()];
  const half = Math.floor(classes.length / 2);
  const train = Array.from(classes.subarray(0, half)).flatMap((c) => all[c]);
  const test = Array.from(classes.subarray(half, half + heldOutClasses)).flatMap((c) =>
    random.shuffle([...all[c]]).slice(0, heldOutNames),
  );
  const take = (rows) => ({ vectors: takeRows(vectors, rows), labels: rows.map((row) => labels[row]) });
  return { train: take(train), test: take(test) };
}

/** precision@1 and MAP@R among the held-out names. */
export function judge(vectors, labels) {
  const calculator = new AccuracyCalculator({
    include: ["precisionAt1", "meanAveragePrecisionAtR"],
    distance: new CosineSimilarity(),
  });
  const { metrics } = calculator.getAccuracy({ query: vectors, queryLabels: labels });
  return { precisionAt1: metrics.precisionAt1, mapAtR: metrics.meanAveragePrecisionAtR };
}

/**
 * Trains a linear head with the settings of a remedy until a number of samples has been seen, and judges it.
 *
 * @param settings as a remedy has them: sampler, m, batchSize, loss, miner, memory
 */
export async function trainWith(settings, { train, test }, { samples, seed, size = 64 }) {
  const {
    sampler: samplerName = "random",
    m = 4,
    scarce = "repeat",
    batchSize,
    loss: lossName = "SupConLoss",
  } = settings;
  const classes = [...new Set(train.labels)];
  const Loss = kindred[lossName];
  const isOfClasses = new Set(["ProxyAnchorLoss", "NormalizedSoftmaxLoss"]).has(lossName);
  const inner = new Loss({
    whenSilent: "ignore",
    ...(isOfClasses && { numClasses: classes.length, embeddingSize: size, classes, seed }),
  });
  const loss =
    settings.memorySize === undefined
      ? inner
      : new kindred.CrossBatchMemory(inner, { embeddingSize: size, memorySize: settings.memorySize });
  const sampler =
    samplerName === "random"
      ? new kindred.UniformBatchSampler(train.labels.length, { batchSize, dropLast: true, seed })
      : new kindred.MPerClassSampler(train.labels, { m, batchSize, scarce, seed });
  const model = new MlpModel({
    inputSize: train.vectors.cols,
    outputSize: size,
    seed,
    // the square root of the batch, so that small and large batches walk about as far
    optimizer: new Adam({ learningRate: 0.001 * Math.sqrt(batchSize / 16) }),
  });
  const miner = settings.miner === undefined ? null : new kindred[settings.miner]();
  const data = { inputs: train.vectors, labels: train.labels };
  const trainer = new Trainer({ model, loss, sampler, miner, data, lossOptimizer: new Adam({ learningRate: 0.01 }) });
  const result = await trainer.train({ steps: Math.ceil(samples / batchSize) });
  return {
    ...judge(model.embed(test.vectors), test.labels),
    silentShare: result.silentSteps / result.steps,
    seconds: result.seconds,
  };
}

/** The mean and half the width of its 95 % interval (Student's t). */
export function interval(values) {
  const n = values.length;
  const mean = values.reduce((sum, x) => sum + x, 0) / n;
  const deviation = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, n - 1));
  return { mean, half: n < 2 ? Infinity : ((T95[n - 1] ?? 1.96) * deviation) / Math.sqrt(n) };
}

/** The 97.5 % point of Student's t by degrees of freedom. */
const T95 = [NaN, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];
