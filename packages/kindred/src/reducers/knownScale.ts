import { LinearReduction } from "./linearReduction.ts";
import type { Reduction } from "./reducer.ts";

/** The scale that a reduction will come to after so many items, when it depends on nothing else; null: it does. */
export function knownScale(reduction: Reduction, items: number, divisor: number): number | null {
  if (!(reduction instanceof LinearReduction)) return null;
  const { low, high, scale } = reduction.rule;
  if (scale === "sum") return 1;
  if (scale === "mean" && (low !== -Infinity || high !== Infinity)) return null;
  const by = scale === "divisor" ? divisor : items;
  return by === 0 ? 0 : 1 / by;
}
