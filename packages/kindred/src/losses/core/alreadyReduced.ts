import { zerosLike } from "../../matrix/matrix.ts";
import type { Reducer } from "../../reducers/reducer.ts";
import { alone, type Computed } from "./metricLoss.ts";

/**
 * What a loss without items gives: its reducer has nothing to reduce and leaves the value as it is. A DoNothingReducer
 * hands the value out as `subLosses`, with slopes of 0.
 */
export function alreadyReduced(reducer: Reducer, computed: Computed): Computed {
  if (reducer.handsOutItems !== true) return computed;
  const { value, embeddings, reference, negatives, parameters = {} } = computed;
  return {
    ...computed,
    value: 0,
    embeddings: zerosLike(embeddings),
    ...(reference && { reference: zerosLike(reference) }),
    ...(negatives && { negatives: negatives.map(zerosLike) }),
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, matrix]) => [name, zerosLike(matrix)])),
    subLosses: { loss: alone(Float64Array.of(value)) },
  };
}
