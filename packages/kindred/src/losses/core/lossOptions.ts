import type { Distance } from "../../distances/distance.ts";
import { distanceOption, type NeededDistance } from "../../distances/distanceOption.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { choice, number } from "../../options/kinds.ts";
import type { Option, OptionsGiven } from "../../options/option.ts";
import type { Reducer } from "../../reducers/reducer.ts";
import { reducerOption } from "../../reducers/reducerOption.ts";
import type { Regularizer } from "../../regularizers/regularizer.ts";
import { regularizerOption } from "../../regularizers/regularizerOption.ts";

const silence = {
  /** What to do about a batch that teaches nothing: "warn" (default) once a reason, "throw" or "ignore". */
  whenSilent: choice(["warn", "throw", "ignore"], { default: "warn" }),
};

const regularization = {
  /** A penalty on the embeddings. Default null: none. */
  embeddingRegularizer: regularizerOption(),
  /** What the penalty is multiplied by. Default 1. */
  embeddingRegWeight: number({ default: 1 }),
};

type Silence = typeof silence;
type Regularization = typeof regularization;

/** The options that every loss has. */
export interface ReducedOptionRecord extends Silence {
  /** How item losses become one number; a loss of several sub-losses uses it for each. Default: the loss's own. */
  readonly reducer: Option<Reducer, Reducer | null>;
}

/** The options of a loss whose embeddings may be penalized. */
export interface RegularizedOptionRecord extends ReducedOptionRecord, Regularization {}

/** The options of a loss that compares embeddings by a distance. */
export interface ComparingOptionRecord<D extends Distance = Distance> extends RegularizedOptionRecord {
  /** How embeddings are compared. Default: the loss's own. */
  readonly distance: Option<D, D | null>;
}

/** What every loss can be told. @param reducer the loss's own default */
export function reducedOptions(reducer: Reducer): ReducedOptionRecord {
  return extendOptions({ reducer: reducerOption(reducer) }, silence);
}

/** What a loss can be told whose embeddings may be penalized. @param reducer the loss's own default */
export function regularizedOptions(reducer: Reducer): RegularizedOptionRecord {
  return extendOptions(reducedOptions(reducer), regularization);
}

/**
 * What a loss can be told that compares embeddings by a distance.
 *
 * @param distance, reducer the loss's own defaults
 * @param needed which distances its formula has a meaning for; default: any
 */
export function comparingOptions<D extends Distance = Distance>(
  distance: D,
  reducer: Reducer,
  needed?: NeededDistance<D>,
): ComparingOptionRecord<D> {
  return extendOptions({ distance: distanceOption(distance, needed) }, regularizedOptions(reducer));
}

/** The options that MetricLoss reads of every loss. */
export interface LossOptionRecord extends ReducedOptionRecord {
  readonly embeddingRegularizer?: Option<Regularizer | null>;
  readonly embeddingRegWeight?: Option<number>;
}

/** What every loss that compares embeddings can be told. */
export type MetricLossOptions = OptionsGiven<ComparingOptionRecord>;
