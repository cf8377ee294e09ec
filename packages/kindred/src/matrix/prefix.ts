/** The first `count` entries of an array: the view that was made last where it is the same, since making one costs. */
export function prefix(array: Float64Array, count: number, last: Float64Array): Float64Array {
  const isSame = last.length === count && last.buffer === array.buffer && last.byteOffset === array.byteOffset;
  return isSame ? last : array.subarray(0, count);
}
