import { listTuples, type GroupedTuples } from "./anchorLists.ts";
import type { Tuples } from "./tuples.ts";

/** Tuples mined from a batch that was prepared, grouped by anchor: such tuples need neither checks nor grouping again. */
const groupings = new WeakMap<Tuples, { readonly batch: object; readonly groups: GroupedTuples }>();

/**
 * Remembers, with tuples just mined from a batch, how they are grouped by anchor.
 *
 * @param batch what they are rows of; @param anchors how many it has
 */
export function rememberGrouping(tuples: Tuples, batch: object, anchors: number): void {
  groupings.set(tuples, { batch, groups: listTuples(tuples, anchors) });
}

/** The grouping of tuples that were mined from this batch; null: they were not, and must be checked and grouped. */
export function groupingOf(tuples: Tuples, batch: object): GroupedTuples | null {
  const known = groupings.get(tuples);
  return known?.batch === batch ? known.groups : null;
}
