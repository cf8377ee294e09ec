/**
 * Where p[k] > threshold or p[k] > thresholds[k]: writes each such k (a 32-bit integer) to `out`, ascending, and returns
 * how many there are. `out` has room for `count` of them.
 */
export function exceeding(p: usize, thresholds: usize, count: i32, threshold: f32, out: usize): i32 {
  const start = out;
  const own = f32x4.splat(threshold);
  let k = 0;
  for (; k + 4 <= count; k += 4, p += 16, thresholds += 16) {
    const bar = f32x4.pmin(own, v128.load(thresholds));
    let mask = i32x4.bitmask(f32x4.gt(v128.load(p), bar));
    while (mask != 0) {
      store<i32>(out, k + ctz(mask));
      out += 4;
      mask &= mask - 1;
    }
  }
  for (; k < count; k++, p += 4, thresholds += 4) {
    if (load<f32>(p) > min(threshold, load<f32>(thresholds))) {
      store<i32>(out, k);
      out += 4;
    }
  }
  return <i32>((out - start) >> 2);
}
