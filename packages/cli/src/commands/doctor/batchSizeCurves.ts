import { forecastBatches } from "kindred";
import { comparedSamplers, samplerWords } from "../../parts/samplers.ts";
import type { BatchSizePoint } from "../../report/figures/batchFigures.ts";
import type { Diagnosis, Question } from "./diagnose.ts";

/** Random batches and m per class, at batch sizes around the one asked about. */
export function batchSizeCurves({ counts }: Diagnosis, { batchSize, m, loss, seed }: Question): BatchSizePoint[] {
  const sizes = [...new Set([...Array(17).keys()].map((k) => Math.round(batchSize * 2 ** (k / 2 - 4))))].filter(
    (size) => size >= Math.max(2, m) && size <= counts.samples && size <= 16_384,
  );
  return sizes.flatMap((size) =>
    comparedSamplers.map((sampler) => {
      const { liveShare, silent } = forecastBatches(counts, { batchSize: size, sampler, m, loss, trials: 60, seed });
      return {
        batchSize: size,
        sampler: samplerWords(sampler, m),
        liveShare: liveShare.value,
        silent: silent.value,
      };
    }),
  );
}
