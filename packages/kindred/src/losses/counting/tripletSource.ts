import type { Batch } from "../../batch/batch.ts";
import { checkNumber, describe } from "../../matrix/checks.ts";
import { Random } from "../../matrix/random.ts";
import { option, seed } from "../../options/kinds.ts";
import type { OptionValues } from "../../options/option.ts";
import { keptRandom } from "../../state/entries.ts";
import type { StateRecord } from "../../state/stateRecord.ts";
import { randomTriplets } from "../../tuples/randomTriplets.ts";
import { removeSelfComparisons } from "../../tuples/removeSelfComparisons.ts";
import { isTriplets, type Triplets, type Tuples } from "../../tuples/tuples.ts";

/** Which triplets a loss takes when none are given. */
export const tripletSourceOptions = {
  /** How many random triplets an anchor gets when none are given, >= 1; "all": every one. Default "all". */
  tripletsPerAnchor: option<number | "all">('a whole number >= 1 or "all"', "all", (given, name) => {
    if (given === "all") return given;
    if (typeof given !== "number")
      throw new TypeError(`${name} is ${describe(given)}; give a whole number >= 1 or "all"`);
    return checkNumber(given, name, { atLeast: 1, integer: true });
  }),
  /** Of the random triplets. Default 0. */
  seed: seed(),
};

/** Draws a loss's random triplets; every batch goes on where the last one ended. */
export class TripletSource {
  readonly #tripletsPerAnchor: number | "all";
  #random: Random;

  constructor({ tripletsPerAnchor, seed }: OptionValues<typeof tripletSourceOptions>) {
    this.#tripletsPerAnchor = tripletsPerAnchor;
    this.#random = new Random(seed);
  }

  /** The batch with random triplets, where they are wanted and no tuples were given. */
  fill(batch: Batch): Batch {
    const tripletsPerAnchor = this.#tripletsPerAnchor;
    const { codes, referenceCodes, reference, anchorRows } = batch;
    if (tripletsPerAnchor === "all" || batch.tuples !== null) return batch;
    const others = reference === null ? null : referenceCodes;
    const tuples = randomTriplets(codes!, others, { tripletsPerAnchor, seed: this.#random });
    return {
      ...batch,
      tuples: anchorRows === null ? tuples : removeSelfComparisons(tuples, { batchIndices: anchorRows }),
    };
  }

  /** What must be saved to draw the same triplets later; nothing when nothing is drawn. */
  get stateRecord(): StateRecord {
    if (this.#tripletsPerAnchor === "all") return {};
    return { random: keptRandom({ get: () => this.#random, set: (random) => (this.#random = random) }) };
  }
}

/** Whether given tuples are triplets, whose k-th positive goes with the k-th negative alone. */
export function isListOfTriplets(tuples: Tuples | null): tuples is Triplets {
  return tuples !== null && isTriplets(tuples);
}
