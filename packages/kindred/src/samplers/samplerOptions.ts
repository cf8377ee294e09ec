/* eslint-disable @typescript-eslint/explicit-function-return-type -- the type of a record of options is the record itself */
import { flag, number, wholeNumber } from "../options/kinds.ts";
import type { Option } from "../options/option.ts";

/** What every sampler can be told. */
export function samplerOptions() {
  return {
    /** Samples in a batch, >= 1. Default 32. */
    batchSize: wholeNumber({ default: 32, atLeast: 1 }),
    /** Where its random numbers start; the same seed gives the same epochs. Default 0. */
    seed: number({ default: 0 }),
  };
}

/** What a sampler can be told whose last batch may be short. */
export function cutSamplerOptions() {
  return {
    ...samplerOptions(),
    /** Whether a shorter last batch is left out. Default false. */
    dropLast: flag({ default: false }),
  };
}

/** The options that PlannedSampler reads of every sampler. */
export interface SamplerOptionRecord {
  readonly batchSize: Option<number>;
  readonly seed: Option<number>;
}
