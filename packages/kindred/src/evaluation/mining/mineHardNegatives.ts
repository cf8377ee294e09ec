import { Random } from "../../matrix/random.ts";
import { emptyTriplets } from "../../tuples/emptyTriplets.ts";
import { IndexList } from "../../tuples/indexList.ts";
import type { Triplets } from "../../tuples/tuples.ts";
import { exactIndex } from "../neighbours/exactIndex.ts";
import type { Neighbours } from "../neighbours/nearestNeighbours.ts";
import { measureRecall, type NeighbourIndex } from "../neighbours/neighbourIndex.ts";
import { checkMiningSet, type HardNegativeInput, type MiningSet } from "./miningSet.ts";
import { checkNegativeRules, closestAllowed, type HardNegativeOptions } from "./negativeRules.ts";
import { positivesOfAnchors, type Positives } from "./positivesOfAnchors.ts";

/** What {@link mineHardNegatives} found. */
export interface HardNegatives {
  /** By anchor, of each anchor by positive, and of each positive the nearest negative first: each has the same negatives. */
  readonly triplets: Triplets<Int32Array>;
  /** Of each triplet the distance (or similarity) of its positive and of its negative to the anchor. */
  readonly positiveDistances: Float32Array;
  readonly negativeDistances: Float32Array;
  /** The positives and the negatives of each anchor, whatever it has of the other: {@link hardNegativeTuples} lists them. */
  readonly positives: MeasuredRows;
  readonly negatives: MeasuredRows;
  /** Candidates that were looked at and that the rules did not allow. */
  readonly refused: number;
  /** Anchors that have no positive, and those that have one and got no negative. */
  readonly anchorsWithoutPositive: number;
  readonly anchorsWithoutNegative: number;
  /** With `knnFunc`: the share that the index finds of the exact neighbours looked at first. */
  readonly indexRecall?: number;
}

/** References of each anchor with their distances: those of anchor a stand from starts[a] to before starts[a + 1]. */
export type MeasuredRows = Positives;

/** Neighbours that are held at once: 8 bytes each. */
const MOST_NEIGHBOURS = 2 ** 22;
/**
 * As many times the last rank are the neighbours looked at first. Where too many of an anchor's are of its own class, it
 * is looked at again with more: finding a few twice costs less than finding as many as the largest class has for all.
 */
const FIRST_NEIGHBOURS = 2;
const GROWTH = 4;
/** Anchors that the recall of an index is measured on. */
const RECALL_ANCHORS = 200;

/**
 * Finds hard negatives in a whole data set: of every anchor the nearest references that are not of its class, exactly, with
 * guards against those that are of its class without a label saying so. Every pair is looked at, in blocks of anchors;
 * memory is O(n negativesPerAnchor) and one block, beside the embeddings.
 *
 *     mineHardNegatives({ anchors: embeddings, labels }, { rankRange: [10, 100], shareOfPositive: 0.95 })
 *
 * Embeddings that the memory does not hold are given as a {@link RowSource}, which reads the rows asked for. They are read
 * once for each block of anchors (2^22 / (2 rankRange[1]) of them), and row by row where a class is scattered: files in
 * the order of their classes are read in long runs.
 *
 *     const read = (start, end) => {
 *       const data = new Float32Array((end - start) * 128);
 *       readSync(file, data, 0, data.byteLength, headerBytes + 4 * 128 * start);
 *       return { data, rows: end - start, cols: 128 };
 *     };
 *     mineHardNegatives({ anchors: { rows: 5_000_000, cols: 128, read }, labels })
 *
 * @throws TypeError when neither labels nor positives are given, an option does not suit the distance, or an index is to be
 *   built over a source; RangeError when widths or counts differ
 *
 * Source: Moreira et al., "NV-Retriever: Improving text embedding models with effective hard-negative mining" (2024).
 */
