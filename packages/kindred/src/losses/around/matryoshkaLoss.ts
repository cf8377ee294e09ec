import type { BatchNeeds } from "../../batch/batchReport.ts";
import { asPrepared } from "../../batch/preparedBatch.ts";
import type { AnyColumns } from "../../batch/takes.ts";
import { checkNumber, describe } from "../../matrix/checks.ts";
import type { Labels } from "../../matrix/labels.ts";
import type { Matrix, MatrixLike } from "../../matrix/matrix.ts";
import { flag, option, seed, wholeNumber } from "../../options/kinds.ts";
import type { OptionsGiven, OptionValues } from "../../options/option.ts";
import { readOptions } from "../../options/readOptions.ts";
import { keptPart } from "../../state/entries.ts";
import type { Loading } from "../../state/loading.ts";
import { restorePoint } from "../../state/restorePoint.ts";
import { prepareState, saveState, type StateRecord } from "../../state/stateRecord.ts";
import type { Loss, LossState } from "../core/loss.ts";
import { describeLoss } from "../core/lossDescription.ts";
import { ColumnsLoss } from "./columnsLoss.ts";
import { DrawnLosses } from "./drawnLosses.ts";
import type { MultipleEvaluation } from "./multipleLosses.ts";
import { UnitRowsLoss } from "./unitRowsLoss.ts";

const options = {
  /** How many columns each term takes, different whole numbers >= 1, the largest being the embeddings' width as a rule. Required. */
  sizes: option<readonly number[]>("a list of whole numbers >= 1", undefined, checkSizes),
  /** What the term of each size is multiplied by. Default null: 1. */
  weights: option<readonly number[] | null>("a list, one number a size", null, checkWeights),
  /** Whether what is left of a row is divided by its length, as whoever cuts embeddings does. Default true. */
  normalizePrefixes: flag({ default: true }),
  /** How many of the sizes each `evaluate` draws, >= 1; the others have no term then. Default null: all. */
  sizesPerStep: wholeNumber({ default: null, atLeast: 1 }),
  /** Where drawing starts. Default 0. */
  seed: seed(),
};

/** Options of {@link MatryoshkaLoss}. */
export type MatryoshkaLossOptions = OptionsGiven<typeof options>;

/**
 * Embeddings that can be cut: any loss of the first columns of the embeddings, at several widths.
 *
 *     L = sum_k w_k loss(u_k),  u_k = x[0 .. size_k] / |x[0 .. size_k]|
 *
 *     new MatryoshkaLoss(new SupConLoss(), { sizes: [768, 256, 64] });
 *     new MatryoshkaLoss((size) => new ArcFaceLoss({ numClasses: 10, embeddingSize: size }), { sizes: [64, 16] });
 *
 * Reference, negatives and a teacher's embeddings that are as wide are cut and divided in the same way; all else that `evaluate` is
 * given, a guide and the tuples of a miner among it, goes to the loss of every size as it is. Without `normalizePrefixes` rows are
 * cut alone: for losses that compare rows by their lengths too. With `sizesPerStep` some of the sizes are drawn each time, their
 * weights as they are; where drawing stands is part of the state. A loss with parameters has some at each size: give a function
 * of the size. They and their slopes are named by size: "64.W"; those of a size that was not drawn have no slope. The
 * evaluations of each size are given too, unweighted.
 *
 * Source: Kusupati et al., "Matryoshka Representation Learning" (NeurIPS 2022).
 */
export class MatryoshkaLoss implements Loss {
  static readonly description = describeLoss({
    name: "MatryoshkaLoss",
    family: "around",
    summary: "Embeddings that can be cut: any loss of the first columns of the embeddings, at several widths.",
    paper: 'Kusupati et al., "Matryoshka Representation Learning" (NeurIPS 2022)',
    takes: { labels: "optional", reference: "any", tuples: "pairs" },
    needs: { positives: false, negatives: false },
    subLosses: {},
    options,
    wraps: "loss",
    example: ({ embeddingSize }) => ({ sizes: [...new Set([embeddingSize, Math.ceil(embeddingSize / 2)])] }),
  });
  readonly name = "MatryoshkaLoss";
  /** The options that were given over their defaults. */
  readonly options: OptionValues<typeof options>;
  /** The loss of each size, in their order. */
  readonly losses: readonly Loss[];
  readonly #sum: DrawnLosses;

