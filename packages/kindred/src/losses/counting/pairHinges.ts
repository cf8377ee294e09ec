import type { AnchorRow } from "../../batch/anchorRow.ts";
import type { Others } from "../../batch/others.ts";
import type { Counting, Reduction } from "../../reducers/reduction.ts";

/** The hinge v = [sign (x - margin)]+ of a pair's distance x. */
interface PairHinge {
  readonly sign: 1 | -1;
  readonly margin: number;
}

/**
 * Hands the hinges of an anchor's positives or negatives to the reduction, and replaces their distances by weight x slope.
 * Where every hinge above 0 weighs the same, their number and sum are all that is needed; otherwise they are listed.
 */
export function takePairHinges(
  row: AnchorRow,
  others: Others,
  { sign, margin }: PairHinge,
  reduction: Reduction,
): void {
  others.hinge(sign, margin);
  const counting = reduction.counting(row.anchor);
  if (counting !== null && keepsAllHinges(counting)) {
    const above = others.countAbove(0);
    const items = others.count;
    reduction.takeCounted(row.anchor, { items, active: above, counted: above, total: others.sum() });
    others.step(0, sign * counting.weight);
    return;
  }
  const { losses, weights } = row;
  const count = others.read(losses);
  row.weigh(others, reduction);
  for (let k = 0; k < count; k++) weights[k] = losses[k] > 0 ? sign * weights[k] : 0;
  others.write(weights);
}

/** Whether no hinge above 0 is out of bounds. */
function keepsAllHinges({ low, high }: Counting): boolean {
  return low <= 0 && high === Infinity;
}
