/* eslint-disable @typescript-eslint/explicit-function-return-type -- the type of a record of options is the record itself */
import type { Distance } from "../distances/distance.ts";
import { distanceOption, type NeededDistance } from "../distances/distanceOption.ts";
import { number, wholeNumber } from "../options/kinds.ts";
import type { Option, OptionsGiven } from "../options/option.ts";

/**
 * What a miner of one tuple an anchor can be told.
 *
 * @param distance the miner's own default; @param needed which distances it has a meaning for; default: any
 */
export function comparingMinerOptions(distance: Distance, needed?: NeededDistance<Distance>) {
  return {
    /** How embeddings are compared. Default: the miner's own. */
    distance: distanceOption<Distance>(distance, needed),
  };
}

/** What every other miner that compares embeddings can be told. */
export function minerOptions(distance: Distance, needed?: NeededDistance<Distance>) {
  return {
    ...comparingMinerOptions(distance, needed),
    /**
     * The most triplets that an anchor may have, >= 1, or the most positive and the most negative pairs; which are kept is
     * drawn at random, each set equally likely. Default null: no bound.
     */
    maxTuplesPerAnchor: wholeNumber({ default: null, atLeast: 1 }),
    /** Where the random numbers of a miner start. Each call of `mine` goes on from the one before. Default 0. */
    seed: number({ default: 0 }),
  };
}

/** The options that TupleMiner reads of every miner. */
export type MinerOptionRecord = ReturnType<typeof comparingMinerOptions> & {
  readonly maxTuplesPerAnchor?: Option<number | null>;
  readonly seed?: Option<number>;
};

/** What every miner that compares embeddings can be told. */
export type MinerOptions = OptionsGiven<ReturnType<typeof minerOptions>>;
