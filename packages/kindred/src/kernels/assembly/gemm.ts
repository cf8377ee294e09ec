// C (+)= A B on packed panels. A is cut into panels of MR rows, B into panels of NR columns, both stored with k running
// slowest, so that the micro-kernel reads memory in one straight line. 5 x 8 is the largest tile whose ten accumulators,
// two B vectors and the broadcast of A fit into sixteen vector registers.
const MR: i32 = 5;
const NR: i32 = 8;
/** Depth of a panel: a B panel (8 KB) and an A panel (5 KB) stay in the first-level cache together. */
const KC: i32 = 256;
/** Rows of A packed at a time (120 KB at full depth). */
const MC: i32 = 120;
/** Columns of B packed at a time (512 KB at full depth), within a second-level cache. */
const NC: i32 = 512;

// The panels of one thread: first those of A, then those of B, then one tile of C. Those of the first thread lie below the
// compiler's own data (build option --memoryBase 655360).
const PACKED_A_BYTES: usize = 120 * 256 * 4;
const PACKED_B_BYTES: usize = 512 * 256 * 4;
const EDGE_BYTES: usize = 5 * 8 * 4;
let packedA: usize = 1024;
let packedB: usize = packedA + PACKED_A_BYTES;
let edge: usize = packedB + PACKED_B_BYTES;

/** How many bytes a thread's panels take. */
export function panelBytes(): usize {
  return PACKED_A_BYTES + PACKED_B_BYTES + EDGE_BYTES;
}

/** Puts the panels of this instance elsewhere: threads share the memory, and each needs its own. */
export function movePanels(base: usize): void {
  packedA = base;
  packedB = packedA + PACKED_A_BYTES;
  edge = packedB + PACKED_B_BYTES;
}

/** Where memory is free for the caller. */
export function heapBase(): usize {
  return (__heap_base + 15) & ~15;
}

/**
 * C = A B, or C += A B with `accumulate`. A is M x K with its entry (i, k) at a + 4 (i ars + k acs), B likewise K x N,
 * C is M x N with rows `crs` apart; pointers in bytes, strides in floats. With `upperOnly`, tiles wholly below the
 * diagonal are left out.
 */
export function gemm(
  M: i32,
  N: i32,
  K: i32,
  a: usize,
  ars: i32,
  acs: i32,
  b: usize,
  brs: i32,
  bcs: i32,
  c: usize,
  crs: i32,
  accumulate: bool,
  upperOnly: bool,
): void {
  for (let j0 = 0; j0 < N; j0 += NC) {
    const nc = min(NC, N - j0);
    for (let k0 = 0; k0 < K; k0 += KC) {
      const kc = min(KC, K - k0);
      packB(b + (<usize>(k0 * brs + j0 * bcs) << 2), brs, bcs, kc, nc);
      const adds = accumulate || k0 > 0;
      for (let i0 = 0; i0 < M; i0 += MC) {
        if (upperOnly && i0 >= j0 + nc) break;
        const mc = min(MC, M - i0);
        packA(a + (<usize>(i0 * ars + k0 * acs) << 2), ars, acs, mc, kc);
        for (let j = 0; j < nc; j += NR) {
          const panelB = packedB + (<usize>(j * kc) << 2);
          for (let i = 0; i < mc; i += MR) {
            if (upperOnly && i0 + i >= j0 + j + NR) break;
            const panelA = packedA + (<usize>(i * kc) << 2);
            const target = c + (<usize>((i0 + i) * crs + j0 + j) << 2);
            if (i + MR <= mc && j + NR <= nc) {
              microKernel(kc, panelA, panelB, target, crs, adds);
            } else {
              microKernel(kc, panelA, panelB, edge, NR, false);
              copyEdge(target, crs, min(MR, mc - i), min(NR, nc - j), adds);
            }
          }
        }
      }
    }
  }
  if (K == 0 && !accumulate) {
    for (let i = 0; i < M; i++) memory.fill(c + (<usize>(i * crs) << 2), 0, <usize>N << 2);
  }
}

function copyEdge(target: usize, crs: i32, rows: i32, cols: i32, adds: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const place = target + (<usize>(i * crs + j) << 2);
      const value = load<f32>(edge + (<usize>(i * NR + j) << 2));
      store<f32>(place, adds ? load<f32>(place) + value : value);
    }
  }
}

