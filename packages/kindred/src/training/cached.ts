import type { AnyColumns } from "../batch/takes.ts";
import type { Evaluation, Loss } from "../losses/core/loss.ts";
import { checkNames, checkNumber, describe } from "../matrix/checks.ts";
import type { Labels } from "../matrix/labels.ts";
import { toMatrix, type Matrix, type MatrixLike } from "../matrix/matrix.ts";
import { stacked } from "../matrix/stacked.ts";
import { learnChunks, rowsBetween, type Chunk } from "./chunks.ts";

/** A model as a loop of one's own has it. T is what is embedded: texts, images, rows of numbers. */
export interface EmbeddingModel<T> {
  /**
   * One row for each of the inputs, in training mode. Only with `isPulled` is `backward` called next; else nothing need be kept for
   * it, and the model's tape may be off.
   */
  embed(inputs: readonly T[], isPulled: boolean): MatrixLike;
  /** Takes d loss / d embeddings of the last `embed`, and adds to the weights' slopes. */
  backward(slope: Matrix): void;
  /**
   * Where chance stands (the seed of a dropout, say); what it returns puts it back, so that inputs are embedded the second time as they
   * were the first time. Without it there must be none.
   */
  restorePoint?(): () => void;
}

/** What is to be embedded, in place of the matrices that a loss takes. */
export interface EmbeddedInputs<T> {
  readonly embeddings: readonly T[];
  readonly reference?: readonly T[] | undefined;
  readonly negatives?: readonly (readonly T[])[] | undefined;
}

/** What is embedded elsewhere: everything else that the loss takes. */
export type OtherColumns = Omit<AnyColumns, "reference" | "negatives" | "learnReference">;

/** A loss of a batch of any size, with a model's activations of a few rows at a time. */
export interface CachedLoss {
  /**
   * Embeds all inputs, evaluates the loss on the whole batch, and pulls its slopes back through the model, chunk by chunk. Weights
   * are not moved; a loss's own parameters have their slopes in what is returned.
   *
   * @throws TypeError, RangeError what the loss throws, or when the model gives another number of rows than it was given inputs;
   *   the model may then hold slopes of the chunks before
   */
  learn<T>(
    model: EmbeddingModel<T>,
    inputs: EmbeddedInputs<T>,
    labels: Labels | null,
    columns?: OtherColumns,
  ): Evaluation;
}

/** How a loss is cached. */
export interface CachedOptions {
  /** How many inputs the model embeds at a time, a whole number >= 1. */
  readonly chunkSize: number;
}

/**
 * A loss for a training loop of one's own, with gradients cached: the batch is as large as you like, the model holds the activations of
 * `chunkSize` inputs at a time, and each input is embedded twice. The numbers are those of the whole batch, whatever the size of the
 * chunks, for a model that embeds each input by itself. {@link Trainer} has it as its option `chunkSize`.
 *
 *     const loss = cached(new MultipleNegativesRankingLoss(), { chunkSize: 32 });
 *     const { value } = loss.learn(model, { embeddings: questions, reference: answers }, null);
 *     optimizer.step();
 *
 * @throws TypeError, RangeError when it is given no loss, or chunkSize is no whole number >= 1
 *
 * Source: Gao et al., "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup" (RepL4NLP 2021).
 */
export function cached(loss: Loss, options: CachedOptions): CachedLoss {
  const isLoss = typeof loss === "object" && loss !== null && typeof loss.evaluate === "function";
  if (!isLoss) throw new TypeError(`cached was given ${describe(loss)}; give a loss, such as new SupConLoss()`);
  checkNames(options, ["chunkSize"], "cached");
  const chunkSize = checkNumber(options.chunkSize, "chunkSize", { atLeast: 1, integer: true });
  return {
    learn(model, inputs, labels, columns = {}) {
      checkInputs(inputs, columns);
      const { embeddings, reference, negatives = [] } = inputs;
      const lists = [embeddings, ...(reference === undefined ? [] : [reference]), ...negatives];
      const chunks = lists.flatMap((list) => chunksOf(list, model, chunkSize));
      let evaluation: Evaluation | undefined;
      learnChunks(
        chunks,
        (all) => {
          const [first, ...others] = parted(all, lists);
          const second = reference && others.shift();
          const given: AnyColumns = {
            ...columns,
            ...(second && { reference: second }),
            ...(others.length > 0 && { negatives: others }),
          };
          evaluation = loss.evaluate(first, labels, given);
          const { gradients } = evaluation;
          return stacked(
            gradients.embeddings,
            ...(second ? [gradients.reference!] : []),
            ...(gradients.negatives ?? []),
          );
        },
        model.restorePoint && (() => model.restorePoint!()),
      );
      return evaluation!;
    },
  };
}

const embeddedNames = ["embeddings", "reference", "negatives"];

/** Refuses what is no list of inputs, and what would take their place. @throws TypeError */
function checkInputs(inputs: EmbeddedInputs<unknown>, columns: object): void {
  checkNames(inputs, embeddedNames, "cached");
  const other = [...embeddedNames, "learnReference"].find((name) => Object.hasOwn(columns, name));
  if (other !== undefined)
    throw new TypeError(`cached was given ${other} among what is embedded elsewhere; it embeds and learns all of them`);
  const { embeddings, reference = [], negatives = [] } = inputs;
  const lists = { embeddings, reference, negatives };
  for (const [name, list] of Object.entries(lists)) requireList(name, list);
  negatives.forEach((list, k) => {
    requireList(`negatives[${k}]`, list);
  });
}

function requireList(name: string, list: unknown): void {
  if (!Array.isArray(list)) throw new TypeError(`${name} is ${describe(list)}; give a list of what the model embeds`);
}

/** The chunks of a column. */
function chunksOf<T>(list: readonly T[], model: EmbeddingModel<T>, chunkSize: number): Chunk[] {
  return Array.from({ length: Math.ceil(list.length / chunkSize) }, (_, k) => {
    const inputs = list.slice(k * chunkSize, (k + 1) * chunkSize);
    const embed = (isPulled: boolean): Matrix => embedded(model, inputs, isPulled);
    return {
      embed: () => embed(false),
      learn: (slope) => {
        embed(true);
        model.backward(slope);
      },
    };
  });
}

function embedded<T>(model: EmbeddingModel<T>, inputs: readonly T[], isPulled: boolean): Matrix {
  const matrix = toMatrix(model.embed(inputs, isPulled), "embeddings");
  if (matrix.rows !== inputs.length)
    throw new RangeError(`the model gave ${matrix.rows} rows for ${inputs.length} inputs; it must give one for each`);
  return matrix;
}

/** The rows of each list. */
function parted(all: Matrix, lists: readonly (readonly unknown[])[]): Matrix[] {
  let start = 0;
  return lists.map(({ length }) => {
    const part = rowsBetween(all, start, start + length);
    start += length;
    return part;
  });
}
