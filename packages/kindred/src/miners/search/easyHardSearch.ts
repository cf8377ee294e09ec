import type { Distance } from "../../distances/distance.ts";
import { describe } from "../../matrix/checks.ts";
import type { ClassRow, Found, Range } from "../../batch/classRows.ts";

/** Which pair of an anchor is taken; "all": every one. */
export type PairStrategy = "hard" | "semihard" | "easy" | "all";

/** What an {@link EasyHardSearch} looks for. */
export interface EasyHardQuery {
  readonly posStrategy: PairStrategy;
  readonly negStrategy: PairStrategy;
  readonly allowedPosRange: Range | null;
  readonly allowedNegRange: Range | null;
}

/** Finds one positive and one negative of an anchor: its hardest, its easiest, or the hardest that is easier than the other. */
export class EasyHardSearch {
  readonly positive: Found = { place: -1, index: -1, value: 0 };
  readonly negative: Found = { place: -1, index: -1, value: 0 };
  readonly #query: EasyHardQuery;
  /** 1 when larger is farther. */
  readonly #sign: 1 | -1;

  constructor(distance: Distance, query: EasyHardQuery) {
    this.#query = query;
    this.#sign = distance.isInverted ? -1 : 1;
  }

  /** Finds both, the semihard one after the other; returns whether there are both. */
  findBoth(row: ClassRow): boolean {
    if (this.#query.posStrategy === "semihard")
      return this.findNegative(row) && this.findPositive(row, this.negative.value);
    return (
      this.findPositive(row) &&
      this.findNegative(row, this.#query.negStrategy === "semihard" ? this.positive.value : null)
    );
  }

  /** Finds the positive; a semihard one closer than the negative. */
  findPositive(row: ClassRow, limit: number | null = null): boolean {
    const farthest = this.#query.posStrategy === "easy" ? -this.#sign : this.#sign;
    return row.findPositive(farthest, limit, this.#query.allowedPosRange, this.positive);
  }

  /** Finds the negative; a semihard one farther than the positive. */
  findNegative(row: ClassRow, limit: number | null = null): boolean {
    const closest = this.#query.negStrategy === "easy" ? this.#sign : -this.#sign;
    return row.findNegative(closest, limit, this.#query.allowedNegRange, this.negative);
  }
}

/** Refuses what is no range. @throws TypeError, RangeError */
export function checkRange(range: Range | null, name: string): Range | null {
  if (range === null) return null;
  if (!Array.isArray(range) || range.length !== 2 || range.some((bound) => typeof bound !== "number"))
    throw new TypeError(`${name} is ${describe(range)}; give [least, most], or null`);
  const [least, most] = range;
  if (!(least <= most)) throw new RangeError(`${name} is [${least}, ${most}]; give [least, most] with least <= most`);
  return range;
}
