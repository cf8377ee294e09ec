import { classOf, mapValues, plain } from "../build.mjs";

/** Cases of the functions that list and convert tuples. */
export function tuples(given) {
  const f = classOf(given.function);
  const lists = (value) => mapValues(value, (list) => Array.from(list));
  switch (given.function) {
    case "allPairs":
    case "allTriplets":
      return { tuples: lists(f(given.labels, given.referenceLabels)) };
    case "toPairs":
    case "toTriplets":
      return { tuples: lists(f(given.tuples, given.labels, given.referenceLabels)) };
    case "toWeights":
      return { weights: plain(f(given.tuples, given.labels.length, { usingReference: given.usingReference })) };
    case "positivePairsWithUniqueLabels":
      return lists(f(given.tuples, given.labels));
    case "removeSelfComparisons":
      return { tuples: lists(f(given.tuples, given)) };
    default:
      throw new Error(`unknown function ${given.function}`);
  }
}
