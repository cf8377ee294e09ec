import type { MetricName } from "kindred";

const titles: Readonly<Record<string, string>> = {
  rPrecision: "R-precision",
  meanAveragePrecisionAtR: "MAP@R",
  meanReciprocalRank: "MRR",
  ndcg: "nDCG",
};

/** Of metrics that look at some neighbours, where the name itself will not do. */
const titlesAtK: Readonly<Record<string, string>> = {
  hitRate: "hit rate",
  meanAveragePrecision: "MAP",
  meanReciprocalRank: "MRR",
  ndcg: "nDCG",
};

/** A metric as tables call it: precision@5, MAP@R. */
export function metricTitle(name: MetricName): string {
  const [kind, depth] = name.split(/At(?=\d)/);
  return titles[name] ?? (depth === undefined ? name : `${titlesAtK[kind] ?? kind}@${depth}`);
}
