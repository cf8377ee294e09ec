import {
  advise,
  classCounts,
  forecastBatches,
  labelFaults,
  type Advice,
  type Loss,
  type LabelCounts,
  type LabelFault,
  type SamplerName,
} from "kindred";
import { atTheDoor, InputError } from "../../door/inputError.ts";
import { count } from "../../terminal/format.ts";

/** What the doctor is asked. */
export interface Question {
  readonly batchSize: number;
  readonly sampler: SamplerName;
  readonly m: number;
  readonly loss: Loss;
  /** Bytes; Infinity: no limit. */
  readonly memoryBudget: number;
  readonly embeddingSize: number;
  readonly seed: number;
}

/** What the doctor found. */
export interface Diagnosis {
  readonly advice: Advice;
  readonly faults: readonly LabelFault[];
  readonly counts: LabelCounts;
}

/** @throws InputError when there is one class only, or the batch does not fit the data, say */
export function diagnose(labels: readonly string[], question: Question): Diagnosis {
  const faults = labelFaults(labels);
  const counts = atTheDoor(() => classCounts(labels));
  if (counts.classes === 1)
    throw new InputError(
      `all ${count(counts.samples)} labels are ${JSON.stringify(labels[0])}; give two classes or more: what is of a kind is told from what is not`,
    );
  return { advice: atTheDoor(() => advise(counts, question)), faults, counts };
}

/** How two samplers fare as batches grow: for pictures. */
export interface BatchSizeCurve {
  readonly batchSize: number;
  readonly sampler: string;
  readonly liveShare: number;
  readonly silent: number;
}

/** Random batches and m per class, at batch sizes around the one asked about. */
export function batchSizeCurves({ counts }: Diagnosis, { batchSize, m, loss, seed }: Question): BatchSizeCurve[] {
  const sizes = [...new Set([...Array(17).keys()].map((k) => Math.round(batchSize * 2 ** (k / 2 - 4))))].filter(
    (size) => size >= Math.max(2, m) && size <= counts.samples && size <= 16_384,
  );
  return sizes.flatMap((size) =>
    (["random", "m-per-class"] as const).map((sampler) => {
      const { liveShare, silent } = forecastBatches(counts, { batchSize: size, sampler, m, loss, trials: 60, seed });
      return {
        batchSize: size,
        sampler: sampler === "random" ? "random" : `${m} per class`,
        liveShare: liveShare.value,
        silent: silent.value,
      };
    }),
  );
}
