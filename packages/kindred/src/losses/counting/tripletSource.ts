import type { Batch } from "../../batch/batch.ts";
import { checkNumber, describe } from "../../matrix/checks.ts";
import { Random } from "../../matrix/random.ts";
import { number, option } from "../../options/kinds.ts";
import type { OptionValues } from "../../options/option.ts";
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
  seed: number({ default: 0 }),
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

  /** What must be saved to draw the same triplets later; none when nothing is drawn. */
  state(): { readonly random?: readonly number[] } {
    // without the spare normal number, which is never drawn here
    return this.#tripletsPerAnchor === "all" ? {} : { random: this.#random.state().slice(0, 4) };
  }

  /** @throws RangeError when it is not the state of a generator */
  load(random: unknown, owner: string): void {
    if (this.#tripletsPerAnchor === "all") return;
    if (!Array.isArray(random) || random.length !== 4 || !random.every(isWord))
      throw new RangeError(
        `the state's random is ${describe(random)}; it is not of this ${owner}, which draws triplets`,
      );
    this.#random = Random.restore(random as number[]);
  }
}

/** Whether given tuples are triplets, whose k-th positive goes with the k-th negative alone. */
export function isListOfTriplets(tuples: Tuples | null): tuples is Triplets {
  return tuples !== null && isTriplets(tuples);
}

function isWord(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32;
}
