import type { AnchorRow } from "../../batch/anchorRow.ts";
import type { Found, Range } from "../../batch/others.ts";
import type { Distance } from "../../distances/distance.ts";
import { describe } from "../../matrix/checks.ts";
import { option } from "../../options/kinds.ts";
import type { Option } from "../../options/option.ts";

/** Which pair of an anchor is taken; "all": every one. */
export type PairStrategy = "hard" | "semihard" | "easy" | "all";

/** What an {@link EasyHardSearch} looks for. */
interface EasyHardQuery {
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
  readonly #away: 1 | -1;

  constructor(distance: Distance, query: EasyHardQuery) {
    this.#query = query;
    this.#away = distance.away;
  }

  /** Finds both, the semihard one after the other; returns whether there are both. */
  findBoth(row: AnchorRow): boolean {
    if (this.#query.posStrategy === "semihard")
      return this.findNegative(row) && this.findPositive(row, this.negative.value);
    return (
      this.findPositive(row) &&
      this.findNegative(row, this.#query.negStrategy === "semihard" ? this.positive.value : null)
    );
  }

  /** Finds the positive; a semihard one closer than the negative. */
  findPositive({ positives }: AnchorRow, limit: number | null = null): boolean {
    const { posStrategy, allowedPosRange: range } = this.#query;
    const sign = posStrategy === "easy" ? -this.#away : this.#away;
    return positives.find({ sign, limit, range }, this.positive);
  }

  /** Finds the negative; a semihard one farther than the positive. */
  findNegative({ negatives }: AnchorRow, limit: number | null = null): boolean {
    const { negStrategy, allowedNegRange: range } = this.#query;
    const sign = negStrategy === "easy" ? this.#away : -this.#away;
    return negatives.find({ sign, limit, range }, this.negative);
  }
}

/** The option of a range of distances, or null for any. */
export function rangeOption(): Option<Range | null> {
  return option<Range | null>("[least, most], or null", null, checkRange);
}

/** Refuses what is no range. @throws TypeError, RangeError */
function checkRange(range: unknown, name: string): Range {
  if (!Array.isArray(range) || range.length !== 2 || range.some((bound) => typeof bound !== "number"))
    throw new TypeError(`${name} is ${describe(range)}; give [least, most], or null`);
  const [least, most] = range as [number, number];
  if (!(least <= most)) throw new RangeError(`${name} is [${least}, ${most}]; give [least, most] with least <= most`);
  return [least, most];
}
