import type { Matrix } from "../../matrix/matrix.ts";
import { multiply } from "../matrixProduct.ts";
import type { SavedMlp } from "../mlpModel.ts";
import type { HeadModel } from "./headRecipe.ts";
import { restoreHead } from "./headTraining.ts";

/**
 * The head that gives to rows what `head` gives to their coordinates: its first weights are basis times those.
 *
 * @param basis d x count, rows times which are what the head was trained on; null: the rows as they are, and the same head
 */
export function behindBasis(basis: Matrix | null, head: HeadModel): HeadModel {
  if (basis === null) return head;
  const saved = head.save();
  return restoreHead(saved.kind === "mlp" ? behind(basis, saved) : { ...saved, map: behind(basis, saved.map) });
}

function behind(basis: Matrix, { shape, parameters, ...rest }: SavedMlp): SavedMlp {
  return {
    ...rest,
    shape: { ...shape, inputSize: basis.rows },
    parameters: { ...parameters, weights0: multiply(basis, parameters.weights0) },
  };
}
