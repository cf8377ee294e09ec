import type { Evaluation, Loss, LossState } from "../../src/losses/core/loss.ts";
import type { Labels } from "../../src/matrix/labels.ts";
import { type Matrix, type MatrixLike, toMatrix, zeros } from "../../src/matrix/matrix.ts";
import { Random } from "../../src/matrix/random.ts";
import type { BatchSampler, SamplerState } from "../../src/samplers/batchSampler.ts";

/** Normal random numbers. */
export function randomMatrix(rows: number, cols: number, seed: number): Matrix {
  const random = new Random(seed);
  return { data: Float32Array.from({ length: rows * cols }, () => random.normal()), rows, cols };
}

/** Classes around centres that differ in the first two columns only, drowned by noise in the others. */
export function blobs(
  classes: number,
  perClass: number,
  cols: number,
  seed: number,
): { inputs: Matrix; labels: number[] } {
  const random = new Random(seed);
  const inputs = zeros(classes * perClass, cols);
  const labels: number[] = [];
  for (let i = 0; i < inputs.rows; i++) {
    const label = i % classes;
    labels.push(label);
    for (let j = 0; j < cols; j++) inputs.data[i * cols + j] = j < 2 ? 0.1 * random.normal() : random.normal();
    inputs.data[i * cols] += Math.cos((2 * Math.PI * label) / classes);
    inputs.data[i * cols + 1] += Math.sin((2 * Math.PI * label) / classes);
  }
  return { inputs, labels };
}

/** Share of the rows whose nearest other row (Euclidean) is of their class. */
export function precisionAt1({ data, rows, cols }: Matrix, labels: ArrayLike<unknown>): number {
  let hits = 0;
  for (let i = 0; i < rows; i++) {
    let [nearest, nearestDistance] = [-1, Infinity];
    for (let j = 0; j < rows; j++) {
      let distance = 0;
      for (let k = 0; k < cols; k++) distance += (data[i * cols + k] - data[j * cols + k]) ** 2;
      if (j !== i && distance < nearestDistance) [nearest, nearestDistance] = [j, distance];
    }
    if (labels[nearest] === labels[i]) hits++;
  }
  return hits / rows;
}

/**
 * The plainest loss with slopes in everything: the mean over rows of |e_i - W|^2 / 2 plus the mean over pairs of one
 * class (rows, or row and reference) of |e_i - r_j|^2 / 2. W is a 1 x d parameter.
 */
export class PullLoss implements Loss {
  readonly name = "PullLoss";
  readonly needs = { positives: true, negatives: false };
  readonly parameters: { readonly W: Matrix };

  constructor(size: number) {
    this.parameters = { W: { data: new Float32Array(size).fill(0.25), rows: 1, cols: size } };
  }

  evaluate(
    input: MatrixLike,
    labels: Labels | null,
    options: { reference?: MatrixLike; referenceLabels?: Labels } = {},
  ): Evaluation {
    const embeddings = toMatrix(input, "embeddings");
    const reference = options.reference === undefined ? embeddings : toMatrix(options.reference, "reference");
    const referenceLabels = options.referenceLabels ?? labels;
    const isOwn = options.reference === undefined;
    const { rows: n, cols: d } = embeddings;
    const W = this.parameters.W.data;
    const slopes = { e: zeros(n, d), r: zeros(reference.rows, d), W: zeros(1, d) };
    const pairs: [number, number][] = [];
    const alone = new Set(Array.from({ length: n }, (_, i) => i));
    for (let i = 0; i < n; i++)
      for (let j = 0; j < reference.rows; j++)
        if ((!isOwn || i !== j) && labels?.[i] === referenceLabels?.[j]) {
          pairs.push([i, j]);
          alone.delete(i);
        }
    let value = 0;
    for (let i = 0; i < n && pairs.length > 0; i++)
      for (let k = 0; k < d; k++) {
        const difference = embeddings.data[i * d + k] - W[k];
        value += difference ** 2 / 2 / n;
        slopes.e.data[i * d + k] += difference / n;
        slopes.W.data[k] -= difference / n;
      }
    for (const [i, j] of pairs)
      for (let k = 0; k < d; k++) {
        const difference = embeddings.data[i * d + k] - reference.data[j * d + k];
        value += difference ** 2 / 2 / pairs.length;
        slopes.e.data[i * d + k] += difference / pairs.length;
        (isOwn ? slopes.e : slopes.r).data[j * d + k] -= difference / pairs.length;
      }
    const gradients = { embeddings: slopes.e, ...(isOwn ? {} : { reference: slopes.r }), parameters: { W: slopes.W } };
    return {
      value,
      gradients,
      report: {
        status: pairs.length > 0 ? "learning" : "no-positive-pairs",
        anchors: n,
        classes: new Set(Array.from(labels ?? [])).size,
        positivePairs: pairs.length,
        negativePairs: 0,
        anchorsWithoutPositives: alone.size,
        items: pairs.length,
        activeItems: pairs.length,
      },
    };
  }

  state(): LossState {
    return { W: { ...this.parameters.W, data: this.parameters.W.data.slice() } };
  }

  load(state: LossState): void {
    this.parameters.W.data.set((state["W"] as Matrix).data);
  }
}

/** Walks a fresh random order in each epoch; its state is the random state at the epoch's beginning and the place. */
export class ShuffledSampler implements BatchSampler {
  readonly name = "ShuffledSampler";
  readonly batchSize: number;
  readonly #count: number;
  #random: Random;
  #epochStart: readonly number[];
  #place = 0;

  constructor(count: number, batchSize: number, seed = 0) {
    this.#count = count;
    this.batchSize = batchSize;
    this.#random = new Random(seed);
    this.#epochStart = this.#random.state();
  }

  get batchesPerEpoch(): number {
    return Math.ceil(this.#count / this.batchSize);
  }

  *epoch(): IterableIterator<Int32Array> {
    this.#random = Random.restore(this.#epochStart);
    const order = this.#random.shuffle(Int32Array.from({ length: this.#count }, (_, i) => i));
    while (this.#place < this.batchesPerEpoch) {
      const start = this.#place++ * this.batchSize;
      yield order.slice(start, start + this.batchSize);
    }
    this.#place = 0;
    this.#epochStart = this.#random.state();
  }

  state(): SamplerState {
    return { epochStart: this.#epochStart.map((word) => (Number.isNaN(word) ? -1 : word)), place: this.#place };
  }

  load(state: SamplerState): void {
    this.#epochStart = (state["epochStart"] as number[]).map((word) => (word === -1 ? NaN : word));
    this.#place = state["place"] as number;
  }
}
