import { checkNumber, describe, withDefaults } from "../../matrix/checks.ts";
import { mapAll, type NamedMatrices, scaledAll } from "./namedMatrices.ts";

/** How long slopes may be: `norm` or `value`, one of the two. */
export interface Clipping {
  /** The longest that all slopes may be together, > 0: sqrt(sum of all squares). Longer ones are all scaled down alike. */
  readonly norm?: number;
  /** The largest size of a single slope's entry, > 0: each entry is cut to -value .. value. */
  readonly value?: number;
}

/** Added to the length in PyTorch too, so that the numbers are the same. */
const EPSILON = 1e-6;

/** @throws TypeError, RangeError when it is neither or both, or out of bounds */
export function checkClipping(given: Clipping, name: string): Clipping {
  const { norm, value } = withDefaults<{ norm?: number | undefined; value?: number | undefined }>(
    given,
    { norm: undefined, value: undefined },
    name,
  );
  if ((norm === undefined) === (value === undefined))
    throw new TypeError(`${name} has norm = ${describe(norm)} and value = ${describe(value)}; give one of the two`);
  return norm !== undefined
    ? { norm: checkNumber(norm, `norm of ${name}`, { above: 0 }) }
    : { value: checkNumber(value, `value of ${name}`, { above: 0 }) };
}

/** The length of all matrices together: sqrt(sum of all squares). */
export function globalNorm(matrices: NamedMatrices): number {
  let sum = 0;
  for (const { data } of Object.values(matrices)) for (let k = 0; k < data.length; k++) sum += data[k] * data[k];
  return Math.sqrt(sum);
}

/**
 * Slopes that are short enough, as clip_grad_norm_ and clip_grad_value_ of PyTorch leave them:
 *
 *     norm:   slope * min(1, norm / (|all slopes| + 1e-6))
 *     value:  max(-value, min(value, entry))
 *
 * @returns the slopes themselves where they are short enough, else new ones
 *
 * Source: Pascanu et al., "On the difficulty of training recurrent neural networks" (ICML 2013).
 */
export function clipped(slopes: NamedMatrices, { norm, value }: Clipping): NamedMatrices {
  if (norm !== undefined) {
    const factor = norm / (globalNorm(slopes) + EPSILON);
    return factor < 1 ? scaledAll(slopes, factor) : slopes;
  }
  const [least, most] = [-value!, value!];
  return mapAll(slopes, ({ data, rows, cols }) => ({
    data: data.map((entry) => Math.max(least, Math.min(most, entry))),
    rows,
    cols,
  }));
}
