import { AccuracyCalculator, adjustedMutualInformation, normalizedMutualInformation } from "kindred";
import { buildDistance, mapValues, matrix, options, plain } from "../build.mjs";

export function evaluation(given) {
  if (given.class === "clustering") {
    const { labelsTrue, labelsPred } = given;
    return {
      NMI: plain(normalizedMutualInformation(labelsTrue, labelsPred)),
      AMI: plain(adjustedMutualInformation(labelsTrue, labelsPred)),
    };
  }
  return accuracy(given);
}

function accuracy(given) {
  const { callInclude, callExclude, ...constructed } = options(given.options);
  const calculator = new AccuracyCalculator({ ...constructed, distance: buildDistance(given.distance) });
  const { metrics, perClass } = calculator.getAccuracy({
    query: matrix(given.query),
    queryLabels: given.queryLabels,
    reference: matrix(given.reference),
    referenceLabels: given.referenceLabels,
    refIncludesQuery: given.refIncludesQuery,
    clusterLabels: given.clusterLabels,
    include: callInclude,
    exclude: callExclude,
  });
  return { metrics: mapValues({ ...metrics, ...perClass?.metrics }, plain) };
}
