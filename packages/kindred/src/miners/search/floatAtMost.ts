const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The largest 32-bit float that is at most x, no NaN: of such floats v, v <= x holds just where v <= floatAtMost(x). */
export function floatAtMost(x: number): number {
  float[0] = x;
  if (float[0] <= x) return float[0];
  // the bits of floats of one sign ascend with their magnitude, and rounding took a negative x to -0 at the most
  bits[0] += float[0] > 0 ? -1 : 1;
  return float[0];
}
