import { describe } from "../matrix/checks.ts";
import { isTriplets, type Pairs, type Tuples } from "./tuples.ts";

/** Pairs grouped by anchor: those of anchor a are at starts[a] .. ends[a] - 1, in the order given. */
export interface AnchorLists {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Maybe the list given itself. */
  readonly others: Int32Array;
  /** Where in the list given each pair stood; null: where it stands here. */
  readonly ranks: Int32Array | null;
}

/** The positive and the negative pairs of tuples, grouped by anchor. */
export interface GroupedTuples {
  readonly positives: AnchorLists;
  readonly negatives: AnchorLists;
}

/** How many pairs an anchor has. */
export function countOf({ starts, ends }: AnchorLists, anchor: number): number {
  return ends[anchor] - starts[anchor];
}

/** Where in the list given the k-th pair of an anchor stood. */
export function rankOf({ starts, ranks }: AnchorLists, anchor: number, k: number): number {
  const place = starts[anchor] + k;
  return ranks === null ? place : ranks[place];
}

/** Groups the pairs (anchors[k], others[k]) by anchor, for anchors 0 .. count - 1. What miners give is grouped already. */
export function listByAnchor(anchors: ArrayLike<number>, others: ArrayLike<number>, count: number): AnchorLists {
  const runs = findRuns(anchors, count);
  if (runs !== null) return { ...runs, others: asIntegers(others), ranks: null };
  const ends = new Int32Array(count);
  for (let k = 0; k < anchors.length; k++) ends[anchors[k]]++;
  const starts = new Int32Array(count);
  for (let a = 1; a < count; a++) starts[a] = starts[a - 1] + ends[a - 1];
  ends.set(starts);
  const lists = { starts, ends, others: new Int32Array(anchors.length), ranks: new Int32Array(anchors.length) };
  for (let k = 0; k < anchors.length; k++) {
    const slot = ends[anchors[k]]++;
    lists.others[slot] = others[k];
    lists.ranks[slot] = k;
  }
  return lists;
}

/**
 * The positive and the negative pairs of tuples, each grouped by anchor. Those of triplets are grouped alike: the k-th
 * positive and the k-th negative of an anchor are of one triplet.
 */
export function listTuples(tuples: Tuples, count: number): GroupedTuples {
  const { anchors1, positives, anchors2, negatives } = asPairs(tuples);
  const lists = listByAnchor(anchors1, positives, count);
  return {
    positives: lists,
    negatives: anchors2 === anchors1 ? groupedAlike(lists, negatives) : listByAnchor(anchors2, negatives, count),
  };
}

/** Other pairs of the same anchors, grouped as those were. */
function groupedAlike(lists: AnchorLists, others: ArrayLike<number>): AnchorLists {
  const { ranks } = lists;
  return { ...lists, others: ranks === null ? asIntegers(others) : ranks.map((rank) => others[rank]) };
}

function asIntegers(list: ArrayLike<number>): Int32Array {
  return list instanceof Int32Array ? list : Int32Array.from(list);
}

/** Where the run of each anchor starts and ends; null when an anchor has several. */
function findRuns(anchors: ArrayLike<number>, count: number): Pick<AnchorLists, "starts" | "ends"> | null {
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  for (let k = 0; k < anchors.length;) {
    const anchor = anchors[k];
    if (ends[anchor] > 0) return null;
    starts[anchor] = k;
    while (k < anchors.length && anchors[k] === anchor) k++;
    ends[anchor] = k;
  }
  return { starts, ends };
}

/** The lists, of `references` others, with every pair once: the first of equal ones stays. */
export function withoutRepeats(lists: AnchorLists, references: number): AnchorLists {
  return filterLists(lists, references, null);
}

/** The lists, of `references` others, with every pair once, and without the pairs that `leftOut` has. */
export function withoutPairsOf(lists: AnchorLists, references: number, leftOut: AnchorLists): AnchorLists {
  return filterLists(lists, references, leftOut);
}

