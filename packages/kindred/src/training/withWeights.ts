import type { Model } from "./model.ts";
import { copyAll, type NamedMatrices } from "./weights/namedMatrices.ts";

/**
 * Works with a model that has other weights for so long, such as the average of a training; it has its own again afterwards, also
 * when the work throws or is rejected.
 *
 *     const embeddings = withWeights(model, average.weights, () => embedInBatches(model, inputs));
 *     const saved = withWeights(model, average.weights, () => model.save());
 *
 * @param weights by the names of the model's `parameters`; null: its own
 * @param work what is done; when it gives a promise, the model has its own weights again when that is settled
 * @returns what the work gives
 * @throws TypeError when the model has no `parameters`; RangeError for weights that are not its own by name or shape
 */
export function withWeights<R>(model: Pick<Model, "parameters">, weights: NamedMatrices | null, work: () => R): R {
  if (weights === null) return work();
  if (model.parameters === undefined)
    throw new TypeError(
      "the model has no parameters, so it cannot take other weights; give it parameters to get and set",
    );
  const own = copyAll(model.parameters);
  model.parameters = weights;
  const restore = (): void => void (model.parameters = own);
  let result: R;
  try {
    result = work();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as R;
  restore();
  return result;
}
