import type { Loss } from "../../losses/core/loss.ts";
import { checkNumber, describe, withDefaults } from "../../matrix/checks.ts";
import type { Labels } from "../../matrix/labels.ts";
import { toMatrix, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { Random } from "../../matrix/random.ts";
import { classCounts, fromGroups } from "../labels/classCounts.ts";
import { drawWithReplacement } from "../odds/draw.ts";
import { expectedPairs, oneClassOnly } from "../odds/expectations.ts";
import { noPositivePair } from "../odds/noPositivePair.ts";
import { CensusTaker } from "./batchCensus.ts";

/** Options of {@link labelRangeSensitivity}. */
export interface SensitivityOptions {
  /** Made anew for each range when it is a function: a loss with a vector a class needs to know the range. Required. */
  readonly loss: Loss | ((range: number) => Loss);
  /** Samples in the batch, >= 1. Default 100. */
  readonly n: number;
  /** Columns of the embeddings, >= 1. Default 128. */
  readonly dim: number;
  /** From how many values labels are drawn, evenly. Default 10, 100 .. 1,000,000. */
  readonly ranges: readonly number[];
  /** Batches of each range. Default 20. */
  readonly trials: number;
  /** Default 0. */
  readonly seed: number;
  /** The embeddings of every batch, n x dim. Default null: normal random ones, drawn once. */
  readonly embeddings: MatrixLike | null;
  /** The labels of a batch. Default null: drawn evenly from 0 .. range - 1. */
  readonly labels: ((range: number, trial: number) => Labels) | null;
}

const defaults: Omit<SensitivityOptions, "loss"> & { loss: Loss | null } = {
  loss: null,
  n: 100,
  dim: 128,
  ranges: [10, 100, 1000, 10_000, 100_000, 1_000_000],
  trials: 20,
  seed: 0,
  embeddings: null,
  labels: null,
};

/** A mean over trials and how far they spread around it (standard deviation). */
export interface MeanAndSpread {
  readonly mean: number;
  readonly deviation: number;
}

/** What came of one range. */
export interface SensitivityRow {
  readonly range: number;
  readonly trials: number;
  readonly distinctLabels: MeanAndSpread;
  /** Ordered pairs. */
  readonly positivePairs: MeanAndSpread;
  readonly loss: MeanAndSpread;
  /** Euclidean norm of the slope with respect to the embeddings. */
  readonly gradientNorm: MeanAndSpread;
  /** The share of batches that taught the loss nothing. */
  readonly silentShare: number;
  /** Theory: the probability that a batch of n labels drawn evenly from the range teaches it nothing. */
  readonly silentProbability: number;
  /** Theory: the expected number of ordered positive pairs. */
  readonly expectedPairs: number;
  /** The loss of each trial. */
  readonly losses: Float64Array;
}

/**
 * How a loss depends on how many classes labels are drawn from: the same embeddings, labels of more and more values, until
 * no two samples of a batch share one and the loss is 0.
 *
 *     for (const { range, loss, silentShare } of labelRangeSensitivity({ loss: new SupConLoss() }))
 *       console.log(range, loss.mean, silentShare);
 *
 * @throws TypeError, RangeError when an option is missing, unknown or out of range
 */
export function labelRangeSensitivity(
  options: Partial<SensitivityOptions> & Pick<SensitivityOptions, "loss">,
): SensitivityRow[] {
  const given = withDefaults<Omit<SensitivityOptions, "loss"> & { loss: SensitivityOptions["loss"] | null }>(
    options,
    defaults,
    "labelRangeSensitivity",
  );
  const { loss } = given;
  if (loss === null || (typeof loss !== "function" && typeof loss.evaluate !== "function"))
    throw new TypeError(`loss is ${describe(loss)}; give a loss, or a function that makes one for a range`);
  const n = checkNumber(given.n, "n", { atLeast: 1, integer: true });
  const dim = checkNumber(given.dim, "dim", { atLeast: 1, integer: true });
  const trials = checkNumber(given.trials, "trials", { atLeast: 1, integer: true });
  if (!(given.ranges?.length > 0))
    throw new TypeError(`ranges is ${describe(given.ranges)}; give a list of numbers of classes`);
  given.ranges.forEach((range, k) => checkNumber(range, `ranges[${k}]`, { atLeast: 1, integer: true }));
  const random = new Random(given.seed);
  const embeddings =
    given.embeddings === null ? normalMatrix(n, dim, random) : toMatrix(given.embeddings, "embeddings");
  const draw = given.labels ?? ((range: number): Labels => drawLabels(embeddings.rows, range, random));
  return given.ranges.map((range) => {
    const own = typeof loss === "function" ? loss(range) : loss;
    return rowOf(range, own, embeddings, trials, (trial) => draw(range, trial));
  });
}

function rowOf(
  range: number,
  loss: Loss,
  embeddings: Matrix,
  trials: number,
  labelsOf: (trial: number) => Labels,
): SensitivityRow {
  const seen = Array.from({ length: trials }, (_, trial) => {
    const labels = labelsOf(trial);
    const { value, gradients, report } = loss.evaluate(embeddings, labels);
    const { codes, counts } = classCounts(labels);
    const { positivePairs, classes } = new CensusTaker(codes, counts.length).take(codes.map((_, i) => i));
    return {
      value,
      gradientNorm: norm(gradients.embeddings.data),
      isSilent: report.status !== "learning",
      positivePairs,
      classes,
    };
  });
  const even = fromGroups(Float64Array.of(1), Float64Array.of(range));
  const theory = drawWithReplacement(range, embeddings.rows);
  const { positives, negatives } = loss.needs;
  const chance = (positives ? noPositivePair(even, theory) : 0) + (negatives ? oneClassOnly(even, theory) : 0);
  return {
    range,
    trials,
    distinctLabels: summarize(seen.map(({ classes }) => classes)),
    positivePairs: summarize(seen.map(({ positivePairs }) => positivePairs)),
    loss: summarize(seen.map(({ value }) => value)),
    gradientNorm: summarize(seen.map(({ gradientNorm }) => gradientNorm)),
    silentShare: seen.filter(({ isSilent }) => isSilent).length / trials,
    silentProbability: Math.min(1, chance),
    expectedPairs: 2 * expectedPairs(even, theory),
    losses: Float64Array.from(seen, ({ value }) => value),
  };
}

function normalMatrix(rows: number, cols: number, random: Random): Matrix {
  return { data: Float32Array.from({ length: rows * cols }, () => random.normal()), rows, cols };
}

function drawLabels(n: number, range: number, random: Random): Float64Array {
  return Float64Array.from({ length: n }, () => Math.floor(random.uniform() * range));
}

function norm(data: Float32Array): number {
  return Math.sqrt(data.reduce((sum, x) => sum + x * x, 0));
}

function summarize(values: readonly number[]): MeanAndSpread {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const square = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, deviation: values.length < 2 ? 0 : Math.sqrt(square / (values.length - 1)) };
}
