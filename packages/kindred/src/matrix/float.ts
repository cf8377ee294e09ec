/** The largest float32. */
export const LARGEST_FLOAT = (2 - 2 ** -23) * 2 ** 127;

/** The number, or the largest float32 of its sign where it is beyond. */
export function withinFloat(x: number): number {
  return x > LARGEST_FLOAT ? LARGEST_FLOAT : x < -LARGEST_FLOAT ? -LARGEST_FLOAT : x;
}

/** The largest power of two that is not above x, for x > 0; 1 for 0. */
export function powerOfTwo(x: number): number {
  return x === 0 ? 1 : 2 ** Math.floor(Math.log2(x));
}
