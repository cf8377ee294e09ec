/* eslint-disable @typescript-eslint/explicit-function-return-type -- the type of a record of options is the record itself */
import type { Distance } from "../../distances/distance.ts";
import { distanceOption, type NeededDistance } from "../../distances/distanceOption.ts";
import { choice, number } from "../../options/kinds.ts";
import type { Option, OptionsGiven } from "../../options/option.ts";
import type { Reducer } from "../../reducers/reducer.ts";
import { reducerOption } from "../../reducers/reducerOption.ts";
import type { Regularizer } from "../../regularizers/regularizer.ts";
import { regularizerOption } from "../../regularizers/regularizerOption.ts";

/** What every loss can be told. @param reducer the loss's own default */
export function reducedOptions(reducer: Reducer) {
  return {
    /** How item losses become one number; a loss of several sub-losses uses it for each. Default: the loss's own. */
    reducer: reducerOption(reducer),
    /** What to do about a batch that teaches nothing: "warn" (default) once a reason, "throw" or "ignore". */
    whenSilent: choice(["warn", "throw", "ignore"], { default: "warn" }),
  };
}

/** What a loss can be told whose embeddings may be penalized. */
export function regularizedOptions(reducer: Reducer) {
  return {
    ...reducedOptions(reducer),
    /** A penalty on the embeddings. Default null: none. */
    embeddingRegularizer: regularizerOption(),
    /** What the penalty is multiplied by. Default 1. */
    embeddingRegWeight: number({ default: 1 }),
  };
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
) {
  return {
    /** How embeddings are compared. Default: the loss's own. */
    distance: distanceOption(distance, needed),
    ...regularizedOptions(reducer),
  };
}

/** The options that MetricLoss reads of every loss. */
export type LossOptionRecord = ReturnType<typeof reducedOptions> & {
  readonly embeddingRegularizer?: Option<Regularizer | null>;
  readonly embeddingRegWeight?: Option<number>;
};

/** Those of a loss that compares by a distance. */
export type ComparingOptionRecord = ReturnType<typeof regularizedOptions> & {
  readonly distance: Option<Distance, unknown>;
};

/** What every loss that compares embeddings can be told. */
export type MetricLossOptions = OptionsGiven<ReturnType<typeof comparingOptions>>;
