import type { Margin } from "./logitRows.ts";

/** sin(theta) is not taken below this: a float32 cosine near 1 carries no smaller angle. */
const SMALLEST_SINE = 2 ** -12;

/** A "cosine" beyond this is no rounding: norms with p other than 2 make them. It is taken as 1, which has no slope. */
const LARGEST_COSINE = 1 + 1e-5;

/**
 * ArcFace's margin of m radians: cos(theta + m), by the addition theorem, up to theta = pi - m and cos(theta) - m sin(m)
 * beyond. Its slope sin(theta + m) / sin(theta) is bounded.
 */
export function arcMargin(m: number): Margin {
  const [cosine, sine] = [Math.cos(m), Math.sin(m)];
  return (x) => {
    const c = Math.max(-1, Math.min(1, x));
    const isBeyond = Math.abs(x) > LARGEST_COSINE;
    if (c < -cosine) return { value: c - m * sine, slope: isBeyond ? 0 : 1 };
    const s = Math.sqrt((1 - c) * (1 + c));
    const slope = isBeyond ? 0 : (s * cosine + c * sine) / Math.max(s, SMALLEST_SINE);
    return { value: c * cosine - s * sine, slope };
  };
}