  /**
   * @param loss the loss of every size, or what makes that of a size
   * @throws TypeError when it is neither, or one loss with parameters is to serve several sizes, or sizes are missing;
   *   RangeError when sizes are equal or no whole numbers, or weights don't match them
   */
  constructor(loss: Loss | ((size: number) => Loss), given: MatryoshkaLossOptions) {
    this.options = readOptions(options, given, this.name);
    const { sizes, weights, normalizePrefixes, sizesPerStep } = this.options;
    if (weights !== null && weights.length !== sizes.length)
      throw new RangeError(`weights has ${weights.length} entries for ${sizes.length} sizes; give one a size`);
    const make = typeof loss === "function" ? loss : (): Loss => loss;
    this.losses = sizes.map((size) => checkLoss(make(size), size));
    this.losses.forEach((each, k) => {
      if (this.losses.indexOf(each) < k) requireShareable(each);
    });
    const named = <T>(valueOf: (k: number) => T): Record<string, T> =>
      Object.fromEntries(sizes.map((size, k) => [String(size), valueOf(k)]));
    this.#sum = new DrawnLosses(
      named((k) => {
        const ofPrefix = normalizePrefixes ? new UnitRowsLoss(this.losses[k]) : this.losses[k];
        return new ColumnsLoss(ofPrefix, { start: 0, end: sizes[k] });
      }),
      { weights: named((k) => weights?.[k] ?? 1) },
      { count: sizesPerStep ?? sizes.length, seed: this.options.seed },
    );
  }

  get needs(): BatchNeeds {
    return this.#sum.needs;
  }

  get parameters(): Readonly<Record<string, Matrix>> {
    return this.#sum.parameters;
  }

  /** @throws RangeError when the embeddings are narrower than the largest size */
  evaluate(embeddings: MatrixLike, labels: Labels | null, options?: AnyColumns): MultipleEvaluation {
    const columns = options ?? {};
    const { reference, referenceLabels, anchorRows, learnReference } = columns;
    const batch = asPrepared(embeddings, labels, { reference, referenceLabels, anchorRows, learnReference });
    const largest = Math.max(...this.options.sizes);
    if (batch.rows > 0 && batch.cols < largest)
      throw new RangeError(`embeddings has ${batch.cols} columns; the largest of the sizes is ${largest}`);
    return this.#sum.evaluate(batch, labels, columns);
  }

  state(): LossState {
    return saveState(this.name, this.#record);
  }

  load(state: LossState): void {
    this.prepareLoad(state).take();
  }

  prepareLoad(state: LossState): Loading {
    return prepareState(this.name, this.#record, state);
  }

  restorePoint(): () => void {
    return restorePoint([this.#sum]);
  }

  get #record(): StateRecord {
    return { losses: keptPart(this.#sum) };
  }
}

function checkSizes(sizes: unknown, name: string): readonly number[] {
  if (!Array.isArray(sizes) || sizes.length === 0)
    throw new RangeError(`${name} is ${describe(sizes)}; give one width or more`);
  const checked = Array.from(sizes, (size: unknown, k) =>
    checkNumber(size, `${name}[${k}]`, { atLeast: 1, integer: true }),
  );
  checked.forEach((size, k) => {
    if (checked.indexOf(size) < k) throw new RangeError(`${name} has ${size} twice; give each width once`);
  });
  return checked;
}

function checkWeights(weights: unknown, name: string): readonly number[] {
  if (!Array.isArray(weights)) throw new TypeError(`${name} is ${describe(weights)}; give a list, one number a size`);
  return Array.from(weights, (weight: unknown, k) => checkNumber(weight, `${name}[${k}]`));
}

function checkLoss(loss: Loss, size: number): Loss {
  const isLoss = typeof loss === "object" && loss !== null && typeof loss.evaluate === "function" && "needs" in loss;
  if (!isLoss)
    throw new TypeError(`MatryoshkaLoss was given ${describe(loss)} for the size ${size}; give a loss of embeddings`);
  return loss;
}

/** Refuses a loss that is of one width, or whose parameters would be moved once a size. */
function requireShareable(loss: Loss): void {
  const width = loss.description?.options["embeddingSize" as never] as { readonly default?: unknown } | undefined;
  // one that has no width unless it is told one, and parameters then
  const hasWidth = width !== undefined && width.default !== null;
  if (hasWidth || Object.keys(loss.parameters).length > 0)
    throw new TypeError(
      `${loss.name} has ${hasWidth ? "a width of its own" : "parameters of its own"} and cannot serve several sizes; give a function that makes one a size`,
    );
}
