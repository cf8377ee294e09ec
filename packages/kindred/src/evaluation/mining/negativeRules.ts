import { Distance } from "../../distances/distance.ts";
import { checkNumber, checkOneOf, describe, withDefaults } from "../../matrix/checks.ts";
import type { NeighbourIndexBuilder } from "../neighbours/neighbourIndex.ts";
import { usualDistance } from "../neighbours/usualDistance.ts";

/** Which negatives are taken. */
export interface HardNegativeOptions {
  /** How embeddings are compared. Default CosineSimilarity. */
  readonly distance: Distance;
  /** The most negatives of an anchor, >= 1, and no more than there are ranks. Default 3. */
  readonly negativesPerAnchor: number;
  /**
   * Which candidates are looked at, by rank: 0 is the anchor's nearest reference that may be a negative; from the first
   * to before the second. A first rank above 0 passes over the nearest ones, which most often are positives that nobody
   * labelled. Default [0, 50].
   */
  readonly rankRange: readonly [first: number, end: number];
  /**
   * What a rank counts: all "candidates" (default), or those alone that the rules allow, as sentence-transformers counts:
   * then the first ranks are passed over of what is "allowed".
   */
  readonly rankAmong: "candidates" | "allowed";
  /**
   * How many of an anchor's nearest references are looked at, its own positives among them, >= 1. Default null: as many as the ranks
   * need.
   */
  readonly lookAt: number | null;
  /** Whether an anchor's positives are candidates, too, for rankings in which they are to be found. Default false. */
  readonly includePositives: boolean;
  /** Which of the candidates that the rules allow are taken: the "nearest" (default), or "random" ones. */
  readonly choice: "nearest" | "random";
  /**
   * By how much a negative must be farther away than the positive (of several the farthest): d_an >= d_ap + absoluteMargin, or
   * s_an <= s_ap - absoluteMargin. Default null: no matter.
   */
  readonly absoluteMargin: number | null;
  /**
   * The same in shares of the positive's own: d_an >= d_ap + relativeMargin |d_ap|, or s_an <= s_ap - relativeMargin |s_ap|.
   * Default null: no matter.
   */
  readonly relativeMargin: number | null;
  /**
   * The closest that a negative may be, whatever the positive is: the largest similarity, or the smallest distance. What
   * is closer is taken for a positive that nobody labelled. Default null: no matter.
   */
  readonly closest: number | null;
  /** The farthest that a negative may be: the smallest similarity, or the largest distance. Default null: no matter. */
  readonly farthest: number | null;
  /**
   * The largest similarity of a negative as a share of the positive's, 0.95 say: s_an <= share s_ap. For similarities
   * only. Default null: no matter.
   */
  readonly shareOfPositive: number | null;
  /**
   * Builds an index over the reference to search instead of all of it; its recall is measured and told. For a reference in
   * memory. Default null: every pair is looked at.
   */
  readonly knnFunc: NeighbourIndexBuilder | null;
  /** Of the random choice, and of the anchors that an index's recall is measured on. Default 0. */
  readonly seed: number;
}

/** The options over the defaults. @throws TypeError, RangeError */
export function checkNegativeRules(options: Partial<HardNegativeOptions> | undefined): HardNegativeOptions {
  const defaults: HardNegativeOptions = {
    distance: usualDistance(),
    negativesPerAnchor: 3,
    rankRange: [0, 50],
    rankAmong: "candidates",
    lookAt: null,
    includePositives: false,
    choice: "nearest",
    absoluteMargin: null,
    relativeMargin: null,
    closest: null,
    farthest: null,
    shareOfPositive: null,
    knnFunc: null,
    seed: 0,
  };
  const given = withDefaults(options, defaults, "mineHardNegatives");
  if (!(given.distance instanceof Distance))
    throw new TypeError(`distance is ${describe(given.distance)}; give a distance, such as new CosineSimilarity()`);
  checkNumber(given.negativesPerAnchor, "negativesPerAnchor", { atLeast: 1, integer: true });
  checkOneOf(given.choice, "choice", ["nearest", "random"]);
  if (!Array.isArray(given.rankRange) || given.rankRange.length !== 2)
    throw new TypeError(`rankRange is ${describe(given.rankRange)}; give [first, end]`);
  checkNumber(given.rankRange[0], "rankRange[0]", { atLeast: 0, integer: true });
  checkNumber(given.rankRange[1], "rankRange[1]", { atLeast: given.rankRange[0] + 1, integer: true });
  const ranks = given.rankRange[1] - given.rankRange[0];
  if (options?.negativesPerAnchor !== undefined && given.negativesPerAnchor > ranks)
    throw new RangeError(
      `negativesPerAnchor is ${given.negativesPerAnchor}, but rankRange [${given.rankRange.join(", ")}] has ${ranks} ranks; ` +
        "give fewer negatives or more ranks",
    );
  checkOneOf(given.rankAmong, "rankAmong", ["candidates", "allowed"]);
  checkOneOf(given.includePositives, "includePositives", [true, false]);
  if (given.lookAt !== null) checkNumber(given.lookAt, "lookAt", { atLeast: 1, integer: true });
  for (const name of ["absoluteMargin", "relativeMargin", "closest", "farthest", "shareOfPositive"] as const) {
    if (given[name] !== null) checkNumber(given[name], name);
  }
  if (given.shareOfPositive !== null && !given.distance.isInverted)
    throw new TypeError(
      `shareOfPositive is a share of a similarity, but ${given.distance.name} is a distance; give relativeMargin`,
    );
  checkNumber(given.seed, "seed");
  return given;
}

/** The closest that a negative may be to an anchor whose positive is at `positive`, by all rules together. */
export function closestAllowed(positive: number, rules: HardNegativeOptions): number {
  const { absoluteMargin, relativeMargin, closest, shareOfPositive } = rules;
  const farther = rules.distance.away;
  const bounds = [farther * -Infinity];
  if (absoluteMargin !== null) bounds.push(positive + farther * absoluteMargin);
  if (relativeMargin !== null) bounds.push(positive + farther * relativeMargin * Math.abs(positive));
  if (closest !== null) bounds.push(closest);
  if (shareOfPositive !== null) bounds.push(shareOfPositive * positive);
  return farther > 0 ? Math.max(...bounds) : Math.min(...bounds);
}