export function mineHardNegatives(input: HardNegativeInput, options?: Partial<HardNegativeOptions>): HardNegatives {
  const rules = checkNegativeRules(options);
  const set = checkMiningSet(input);
  const { distance } = rules;
  const positives = positivesOfAnchors(set, distance);
  const index = indexOf(set, rules);
  const most = Math.min(rules.lookAt ?? Infinity, set.reference.rows);
  const pick = new NegativePick(set, rules, positives, most);
  let waiting: Int32Array = Int32Array.from({ length: set.anchors.rows }, (_, anchor) => anchor).filter(
    (anchor) => positives.starts[anchor + 1] > positives.starts[anchor],
  );
  const first = Math.min(FIRST_NEIGHBOURS * rules.rankRange[1], most);
  let k = first;
  while (waiting.length > 0) {
    const unserved = new IndexList();
    for (const anchors of blocksOf(waiting, Math.ceil(MOST_NEIGHBOURS / k))) {
      const neighbours = index.search(set.anchors.take(anchors), k);
      anchors.forEach((anchor, q) => {
        if (!pick.take(anchor, neighbours, q)) unserved.push(anchor);
      });
    }
    waiting = unserved.toArray();
    k = Math.min(GROWTH * k, most);
  }
  return { ...pick.result(), ...(rules.knnFunc !== null && { indexRecall: recallOf(index, set, first, rules) }) };
}

function indexOf({ reference }: MiningSet, { knnFunc, distance }: HardNegativeOptions): NeighbourIndex {
  if (knnFunc === null) return exactIndex(reference, distance);
  if (reference.matrix === null)
    throw new TypeError("knnFunc builds an index in memory, but the reference is a source; leave knnFunc out");
  return knnFunc(reference.matrix, distance);
}

/** On anchors drawn with the seed. */
function recallOf(
  index: NeighbourIndex,
  { anchors, reference }: MiningSet,
  k: number,
  rules: HardNegativeOptions,
): number {
  const { distance, seed } = rules;
  if (k === 0 || anchors.rows === 0) return 1;
  const random = new Random(seed);
  const drawn = Int32Array.from({ length: Math.min(RECALL_ANCHORS, anchors.rows) }, () => random.integer(anchors.rows));
  return measureRecall(index, anchors.take(drawn), reference.matrix!, k, { distance, sample: drawn.length });
}

function* blocksOf(list: Int32Array, size: number): Generator<Int32Array> {
  for (let start = 0; start < list.length; start += size) yield list.subarray(start, start + size);
}

/** Takes the negatives of each anchor from its neighbours. */
class NegativePick {
  readonly #set: MiningSet;
  readonly #rules: HardNegativeOptions;
  readonly #positives: Positives;
  /** How many neighbours of an anchor may be looked at. */
  readonly #most: number;
  readonly #random: Random;
  /** negativesPerAnchor places an anchor, the first counts[anchor] of them in use. */
  readonly #negatives: Int32Array;
  readonly #distances: Float32Array;
  readonly #counts: Int32Array;
  #refused = 0;

  constructor(set: MiningSet, rules: HardNegativeOptions, positives: Positives, most: number) {
    this.#set = set;
    this.#most = most;
    this.#rules = rules;
    this.#positives = positives;
    this.#random = new Random(rules.seed);
    const { rows } = set.anchors;
    this.#negatives = new Int32Array(rows * rules.negativesPerAnchor);
    this.#distances = new Float32Array(rows * rules.negativesPerAnchor);
    this.#counts = new Int32Array(rows);
  }

