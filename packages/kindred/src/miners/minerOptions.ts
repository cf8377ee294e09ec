import type { Distance } from "../distances/distance.ts";
import { distanceOption, type NeededDistance } from "../distances/distanceOption.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { seed, wholeNumber } from "../options/kinds.ts";
import type { Option, OptionsGiven } from "../options/option.ts";

const choosing = {
  /**
   * The most triplets that an anchor may have, >= 1, or the most positive and the most negative pairs; which are kept is
   * drawn at random, each set equally likely. Default null: no bound.
   */
  maxTuplesPerAnchor: wholeNumber({ default: null, atLeast: 1 }),
  /** Where the random numbers of a miner start. Each call of `mine` goes on from the one before. Default 0. */
  seed: seed(),
};

type Choosing = typeof choosing;

/** The options of a miner of one tuple an anchor. */
export interface ComparingMinerOptionRecord {
  /** How embeddings are compared. Default: the miner's own. */
  readonly distance: Option<Distance, Distance | null>;
}

/** The options of every other miner that compares embeddings. */
export interface ChoosingMinerOptionRecord extends ComparingMinerOptionRecord, Choosing {}

/**
 * What a miner of one tuple an anchor can be told.
 *
 * @param distance the miner's own default; @param needed which distances it has a meaning for; default: any
 */
export function comparingMinerOptions(
  distance: Distance,
  needed?: NeededDistance<Distance>,
): ComparingMinerOptionRecord {
  return { distance: distanceOption<Distance>(distance, needed) };
}

/** What every other miner that compares embeddings can be told. */
export function minerOptions(distance: Distance, needed?: NeededDistance<Distance>): ChoosingMinerOptionRecord {
  return extendOptions(comparingMinerOptions(distance, needed), choosing);
}

/** The options that TupleMiner reads of every miner. */
export interface MinerOptionRecord extends ComparingMinerOptionRecord {
  readonly maxTuplesPerAnchor?: Option<number | null>;
  readonly seed?: Option<number>;
}

/** What every miner that compares embeddings can be told. */
export type MinerOptions = OptionsGiven<ChoosingMinerOptionRecord>;