/** Keeps the first of each other of an anchor, unless it is left out. */
function filterLists(lists: AnchorLists, references: number, leftOut: AnchorLists | null): AnchorLists {
  if (isAllKept(lists, references, leftOut)) return lists;
  const anchors = lists.starts.length;
  const { starts, ends, others, ranks } = lists;
  const capacity = Math.min(others.length, anchors * references) + 1;
  const kept = { others: new Int32Array(capacity), ranks: new Int32Array(capacity) };
  const bounds = { starts: new Int32Array(anchors), ends: new Int32Array(anchors) };
  const seenWith = new Int32Array(references).fill(-1);
  let size = 0;
  for (let a = 0; a < anchors; a++) {
    if (leftOut !== null) mark(leftOut, a, seenWith);
    bounds.starts[a] = size;
    const end = ends[a];
    for (let k = starts[a]; k < end; k++) {
      // written in any case, and counted where it is new: no branch depends on what comes
      const other = others[k];
      kept.others[size] = other;
      kept.ranks[size] = ranks === null ? k : ranks[k];
      size += seenWith[other] === a ? 0 : 1;
      seenWith[other] = a;
    }
    bounds.ends[a] = size;
  }
  return { ...bounds, others: kept.others.subarray(0, size), ranks: kept.ranks.subarray(0, size) };
}

/** Whether no pair stands twice or is left out. */
function isAllKept({ starts, ends, others }: AnchorLists, references: number, leftOut: AnchorLists | null): boolean {
  const seenWith = new Int32Array(references).fill(-1);
  for (let a = 0; a < starts.length; a++) {
    if (leftOut !== null) mark(leftOut, a, seenWith);
    const end = ends[a];
    for (let k = starts[a]; k < end; k++) {
      if (seenWith[others[k]] === a) return false;
      seenWith[others[k]] = a;
    }
  }
  return true;
}

/** Notes that an anchor's others have been seen with it. */
function mark({ starts, ends, others }: AnchorLists, anchor: number, seenWith: Int32Array): void {
  for (let k = starts[anchor]; k < ends[anchor]; k++) seenWith[others[k]] = anchor;
}

/**
 * Refuses tuples that are malformed or point outside the batch.
 *
 * @param anchors rows of the embeddings; @param others rows that positives and negatives may be
 * @throws TypeError when lists are missing; RangeError when lists differ in length or an index is out of range
 */
export function checkTuples(tuples: Tuples, anchors: number, others: number): void {
  if (typeof tuples !== "object" || tuples === null || Array.isArray(tuples))
    throw new TypeError(
      `tuples is ${describe(tuples)}; give { anchors, positives, negatives } or { anchors1, positives, anchors2, negatives }`,
    );
  const groups = isTriplets(tuples)
    ? [["anchors", "positives", "negatives"]]
    : [
        ["anchors1", "positives"],
        ["anchors2", "negatives"],
      ];
  const lists = tuples as unknown as Record<string, ArrayLike<number> | undefined>;
  for (const names of groups) {
    for (const name of names) {
      const list = lists[name];
      if (list === undefined || typeof list !== "object")
        throw new TypeError(`tuples.${name} is ${describe(list)}; give a list of row numbers`);
      const first = lists[names[0]]!;
      if (list.length !== first.length)
        throw new RangeError(
          `tuples.${name} has ${list.length} entries, tuples.${names[0]} has ${first.length}; they must be equally long`,
        );
      checkIndices(list, `tuples.${name}`, name.startsWith("anchors") ? anchors : others);
    }
  }
}

function checkIndices(list: ArrayLike<number>, name: string, rows: number): void {
  const k = list instanceof Int32Array ? firstOutside(list, rows) : firstNoRow(list, rows);
  if (k < list.length)
    throw new RangeError(`${name}[${k}] is ${describe(list[k])}; give row numbers from 0 to ${rows - 1}`);
}

/** The first place with what is no row; the length when there is none. */
function firstNoRow(list: ArrayLike<number>, rows: number): number {
  let k = 0;
  while (k < list.length && Number.isInteger(list[k]) && list[k] >= 0 && list[k] < rows) k++;
  return k;
}

/** The same for what miners give: millions of whole numbers. */
function firstOutside(list: Int32Array, rows: number): number {
  let k = 0;
  while (k < list.length && list[k] >>> 0 < rows) k++;
  return k;
}

/** Triplets as pairs (each triplet gives one positive and one negative pair); pairs as they are. */
export function asPairs(tuples: Tuples): Pairs {
  if (!isTriplets(tuples)) return tuples;
  const { anchors, positives, negatives } = tuples;
  return { anchors1: anchors, positives, anchors2: anchors, negatives };
}
