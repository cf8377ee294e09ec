// The searches halve without branches: which half it is no processor foresees.

/** The first of `count` ascending entries that is above x; `count` for none. */
export function firstAbove(sorted: Float64Array, x: number, count = sorted.length): number {
  if (count === 0 || sorted[0] > x) return 0;
  let from = 0;
  for (let length = count; length > 1;) {
    const half = length >>> 1;
    from += half * Number(!(sorted[from + half - 1] > x));
    length -= half;
  }
  return from + Number(!(sorted[from] > x));
}

/** The first of `count` ascending entries that is at least x; `count` for none. */
export function firstAtLeast(sorted: Float64Array, x: number, count = sorted.length): number {
  if (count === 0 || sorted[0] >= x) return 0;
  let from = 0;
  for (let length = count; length > 1;) {
    const half = length >>> 1;
    from += half * Number(!(sorted[from + half - 1] >= x));
    length -= half;
  }
  return from + Number(!(sorted[from] >= x));
}
