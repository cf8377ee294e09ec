import type { MetricName } from "kindred";

const titles: Readonly<Record<string, string>> = {
  rPrecision: "R-precision",
  meanAveragePrecisionAtR: "MAP@R",
  meanReciprocalRank: "MRR",
  ndcg: "nDCG",
};

/** A metric as tables call it: precision@5, MAP@R. */
export function metricTitle(name: MetricName): string {
  return titles[name] ?? name.replace(/At(?=\d)/, "@");
}
