/** The largest float32. */
export const LARGEST_FLOAT = (2 - 2 ** -23) * 2 ** 127;

/** The number, or the largest float32 of its sign where it is beyond. */
export function withinFloat(x: number): number {
  return x > LARGEST_FLOAT ? LARGEST_FLOAT : x < -LARGEST_FLOAT ? -LARGEST_FLOAT : x;
}
