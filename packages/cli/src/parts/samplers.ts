import { MPerClassSampler, UniformBatchSampler, type BatchSampler, type SamplerName, type Scarce } from "kindred";
import { atTheDoor } from "../door/inputError.ts";

/** How the batches of a training can be drawn. */
export const trainingSamplers = ["m-per-class", "random"] as const;
type TrainingSampler = (typeof trainingSamplers)[number];

/** Those whose forecasts are drawn beside each other. */
export const comparedSamplers: readonly SamplerName[] = ["random", "m-per-class"];

/** What a sampler can be told. */
interface SamplerOptions {
  readonly sampler: TrainingSampler;
  readonly batchSize: number;
  /** Samples of a class in a batch, where the sampler counts them. */
  readonly m: number;
  /** What becomes of classes with fewer. */
  readonly scarce: Scarce;
  readonly seed: number;
}

/** The sampler over rows with these labels. @throws InputError when it refuses its options */
export function makeSampler(
  { sampler, batchSize, m, scarce, seed }: SamplerOptions,
  labels: readonly string[],
): BatchSampler {
  return atTheDoor(() =>
    sampler === "random"
      ? new UniformBatchSampler(labels.length, { batchSize, seed })
      : new MPerClassSampler(labels, { m, scarce, batchSize, seed }),
  );
}

/** A sampler as the doctor is asked about it: random batches by their name, as they are told by formula. */
export function askedAbout(sampler: BatchSampler): BatchSampler | SamplerName {
  return sampler instanceof UniformBatchSampler ? "random" : sampler;
}

/** How batches are drawn, in the words of reports: "random", "4 per class". */
export function samplerWords(sampler: SamplerName, m: number): string {
  return sampler === "m-per-class" ? `${m} per class` : sampler;
}
