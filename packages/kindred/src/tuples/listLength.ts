/** Entries that a list may have: those of the largest typed array that engines agree on (2 GB of 32-bit integers). */
const MOST_ENTRIES = 2 ** 29;

/** Refuses lists that no memory holds. @throws RangeError naming what can be done instead */
export function checkListLength(count: number, what: string): number {
  if (count > MOST_ENTRIES)
    throw new RangeError(
      `there are ${count} ${what}, a list holds ${MOST_ENTRIES}; take smaller batches, fewer per anchor, or a miner with maxTuplesPerAnchor`,
    );
  return count;
}
