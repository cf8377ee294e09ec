import { describe } from "../matrix/checks.ts";
import { isTriplets, type Pairs, type Tuples } from "./tuples.ts";

/** Pairs grouped by anchor: those of anchor a are at starts[a] .. starts[a + 1] - 1, in the order given. */
export interface AnchorLists {
  readonly starts: Int32Array;
  readonly others: Int32Array;
  /** Where in the list given each pair stood. */
  readonly ranks: Int32Array;
}

/** Groups the pairs (anchors[k], others[k]) by anchor, for anchors 0 .. count - 1. */
export function listByAnchor(anchors: ArrayLike<number>, others: ArrayLike<number>, count: number): AnchorLists {
  const starts = new Int32Array(count + 1);
  for (let k = 0; k < anchors.length; k++) starts[anchors[k] + 1]++;
  for (let a = 0; a < count; a++) starts[a + 1] += starts[a];
  const next = starts.slice(0, count);
  const lists = { starts, others: new Int32Array(anchors.length), ranks: new Int32Array(anchors.length) };
  for (let k = 0; k < anchors.length; k++) {
    const slot = next[anchors[k]]++;
    lists.others[slot] = others[k];
    lists.ranks[slot] = k;
  }
  return lists;
}

/** The lists with every pair once: the first of equal ones stays. */
export function withoutRepeats(lists: AnchorLists): AnchorLists {
  return filterLists(lists, () => new Set());
}

/** The lists with every pair once, and without the pairs that `others` has. */
export function withoutPairsOf(lists: AnchorLists, others: AnchorLists): AnchorLists {
  return filterLists(lists, (a) => new Set(others.others.subarray(others.starts[a], others.starts[a + 1])));
}

/** Keeps the first of each other of an anchor, unless it is among those seen before. */
function filterLists(lists: AnchorLists, seenBefore: (anchor: number) => Set<number>): AnchorLists {
  const count = lists.starts.length - 1;
  const starts = new Int32Array(count + 1);
  const others = new Int32Array(lists.others.length);
  const ranks = new Int32Array(lists.others.length);
  let size = 0;
  for (let a = 0; a < count; a++) {
    const seen = seenBefore(a);
    for (let k = lists.starts[a]; k < lists.starts[a + 1]; k++) {
      if (seen.has(lists.others[k])) continue;
      seen.add(lists.others[k]);
      others[size] = lists.others[k];
      ranks[size++] = lists.ranks[k];
    }
    starts[a + 1] = size;
  }
  return { starts, others: others.subarray(0, size), ranks: ranks.subarray(0, size) };
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
  for (let k = 0; k < list.length; k++) {
    if (Number.isInteger(list[k]) && list[k] >= 0 && list[k] < rows) continue;
    throw new RangeError(`${name}[${k}] is ${describe(list[k])}; give row numbers from 0 to ${rows - 1}`);
  }
}

/** Triplets as pairs (each triplet gives one positive and one negative pair); pairs as they are. */
export function asPairs(tuples: Tuples): Pairs {
  if (!isTriplets(tuples)) return tuples;
  const { anchors, positives, negatives } = tuples;
  return { anchors1: anchors, positives, anchors2: anchors, negatives };
}
