// What lies on the wrong side of a margin. Without branches: which sign comes next cannot be predicted.

/** x <- [sign (x - margin)]+ in place. */
export function hinge(p: usize, count: i32, sign: f32, margin: f32): void {
  const signs = f32x4.splat(sign);
  const margins = f32x4.splat(margin);
  const zero = f32x4.splat(0);
  for (; count >= 4; count -= 4, p += 16) {
    v128.store(p, f32x4.pmax(zero, f32x4.mul(signs, f32x4.sub(v128.load(p), margins))));
  }
  for (; count > 0; count--, p += 4) {
    const v = sign * (load<f32>(p) - margin);
    store<f32>(p, v > 0 ? v : 0);
  }
}

/** How many x are above the threshold. */
export function countAbove(p: usize, count: i32, threshold: f32): i32 {
  const thresholds = f32x4.splat(threshold);
  let counts = i32x4.splat(0);
  // a true lane is -1
  for (; count >= 4; count -= 4, p += 16) counts = i32x4.sub(counts, f32x4.gt(v128.load(p), thresholds));
  let above =
    i32x4.extract_lane(counts, 0) +
    i32x4.extract_lane(counts, 1) +
    i32x4.extract_lane(counts, 2) +
    i32x4.extract_lane(counts, 3);
  for (; count > 0; count--, p += 4) above += <i32>(load<f32>(p) > threshold);
  return above;
}

/** x <- value where x is above the threshold, 0 elsewhere; in place. */
export function step(p: usize, count: i32, threshold: f32, value: f32): void {
  const thresholds = f32x4.splat(threshold);
  const values = f32x4.splat(value);
  for (; count >= 4; count -= 4, p += 16) v128.store(p, v128.and(values, f32x4.gt(v128.load(p), thresholds)));
  for (; count > 0; count--, p += 4) store<f32>(p, load<f32>(p) > threshold ? value : 0);
}
