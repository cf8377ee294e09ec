// Squared Euclidean distances from products: |x - y|^2 = |x|^2 + |y|^2 - 2 x y. Where x and y are close, the digits
// cancel; such pairs ("close": squared < closeness (|x|^2 + |y|^2)) are taken from their differences instead.
import { addScaled, squaredDistance } from "./vector";

/**
 * Turns a row of products of x with the `count` rows of ys (each of `d` floats) into squared distances, in place.
 * `norms` holds |y|^2 of each, `norm` is |x|^2.
 */
export function squaredFromProducts(
  p: usize,
  norms: usize,
  count: i32,
  norm: f32,
  closeness: f32,
  x: usize,
  ys: usize,
  d: i32,
): void {
  const both = f32x4.splat(norm);
  const zero = f32x4.splat(0);
  const limits = f32x4.splat(closeness);
  const step = <usize>d << 2;
  let j = 0;
  for (; j + 4 <= count; j += 4, p += 16, norms += 16) {
    const products = v128.load(p);
    const sums = f32x4.add(both, v128.load(norms));
    const squared = f32x4.pmax(zero, f32x4.sub(sums, f32x4.add(products, products)));
    v128.store(p, squared);
    // "not above", so that 0 <= 0 of two zero vectors counts as close
    if (v128.any_true(f32x4.le(squared, f32x4.mul(sums, limits)))) {
      for (let k: usize = 0; k < 4; k++) {
        refine(p + (k << 2), load<f32>(norms + (k << 2)) + norm, closeness, x, ys + (<usize>j + k) * step, d);
      }
    }
  }
  for (; j < count; j++, p += 4, norms += 4) {
    const sums = norm + load<f32>(norms);
    store<f32>(p, max<f32>(0, sums - 2 * load<f32>(p)));
    refine(p, sums, closeness, x, ys + <usize>j * step, d);
  }
}

// @ts-ignore: decorator
@inline
function refine(p: usize, sums: f32, closeness: f32, x: usize, y: usize, d: i32): void {
  if (load<f32>(p) <= sums * closeness) store<f32>(p, <f32>squaredDistance(x, y, d));
}

/**
 * The slopes of close pairs, taken from their differences: for every close j with slope v_j, gx += v_j (x - y_j),
 * gys_j -= v_j (x - y_j), v_j <- 0. `values` holds the distances, squared when `isSquared`.
 */
export function pullClosePairs(
  v: usize,
  values: usize,
  isSquared: bool,
  norms: usize,
  count: i32,
  norm: f32,
  closeness: f32,
  x: usize,
  ys: usize,
  d: i32,
  gx: usize,
  gys: usize,
): void {
  const step = <usize>d << 2;
  for (let j = 0; j < count; j++, v += 4, values += 4, norms += 4, ys += step, gys += step) {
    const slope = load<f32>(v);
    if (slope == 0) continue;
    let squared = load<f32>(values);
    if (!isSquared) squared *= squared;
    if (squared > 2 * closeness * (norm + load<f32>(norms))) continue;
    addScaled(gx, x, d, slope);
    addScaled(gx, ys, d, -slope);
    addScaled(gys, x, d, -slope);
    addScaled(gys, ys, d, slope);
    store<f32>(v, 0);
  }
}
