import { checkNumber, describe, withDefaults } from "../../matrix/checks.ts";
import { type Matrix, type MatrixLike, toMatrix } from "../../matrix/matrix.ts";
import { type Embedder, embedAll } from "../inference/embedder.ts";
import type { Judgement } from "./judgement.ts";

/** Options of {@link embeddedEvaluation}. */
export interface EmbeddedEvaluationOptions {
  /** How many inputs are embedded at a time, >= 1. Default 32. */
  readonly batchSize: number;
}

/**
 * An evaluator as the `evaluate` of a `Trainer`: embeds the inputs with the model and hands the embeddings on.
 *
 *     const evaluate = embeddedEvaluation({ anchors, positives, negatives }, (embedded) => evaluateTriplets(embedded));
 *     new Trainer({ model, loss, sampler, data, evaluate });
 *
 * @param inputs what the model embeds, by name: n x p each
 * @param judge is handed the embeddings by the same names
 * @returns a function of the model (anything that can embed) that gives the metrics
 * @throws TypeError, RangeError when an input is no matrix or batchSize below 1
 */
export function embeddedEvaluation<N extends string, M extends string>(
  inputs: Readonly<Record<N, MatrixLike>>,
  judge: (embedded: Readonly<Record<N, Matrix>>) => Judgement<M>,
  options?: Partial<EmbeddedEvaluationOptions>,
): (model: Embedder) => Readonly<Record<M, number>> {
  const { batchSize } = withDefaults(options, { batchSize: 32 }, "embeddedEvaluation");
  checkNumber(batchSize, "batchSize", { atLeast: 1, integer: true });
  if (typeof judge !== "function")
    throw new TypeError(`judge is ${describe(judge)}; give a function of the embeddings, such as evaluateTriplets`);
  const checked = (Object.entries(inputs) as [N, MatrixLike][]).map(
    ([name, input]) => [name, toMatrix(input, name)] as const,
  );
  return (model) => {
    const embedded = checked.map(([name, input]) => [name, embedAll(model, input, batchSize)]);
    return judge(Object.fromEntries(embedded) as Record<N, Matrix>).metrics;
  };
}
