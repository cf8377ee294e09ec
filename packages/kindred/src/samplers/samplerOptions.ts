import { extendOptions } from "../options/extendOptions.ts";
import { flag, seed, wholeNumber } from "../options/kinds.ts";

const sizing = {
  /** Samples in a batch, >= 1. Default 32. */
  batchSize: wholeNumber({ default: 32, atLeast: 1 }),
};

const drawing = {
  /** Where its random numbers start; the same seed gives the same epochs. Default 0. */
  seed: seed(),
};

const cutting = {
  /** Whether a shorter last batch is left out. Default false. */
  dropLast: flag({ default: false }),
};

type Sizing = typeof sizing;
type Drawing = typeof drawing;
type Cutting = typeof cutting;

/** The options of a sampler with a batch size of its own kind. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- a name for the declarations of the package
export interface DrawingOptionRecord extends Drawing {}

/** The same of one whose last batch may be short. */
export interface CutDrawingOptionRecord extends DrawingOptionRecord, Cutting {}

/** The options of every sampler. */
export interface SamplerOptionRecord extends Sizing, DrawingOptionRecord {}

/** The options of a sampler whose last batch may be short. */
export interface CutSamplerOptionRecord extends SamplerOptionRecord, Cutting {}

/** What a sampler can be told whose batch size is an option of its own. */
export function drawingOptions(): DrawingOptionRecord {
  return drawing;
}

/** The same where the last batch may be short. */
export function cutDrawingOptions(): CutDrawingOptionRecord {
  return extendOptions(drawingOptions(), cutting);
}

/** What every sampler can be told. */
export function samplerOptions(): SamplerOptionRecord {
  return extendOptions(sizing, drawingOptions());
}

/** What a sampler can be told whose last batch may be short. */
export function cutSamplerOptions(): CutSamplerOptionRecord {
  return extendOptions(samplerOptions(), cutting);
}