function packA(a: usize, ars: i32, acs: i32, mc: i32, kc: i32): void {
  let out = packedA;
  for (let i = 0; i < mc; i += MR) {
    const rows = min(MR, mc - i);
    if (rows == MR) {
      const step = <usize>acs << 2;
      const s = <usize>ars << 2;
      let p = a + (<usize>(i * ars) << 2);
      for (let k = 0; k < kc; k++) {
        store<f32>(out, load<f32>(p));
        store<f32>(out, load<f32>(p + s), 4);
        store<f32>(out, load<f32>(p + 2 * s), 8);
        store<f32>(out, load<f32>(p + 3 * s), 12);
        store<f32>(out, load<f32>(p + 4 * s), 16);
        p += step;
        out += 20;
      }
    } else {
      for (let k = 0; k < kc; k++) {
        for (let r = 0; r < MR; r++) {
          store<f32>(out, r < rows ? load<f32>(a + (<usize>((i + r) * ars + k * acs) << 2)) : 0);
          out += 4;
        }
      }
    }
  }
}

function packB(b: usize, brs: i32, bcs: i32, kc: i32, nc: i32): void {
  let out = packedB;
  for (let j = 0; j < nc; j += NR) {
    const cols = min(NR, nc - j);
    if (cols == NR && bcs == 1) {
      let p = b + (<usize>j << 2);
      const step = <usize>brs << 2;
      for (let k = 0; k < kc; k++) {
        v128.store(out, v128.load(p));
        v128.store(out, v128.load(p, 16), 16);
        p += step;
        out += 32;
      }
    } else if (cols == NR && brs == 1) {
      packTransposed(b + (<usize>(j * bcs) << 2), bcs, kc, out);
      out += <usize>(kc * NR) << 2;
    } else {
      for (let k = 0; k < kc; k++) {
        for (let r = 0; r < NR; r++) {
          store<f32>(out, r < cols ? load<f32>(b + (<usize>(k * brs + (j + r) * bcs) << 2)) : 0);
          out += 4;
        }
      }
    }
  }
}

/** A panel of eight columns that lie as rows in memory: 4 x 4 blocks are turned in registers. */
function packTransposed(b: usize, bcs: i32, kc: i32, out: usize): void {
  const s = <usize>bcs << 2;
  let k = 0;
  for (; k + 4 <= kc; k += 4) {
    for (let half: usize = 0; half < 2; half++) {
      const p = b + half * 4 * s + (<usize>k << 2);
      const r0 = v128.load(p);
      const r1 = v128.load(p + s);
      const r2 = v128.load(p + 2 * s);
      const r3 = v128.load(p + 3 * s);
      const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
      const t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
      const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
      const t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
      const q = out + ((<usize>k * 8) << 2) + half * 16;
      v128.store(q, v128.shuffle<f32>(t0, t1, 0, 1, 4, 5));
      v128.store(q, v128.shuffle<f32>(t0, t1, 2, 3, 6, 7), 32);
      v128.store(q, v128.shuffle<f32>(t2, t3, 0, 1, 4, 5), 64);
      v128.store(q, v128.shuffle<f32>(t2, t3, 2, 3, 6, 7), 96);
    }
  }
  for (; k < kc; k++) {
    for (let r: usize = 0; r < 8; r++) {
      store<f32>(out + ((<usize>k * 8 + r) << 2), load<f32>(b + r * s + (<usize>k << 2)));
    }
  }
}

function microKernel(kc: i32, a: usize, b: usize, c: usize, crs: i32, adds: bool): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  let c40 = f32x4.splat(0);
  let c41 = f32x4.splat(0);
  // One step a turn: with two, V8 keeps half of the accumulators in memory, and the product takes twice as long and more.
  for (let k = kc; k > 0; k--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let s = v128.load_splat<f32>(a);
    c00 = f32x4.add(c00, f32x4.mul(s, b0));
    c01 = f32x4.add(c01, f32x4.mul(s, b1));
    s = v128.load_splat<f32>(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(s, b0));
    c11 = f32x4.add(c11, f32x4.mul(s, b1));
    s = v128.load_splat<f32>(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(s, b0));
    c21 = f32x4.add(c21, f32x4.mul(s, b1));
    s = v128.load_splat<f32>(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(s, b0));
    c31 = f32x4.add(c31, f32x4.mul(s, b1));
    s = v128.load_splat<f32>(a, 16);
    c40 = f32x4.add(c40, f32x4.mul(s, b0));
    c41 = f32x4.add(c41, f32x4.mul(s, b1));
    a += 20;
    b += 32;
  }
  const step = <usize>crs << 2;
  storeRow(c, c00, c01, adds);
  storeRow(c + step, c10, c11, adds);
  storeRow(c + 2 * step, c20, c21, adds);
  storeRow(c + 3 * step, c30, c31, adds);
  storeRow(c + 4 * step, c40, c41, adds);
}

