import { describe } from "../../matrix/checks.ts";
import type { Loss } from "../core/loss.ts";
import { PairLoss } from "../pairs/pairLoss.ts";

/** The losses, beside those that extend PairLoss, that compare anchors with a reference. */
const names: ReadonlySet<string> = new Set([
  "AngularLoss",
  "IntraPairVarianceLoss",
  "LiftedStructureLoss",
  "MarginLoss",
  "TripletMarginLoss",
]);

/** The losses, among those that extend PairLoss, that compare a batch with itself only. */
const ofBatchAlone: ReadonlySet<string> = new Set(["FastAPLoss", "RankedListLoss"]);

/** Whether a wrapper can give the loss a reference of its own: not with a vector a class, and not with the batch alone. */
export function isComparingLoss(loss: Loss): boolean {
  return (loss instanceof PairLoss && !ofBatchAlone.has(loss.name)) || names.has(loss.name);
}

/**
 * Refuses a loss that a wrapper cannot give a reference to: losses with a vector a class, and those that take a batch only.
 *
 * @param except names that the wrapper does not serve although they take a reference
 * @throws TypeError
 */
export function requireComparingLoss(owner: string, loss: Loss, except: readonly string[] = []): Loss {
  const isLoss = typeof loss === "object" && loss !== null && typeof loss.evaluate === "function";
  if (isLoss && isComparingLoss(loss) && !except.includes(loss.name)) return loss;
  const given = isLoss ? loss.name : describe(loss);
  throw new TypeError(
    `${owner} cannot serve ${given}; give a loss that compares samples with a reference, such as ContrastiveLoss`,
  );
}
