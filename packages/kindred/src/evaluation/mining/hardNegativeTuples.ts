import { checkOneOf } from "../../matrix/checks.ts";
import type { HardNegatives } from "./mineHardNegatives.ts";

/** How mined negatives are listed; the names are sentence-transformers'. */
export type HardNegativeFormat = "triplet" | "n-tuple" | "labeled-pair" | "labeled-list";

/** An anchor with references. */
export interface HardNegativeTuple {
  readonly anchor: number;
  /** The positive first (of a labeled pair: the one reference), then negatives, the nearest first. */
  readonly references: readonly number[];
  /** How far each reference is from the anchor, or how alike it is. */
  readonly distances: readonly number[];
  /** Of each reference: 1 for a positive, 0 for a negative. */
  readonly labels: readonly (0 | 1)[];
}

const formats: readonly HardNegativeFormat[] = ["triplet", "n-tuple", "labeled-pair", "labeled-list"];

/**
 * Mined negatives as rows to train on, by anchor:
 *
 * - "triplet": a positive and a negative, every positive with every negative
 * - "n-tuple": a positive and its `count` negatives, of anchors alone that have so many
 * - "labeled-list": a positive and its negatives, of anchors that have any
 * - "labeled-pair": one reference; of an anchor first its positives, which are there without negatives, too
 *
 *     const found = mineHardNegatives({ anchors, reference, positives }, { negativesPerAnchor: 5 });
 *     hardNegativeTuples(found, "n-tuple", 5);
 *
 * @param count of "n-tuple": how many negatives; default the most that any anchor has
 * @throws RangeError for an unknown format
 */
export function hardNegativeTuples(
  found: Pick<HardNegatives, "positives" | "negatives">,
  format: HardNegativeFormat,
  count: number | null = null,
): HardNegativeTuple[] {
  checkOneOf(format, "format", formats);
  const { positives, negatives } = found;
  const anchors = positives.starts.length - 1;
  const listOf = ({ starts, rows, distances }: HardNegatives["positives"], anchor: number, label: 0 | 1): Reference[] =>
    Array.from({ length: starts[anchor + 1] - starts[anchor] }, (_, k) => {
      const place = starts[anchor] + k;
      return { row: rows[place], distance: distances[place], label };
    });
  const all = Array.from({ length: anchors }, (_, anchor) => ({
    anchor,
    own: listOf(positives, anchor, 1),
    others: listOf(negatives, anchor, 0),
  }));
  const needed = count ?? all.reduce((most, { others }) => Math.max(most, others.length), 0);
  return all.flatMap(({ anchor, own, others }) => {
    if (format === "labeled-pair") return [...own, ...others].map((one) => tuple(anchor, [one]));
    if (format === "triplet") return own.flatMap((one) => others.map((other) => tuple(anchor, [one, other])));
    if (others.length === 0 || (format === "n-tuple" && others.length < needed)) return [];
    const listed = format === "n-tuple" ? others.slice(0, needed) : others;
    return own.map((one) => tuple(anchor, [one, ...listed]));
  });
}

interface Reference {
  readonly row: number;
  readonly distance: number;
  readonly label: 0 | 1;
}

function tuple(anchor: number, references: readonly Reference[]): HardNegativeTuple {
  return {
    anchor,
    references: references.map(({ row }) => row),
    distances: references.map(({ distance }) => distance),
    labels: references.map(({ label }) => label),
  };
}
