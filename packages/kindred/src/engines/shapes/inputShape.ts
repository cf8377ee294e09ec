import { checkNumber, describe } from "../../matrix/checks.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import { entriesOf } from "./flatShape.ts";

/** The shape of one input; null: a row as it is. */
export type InputShape = readonly number[] | null;

/** @throws TypeError, RangeError when it is no list of sizes */
export function checkInputShape(inputShape: InputShape): InputShape {
  if (inputShape !== null && !Array.isArray(inputShape))
    throw new TypeError(`inputShape is ${describe(inputShape)}; give the sizes of one input, such as [28, 28, 1]`);
  inputShape?.forEach((size, k) => checkNumber(size, `inputShape[${k}]`, { atLeast: 1, integer: true }));
  return inputShape;
}

/**
 * The shape of a batch of inputs, each row laid out in the input's shape.
 *
 * @throws RangeError when a row has another number of entries
 */
export function batchShape({ rows, cols }: Matrix, inputShape: InputShape): number[] {
  if (inputShape === null) return [rows, cols];
  const needed = entriesOf(inputShape);
  if (cols !== needed && rows > 0)
    throw new RangeError(
      `inputs has ${cols} columns; one input of the shape [${inputShape.join(", ")}] needs ${needed}`,
    );
  return [rows, ...inputShape];
}
