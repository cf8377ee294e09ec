import { extendOptions } from "../options/extendOptions.ts";
import { flag, number, wholeNumber } from "../options/kinds.ts";

const drawing = {
  /** Samples in a batch, >= 1. Default 32. */
  batchSize: wholeNumber({ default: 32, atLeast: 1 }),
  /** Where its random numbers start; the same seed gives the same epochs. Default 0. */
  seed: number({ default: 0 }),
};

const cutting = {
  /** Whether a shorter last batch is left out. Default false. */
  dropLast: flag({ default: false }),
};

type Drawing = typeof drawing;
type Cutting = typeof cutting;

/** The options of every sampler. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- a name for the declarations of the package
export interface SamplerOptionRecord extends Drawing {}

/** The options of a sampler whose last batch may be short. */
export interface CutSamplerOptionRecord extends SamplerOptionRecord, Cutting {}

/** What every sampler can be told. */
export function samplerOptions(): SamplerOptionRecord {
  return drawing;
}

/** What a sampler can be told whose last batch may be short. */
export function cutSamplerOptions(): CutSamplerOptionRecord {
  return extendOptions(samplerOptions(), cutting);
}
