import { describe } from "../../matrix/checks.ts";
import type { Matrix } from "../../matrix/matrix.ts";
import type { LossState } from "./loss.ts";

/** Which matrix of a state is wanted. */
interface WantedMatrix {
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
}

/**
 * A matrix of a saved state.
 *
 * @throws TypeError when the state is no object or the matrix no typed data (as JSON leaves it); RangeError when it is of
 *   another shape
 */
export function savedMatrix(state: LossState, { name, rows, cols }: WantedMatrix, owner: string): Matrix {
  if (typeof state !== "object" || state === null)
    throw new TypeError(`the state of ${owner} is ${describe(state)}; give what state() returned`);
  const saved = state[name] as Matrix | undefined;
  if (saved?.rows !== rows || saved.cols !== cols)
    throw new RangeError(`the state's ${name} is not ${rows} x ${cols}; it is not of this ${owner}`);
  if (!(saved.data instanceof Float32Array))
    throw new TypeError(
      `the state's ${name}.data is ${describe(saved.data)}; give a Float32Array (JSON does not keep one: save it as Array.from(data))`,
    );
  if (saved.data.length !== rows * cols)
    throw new RangeError(
      `the state's ${name}.data has ${saved.data.length} entries; ${rows} x ${cols} need ${rows * cols}`,
    );
  return saved;
}
