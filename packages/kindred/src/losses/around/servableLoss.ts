import { describe } from "../../matrix/checks.ts";
import type { Loss } from "../core/loss.ts";

/** Whether a wrapper can give the loss labels and a reference of its own: rows of any number, which anchors are compared with. */
export function isServableLoss(loss: Loss): boolean {
  const takes = loss.description?.takes;
  return takes?.reference === "any" && takes.labels !== "none" && takes.labels !== "scores";
}

/** The same for a wrapper that makes up the labels: such a loss must not keep anything for classes that it was told of. */
export function isServableWithoutLabels(loss: Loss): boolean {
  return isServableLoss(loss) && !("numClasses" in loss.description!.options);
}

/**
 * Refuses a loss that a wrapper cannot serve: those with a vector a class, and those that take a batch only.
 *
 * @param isServable which losses the wrapper can serve
 * @throws TypeError
 */
export function requireServableLoss(owner: string, loss: Loss, isServable = isServableLoss): Loss {
  const isLoss = typeof loss === "object" && loss !== null && typeof loss.evaluate === "function";
  if (isLoss && isServable(loss)) return loss;
  const given = isLoss ? loss.name : describe(loss);
  throw new TypeError(
    `${owner} cannot serve ${given}; give a loss that compares samples with a reference, such as ContrastiveLoss`,
  );
}