// @ts-ignore: decorator
@inline
function storeRow(c: usize, x0: v128, x1: v128, adds: bool): void {
  if (adds) {
    v128.store(c, f32x4.add(v128.load(c), x0));
    v128.store(c, f32x4.add(v128.load(c, 16), x1), 16);
  } else {
    v128.store(c, x0);
    v128.store(c, x1, 16);
  }
}

/** Copies the part above the diagonal of an n x n matrix (rows `stride` floats apart) below it. */
export function mirror(n: i32, c: usize, stride: i32): void {
  overBlocks(n, c, stride, false);
}

/** C = C + C^T for an n x n matrix with rows `stride` floats apart, in place. */
export function addTranspose(n: i32, c: usize, stride: i32): void {
  overBlocks(n, c, stride, true);
}

/** Walks the 4 x 4 blocks on and above the diagonal in squares of 32, so that both halves stay in the cache. */
function overBlocks(n: i32, c: usize, stride: i32, adds: bool): void {
  const whole = n & ~3;
  for (let i0 = 0; i0 < whole; i0 += 32) {
    const i1 = min(i0 + 32, whole);
    for (let j0 = i0; j0 < whole; j0 += 32) {
      const j1 = min(j0 + 32, whole);
      for (let i = i0; i < i1; i += 4) {
        if (j0 <= i) onDiagonal(i, i, i + 4, i + 4, c, stride, adds);
        for (let j = max(i + 4, j0); j < j1; j += 4) {
          const upper = c + (<usize>(i * stride + j) << 2);
          const lower = c + (<usize>(j * stride + i) << 2);
          if (adds) addBlocks(upper, lower, <usize>stride << 2);
          else mirrorBlock(upper, lower, <usize>stride << 2);
        }
      }
    }
  }
  onDiagonal(0, whole, n, n, c, stride, adds);
}

/** Entry by entry: rows from i0 to i1, columns from j0 to j1 that are right of the diagonal (and on it). */
function onDiagonal(i0: i32, j0: i32, i1: i32, j1: i32, c: usize, stride: i32, adds: bool): void {
  for (let i = i0; i < i1; i++) {
    for (let j = max(i, j0); j < j1; j++) {
      const upper = c + (<usize>(i * stride + j) << 2);
      const lower = c + (<usize>(j * stride + i) << 2);
      const value = adds ? load<f32>(upper) + load<f32>(lower) : load<f32>(upper);
      store<f32>(upper, value);
      store<f32>(lower, value);
    }
  }
}

function mirrorBlock(upper: usize, lower: usize, s: usize): void {
  const r0 = v128.load(upper);
  const r1 = v128.load(upper + s);
  const r2 = v128.load(upper + 2 * s);
  const r3 = v128.load(upper + 3 * s);
  storeTransposed(lower, s, r0, r1, r2, r3);
}

function addBlocks(upper: usize, lower: usize, s: usize): void {
  const l0 = v128.load(lower);
  const l1 = v128.load(lower + s);
  const l2 = v128.load(lower + 2 * s);
  const l3 = v128.load(lower + 3 * s);
  const t0 = v128.shuffle<f32>(l0, l1, 0, 4, 1, 5);
  const t1 = v128.shuffle<f32>(l2, l3, 0, 4, 1, 5);
  const t2 = v128.shuffle<f32>(l0, l1, 2, 6, 3, 7);
  const t3 = v128.shuffle<f32>(l2, l3, 2, 6, 3, 7);
  const r0 = f32x4.add(v128.load(upper), v128.shuffle<f32>(t0, t1, 0, 1, 4, 5));
  const r1 = f32x4.add(v128.load(upper + s), v128.shuffle<f32>(t0, t1, 2, 3, 6, 7));
  const r2 = f32x4.add(v128.load(upper + 2 * s), v128.shuffle<f32>(t2, t3, 0, 1, 4, 5));
  const r3 = f32x4.add(v128.load(upper + 3 * s), v128.shuffle<f32>(t2, t3, 2, 3, 6, 7));
  v128.store(upper, r0);
  v128.store(upper + s, r1);
  v128.store(upper + 2 * s, r2);
  v128.store(upper + 3 * s, r3);
  storeTransposed(lower, s, r0, r1, r2, r3);
}

// @ts-ignore: decorator
@inline
function storeTransposed(p: usize, s: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(p, v128.shuffle<f32>(t0, t1, 0, 1, 4, 5));
  v128.store(p + s, v128.shuffle<f32>(t0, t1, 2, 3, 6, 7));
  v128.store(p + 2 * s, v128.shuffle<f32>(t2, t3, 0, 1, 4, 5));
  v128.store(p + 3 * s, v128.shuffle<f32>(t2, t3, 2, 3, 6, 7));
}
