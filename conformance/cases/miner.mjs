import { buildMiner, mapValues, matrix, plain } from "../build.mjs";

/** What a miner keeps of a batch; of miners that draw at random, what they draw from. */
export function miner(given) {
  const built = buildMiner(given);
  const batch = [
    matrix(given.embeddings),
    given.labels,
    { reference: matrix(given.reference), referenceLabels: given.referenceLabels ?? undefined },
  ];
  if (given.initialTuples) built.setIdxExternally(given.initialTuples);
  if (given.class === "DistanceWeightedMiner") return mapValues(built.distribution(...batch), plain);
  if (given.class === "UniformHistogramMiner")
    return mapValues(built.distribution(...batch), (histogram) => mapValues(histogram, plain));
  return { tuples: mapValues(built.mine(...batch), (list) => Array.from(list)) };
}