  /**
   * Takes the negatives of an anchor, which is query q of the neighbours.
   *
   * @returns false when these neighbours end before the ranks do: nothing was taken, and more of them are needed
   */
  take(anchor: number, { indices, distances, k }: Neighbours, q: number): boolean {
    const { rankRange, rankAmong, choice, negativesPerAnchor, farthest, distance } = this.#rules;
    const [first, end] = rankRange;
    const closest = closestAllowed(this.#strictest(anchor), this.#rules);
    const allowed: number[] = [];
    let rank = 0;
    let refused = 0;
    let isEnough = k === this.#most;
    for (let place = q * k; place < (q + 1) * k && rank < end; place++) {
      const isBeyond = farthest !== null && distance.away * (distances[place] - farthest) > 0;
      if (indices[place] < 0 || (isBeyond && rankAmong === "allowed")) {
        // the index knows no more, or nothing that would be allowed
        isEnough = true;
        break;
      }
      if (!this.#isCandidate(anchor, indices[place])) continue;
      const isAllowed = !isBeyond && distance.away * (distances[place] - closest) >= 0;
      const isCounted = isAllowed || rankAmong === "candidates";
      if (isCounted && rank++ < first) continue;
      if (!isAllowed) refused++;
      else if (allowed.push(place) === negativesPerAnchor && choice === "nearest") {
        isEnough = true;
        break;
      }
    }
    if (!isEnough && rank < end) return false;
    this.#refused += refused;
    const taken = choice === "random" ? this.#choose(allowed) : allowed;
    taken.forEach((place, t) => {
      this.#negatives[anchor * negativesPerAnchor + t] = indices[place];
      this.#distances[anchor * negativesPerAnchor + t] = distances[place];
    });
    this.#counts[anchor] = taken.length;
    return true;
  }

  #isCandidate(anchor: number, other: number): boolean {
    const { isSelf, codes, referenceCodes } = this.#set;
    if (isSelf && other === anchor) return false;
    const { starts, rows } = this.#positives;
    for (let k = starts[anchor]; k < starts[anchor + 1]; k++)
      if (rows[k] === other) return this.#rules.includePositives;
    return codes === null || codes[anchor] !== referenceCodes![other];
  }

  /** How far away the farthest of an anchor's positives is. */
  #strictest(anchor: number): number {
    const { starts, distances } = this.#positives;
    const { away } = this.#rules.distance;
    let farthest = distances[starts[anchor]];
    for (let k = starts[anchor]; k < starts[anchor + 1]; k++)
      if (away * distances[k] > away * farthest) farthest = distances[k];
    return farthest;
  }

  /** negativesPerAnchor of the places, every set equally likely, ascending. */
  #choose(places: number[]): number[] {
    return this.#random
      .shuffle(places)
      .slice(0, this.#rules.negativesPerAnchor)
      .sort((x, y) => x - y);
  }

  result(): HardNegatives {
    const positives = this.#positives;
    const negatives = this.#taken();
    const each = (anchor: number): [number, number] => [
      positives.starts[anchor + 1] - positives.starts[anchor],
      negatives.starts[anchor + 1] - negatives.starts[anchor],
    ];
    let [count, anchorsWithoutPositive, anchorsWithoutNegative] = [0, 0, 0];
    for (let anchor = 0; anchor < this.#counts.length; anchor++) {
      const [own, others] = each(anchor);
      count += own * others;
      if (own === 0) anchorsWithoutPositive++;
      else if (others === 0) anchorsWithoutNegative++;
    }
    const triplets = emptyTriplets(count);
    const positiveDistances = new Float32Array(count);
    const negativeDistances = new Float32Array(count);
    let at = 0;
    for (let anchor = 0; anchor < this.#counts.length; anchor++) {
      for (let p = positives.starts[anchor]; p < positives.starts[anchor + 1]; p++) {
        for (let n = negatives.starts[anchor]; n < negatives.starts[anchor + 1]; n++, at++) {
          triplets.anchors[at] = anchor;
          triplets.positives[at] = positives.rows[p];
          triplets.negatives[at] = negatives.rows[n];
          positiveDistances[at] = positives.distances[p];
          negativeDistances[at] = negatives.distances[n];
        }
      }
    }
    return {
      triplets,
      positiveDistances,
      negativeDistances,
      positives,
      negatives,
      refused: this.#refused,
      anchorsWithoutPositive,
      anchorsWithoutNegative,
    };
  }

  /** The negatives taken, without the places that are not in use. */
  #taken(): MeasuredRows {
    const { negativesPerAnchor } = this.#rules;
    const starts = new Int32Array(this.#counts.length + 1);
    this.#counts.forEach((count, anchor) => (starts[anchor + 1] = starts[anchor] + count));
    const isInUse = (_: number, place: number): boolean =>
      place % negativesPerAnchor < this.#counts[Math.floor(place / negativesPerAnchor)];
    return { starts, rows: this.#negatives.filter(isInUse), distances: this.#distances.filter(isInUse) };
  }
}
