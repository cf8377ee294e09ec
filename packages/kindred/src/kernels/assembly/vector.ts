// Passes over runs of floats. Sums are taken in single precision over 64 entries at the most, then in double.

/**
 * e^x for four floats: x = k ln 2 + r, |r| <= ln 2 / 2, e^r by a polynomial of degree 6; within 2 units in the last place
 * from -87.33 to 88.37. Below that it is 0, above it stays at 2^127.5, which is finite: no sum of one run turns to NaN.
 */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88.3762626647949)), f32x4.splat(-87.33654475));
  const k = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(1.44269504088896341)));
  let r = f32x4.sub(clamped, f32x4.mul(k, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(k, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23);
  const tooSmall = f32x4.lt(x, f32x4.splat(-87.33654475));
  return v128.andnot(f32x4.mul(p, power), tooSmall);
}

// @ts-ignore: decorator
@inline
function lanesSum(x: v128): f64 {
  return (
    <f64>f32x4.extract_lane(x, 0) +
    <f64>f32x4.extract_lane(x, 1) +
    <f64>f32x4.extract_lane(x, 2) +
    <f64>f32x4.extract_lane(x, 3)
  );
}

/** The first `count` (1 to 3) floats at p, the other lanes `fill`. */
// @ts-ignore: decorator
@inline
function loadTail(p: usize, count: i32, fill: f32): v128 {
  let x = f32x4.replace_lane(f32x4.splat(fill), 0, load<f32>(p));
  if (count > 1) x = f32x4.replace_lane(x, 1, load<f32>(p, 4));
  if (count > 2) x = f32x4.replace_lane(x, 2, load<f32>(p, 8));
  return x;
}

// @ts-ignore: decorator
@inline
function storeTail(p: usize, count: i32, x: v128): void {
  store<f32>(p, f32x4.extract_lane(x, 0));
  if (count > 1) store<f32>(p, f32x4.extract_lane(x, 1), 4);
  if (count > 2) store<f32>(p, f32x4.extract_lane(x, 2), 8);
}

/** The largest entry; -Infinity of none. */
export function maximum(p: usize, count: i32): f32 {
  let best = f32x4.splat(-Infinity);
  for (; count >= 4; count -= 4, p += 16) best = f32x4.pmax(best, v128.load(p));
  if (count > 0) best = f32x4.pmax(best, loadTail(p, count, -Infinity));
  return max(
    max(f32x4.extract_lane(best, 0), f32x4.extract_lane(best, 1)),
    max(f32x4.extract_lane(best, 2), f32x4.extract_lane(best, 3)),
  );
}

/** The smallest entry; Infinity of none. */
export function minimum(p: usize, count: i32): f32 {
  let best = f32x4.splat(Infinity);
  for (; count >= 4; count -= 4, p += 16) best = f32x4.pmin(best, v128.load(p));
  if (count > 0) best = f32x4.pmin(best, loadTail(p, count, Infinity));
  return min(
    min(f32x4.extract_lane(best, 0), f32x4.extract_lane(best, 1)),
    min(f32x4.extract_lane(best, 2), f32x4.extract_lane(best, 3)),
  );
}

/** The sum of the entries. */
export function sum(p: usize, count: i32): f64 {
  let total: f64 = 0;
  while (count >= 4) {
    const chunk = min(count >> 2, 16);
    let partial = f32x4.splat(0);
    for (let k = 0; k < chunk; k++, p += 16) partial = f32x4.add(partial, v128.load(p));
    total += lanesSum(partial);
    count -= chunk << 2;
  }
  if (count > 0) total += lanesSum(loadTail(p, count, 0));
  return total;
}

/** x <- e^(scale x - shift) in place; returns the sum of what was stored. */
export function expInPlace(p: usize, count: i32, scale: f32, shift: f32): f64 {
  const scales = f32x4.splat(scale);
  const shifts = f32x4.splat(shift);
  let total: f64 = 0;
  while (count >= 4) {
    const chunk = min(count >> 2, 16);
    let partial = f32x4.splat(0);
    for (let k = 0; k < chunk; k++, p += 16) {
      const e = exp4(f32x4.sub(f32x4.mul(v128.load(p), scales), shifts));
      v128.store(p, e);
      partial = f32x4.add(partial, e);
    }
    total += lanesSum(partial);
    count -= chunk << 2;
  }
  if (count > 0) {
    const e = exp4(f32x4.sub(f32x4.mul(loadTail(p, count, 0), scales), shifts));
    storeTail(p, count, e);
    for (let k = 0; k < count; k++, p += 4) total += <f64>load<f32>(p);
  }
  return total;
}

/** x <- factor x + offset in place. */
export function affine(p: usize, count: i32, factor: f32, offset: f32): void {
  const factors = f32x4.splat(factor);
  const offsets = f32x4.splat(offset);
  for (; count >= 4; count -= 4, p += 16) {
    v128.store(p, f32x4.add(f32x4.mul(v128.load(p), factors), offsets));
  }
  for (; count > 0; count--, p += 4) store<f32>(p, load<f32>(p) * factor + offset);
}

/** y <- y + factor x. */
export function addScaled(y: usize, x: usize, count: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  for (; count >= 4; count -= 4, x += 16, y += 16) {
    v128.store(y, f32x4.add(v128.load(y), f32x4.mul(v128.load(x), factors)));
  }
  for (; count > 0; count--, x += 4, y += 4) store<f32>(y, load<f32>(y) + load<f32>(x) * factor);
}

/** sum of (x - y)^2. */
export function squaredDistance(x: usize, y: usize, count: i32): f64 {
  let total: f64 = 0;
  while (count >= 4) {
    const chunk = min(count >> 2, 16);
    let partial = f32x4.splat(0);
    for (let k = 0; k < chunk; k++, x += 16, y += 16) {
      const difference = f32x4.sub(v128.load(x), v128.load(y));
      partial = f32x4.add(partial, f32x4.mul(difference, difference));
    }
    total += lanesSum(partial);
    count -= chunk << 2;
  }
  for (; count > 0; count--, x += 4, y += 4) {
    const difference = load<f32>(x) - load<f32>(y);
    total += <f64>(difference * difference);
  }
  return total;
}

/** sum of |x - y|. */
export function absoluteDistance(x: usize, y: usize, count: i32): f64 {
  let total: f64 = 0;
  while (count >= 4) {
    const chunk = min(count >> 2, 16);
    let partial = f32x4.splat(0);
    for (let k = 0; k < chunk; k++, x += 16, y += 16) {
      partial = f32x4.add(partial, f32x4.abs(f32x4.sub(v128.load(x), v128.load(y))));
    }
    total += lanesSum(partial);
    count -= chunk << 2;
  }
  for (; count > 0; count--, x += 4, y += 4) total += <f64>abs(load<f32>(x) - load<f32>(y));
  return total;
}

/** x <- sqrt(x) in place. */
export function squareRoot(p: usize, count: i32): void {
  for (; count >= 4; count -= 4, p += 16) v128.store(p, f32x4.sqrt(v128.load(p)));
  for (; count > 0; count--, p += 4) store<f32>(p, sqrt(load<f32>(p)));
}

/** w <- factor w / x, 0 where x is 0; in place. */
export function divideBy(w: usize, x: usize, count: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  const zero = f32x4.splat(0);
  for (; count >= 4; count -= 4, w += 16, x += 16) {
    const divisor = v128.load(x);
    const quotient = f32x4.div(f32x4.mul(v128.load(w), factors), divisor);
    v128.store(w, v128.andnot(quotient, f32x4.eq(divisor, zero)));
  }
  for (; count > 0; count--, w += 4, x += 4) {
    const divisor = load<f32>(x);
    store<f32>(w, divisor == 0 ? 0 : (load<f32>(w) * factor) / divisor);
  }
}

/** sum of x y. */
export function dot(x: usize, y: usize, count: i32): f64 {
  let total: f64 = 0;
  while (count >= 4) {
    const chunk = min(count >> 2, 16);
    let partial = f32x4.splat(0);
    for (let k = 0; k < chunk; k++, x += 16, y += 16) {
      partial = f32x4.add(partial, f32x4.mul(v128.load(x), v128.load(y)));
    }
    total += lanesSum(partial);
    count -= chunk << 2;
  }
  for (; count > 0; count--, x += 4, y += 4) total += <f64>(load<f32>(x) * load<f32>(y));
  return total;
}
