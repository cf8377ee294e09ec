import { checkNumber, describe, withDefaults } from "../../matrix/checks.ts";
import type { Labels } from "../../matrix/labels.ts";
import { toMatrix, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import type { BatchNeeds } from "../../batch/batchReport.ts";
import type { EvaluateOptions, Loss, LossState } from "../core/loss.ts";
import { MultipleLosses, type MultipleEvaluation } from "./multipleLosses.ts";
import { PrefixLoss } from "./prefixLoss.ts";

/** Options of {@link MatryoshkaLoss}. */
export interface MatryoshkaLossOptions {
  /** How many columns each term takes, different whole numbers >= 1, the largest being the embeddings' width as a rule. Required. */
  readonly sizes: readonly number[];
  /** What the term of each size is multiplied by. Default null: 1. */
  readonly weights: readonly number[] | null;
}

const defaults: MatryoshkaLossOptions = { sizes: [], weights: null };

/**
 * Embeddings that can be cut: any loss of the first columns of the embeddings, at several widths.
 *
 *     L = sum_k w_k loss(x[0 .. size_k])
 *
 *     new MatryoshkaLoss(new SupConLoss(), { sizes: [768, 256, 64] });
 *     new MatryoshkaLoss((size) => new ArcFaceLoss({ numClasses: 10, embeddingSize: size }), { sizes: [64, 16] });
 *
 * A reference is cut in the same way; all else that `evaluate` is given, tuples of a miner among it, goes to the loss of
 * every size as it is. A loss with parameters has some at each size: give a function of the size. They and their slopes are
 * named by size: "64.W". The evaluations of each size are given too, unweighted. Who shortens embeddings afterwards divides
 * them by their length again.
 *
 * Source: Kusupati et al., "Matryoshka Representation Learning" (NeurIPS 2022).
 */
export class MatryoshkaLoss implements Loss {
  readonly name = "MatryoshkaLoss";
  readonly sizes: readonly number[];
  readonly weights: readonly number[];
  /** The loss of each size, in their order. */
  readonly losses: readonly Loss[];
  readonly #sum: MultipleLosses;

  /**
   * @param loss the loss of every size, or what makes that of a size
   * @throws TypeError when it is neither, or one loss with parameters is to serve several sizes; RangeError when sizes are
   *   missing, equal or no whole numbers, or weights don't match them
   */
  constructor(
    loss: Loss | ((size: number) => Loss),
    options: Partial<MatryoshkaLossOptions> & Pick<MatryoshkaLossOptions, "sizes">,
  ) {
    const { sizes, weights } = withDefaults(options, defaults, "MatryoshkaLoss");
    this.sizes = checkSizes(sizes);
    this.weights = checkWeights(weights, this.sizes);
    const make = typeof loss === "function" ? loss : (): Loss => loss;
    this.losses = this.sizes.map((size) => checkLoss(make(size), size));
    this.losses.forEach((each, k) => {
      if (this.losses.indexOf(each) < k) requireShareable(each);
    });
    const named = <T>(valueOf: (k: number) => T): Record<string, T> =>
      Object.fromEntries(this.sizes.map((size, k) => [String(size), valueOf(k)]));
    this.#sum = new MultipleLosses(
      named((k) => new PrefixLoss(this.losses[k], this.sizes[k])),
      { weights: named((k) => this.weights[k]) },
    );
  }

  get needs(): BatchNeeds {
    return this.#sum.needs;
  }

  get parameters(): Readonly<Record<string, Matrix>> {
    return this.#sum.parameters;
  }

  /** @throws RangeError when the embeddings are narrower than the largest size */
  evaluate(embeddings: MatrixLike, labels: Labels | null, options?: EvaluateOptions): MultipleEvaluation {
    const matrix = toMatrix(embeddings, "embeddings");
    const largest = Math.max(...this.sizes);
    if (matrix.rows > 0 && matrix.cols < largest)
      throw new RangeError(`embeddings has ${matrix.cols} columns; the largest of the sizes is ${largest}`);
    const reference = options?.reference === undefined ? undefined : toMatrix(options.reference, "reference");
    if (reference !== undefined && reference.cols !== matrix.cols)
      throw new RangeError(
        `reference has ${reference.cols} columns, embeddings has ${matrix.cols}; both must be as wide`,
      );
    return this.#sum.evaluate(matrix, labels, { ...options, ...(reference && { reference }) });
  }

  state(): LossState {
    return this.#sum.state();
  }

  load(state: LossState): void {
    this.#sum.load(state);
  }
}

function checkSizes(sizes: readonly number[]): readonly number[] {
  if (!Array.isArray(sizes) || sizes.length === 0)
    throw new RangeError(`sizes is ${describe(sizes)}; give one width or more`);
  const checked = Array.from(sizes, (size: unknown, k) =>
    checkNumber(size, `sizes[${k}]`, { atLeast: 1, integer: true }),
  );
  checked.forEach((size, k) => {
    if (checked.indexOf(size) < k) throw new RangeError(`sizes has ${size} twice; give each width once`);
  });
  return checked;
}

function checkWeights(weights: readonly number[] | null, sizes: readonly number[]): readonly number[] {
  if (weights === null) return sizes.map(() => 1);
  if (!Array.isArray(weights)) throw new TypeError(`weights is ${describe(weights)}; give a list, one number a size`);
  if (weights.length !== sizes.length)
    throw new RangeError(`weights has ${weights.length} entries for ${sizes.length} sizes; give one a size`);
  return Array.from(weights, (weight: unknown, k) => checkNumber(weight, `weights[${k}]`));
}

function checkLoss(loss: Loss, size: number): Loss {
  const isLoss = typeof loss === "object" && loss !== null && typeof loss.evaluate === "function" && "needs" in loss;
  if (!isLoss)
    throw new TypeError(`MatryoshkaLoss was given ${describe(loss)} for the size ${size}; give a loss of embeddings`);
  return loss;
}

/** Refuses a loss that is of one width, or whose parameters would be moved once a size. */
function requireShareable(loss: Loss): void {
  const hasWidth = "embeddingSize" in loss;
  if (hasWidth || Object.keys(loss.parameters).length > 0)
    throw new TypeError(
      `${loss.name} has ${hasWidth ? "a width of its own" : "parameters of its own"} and cannot serve several sizes; give a function that makes one a size`,
    );
}
