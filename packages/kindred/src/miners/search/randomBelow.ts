import type { Random } from "../../matrix/random.ts";

/** A whole number, uniform on 0 .. n - 1. @param n 1 .. 2^53; the bias beyond 32 bits is below n / 2^53 */
export function randomBelow(n: number, random: Random): number {
  return n <= 2 ** 32 ? random.integer(n) : Math.floor(random.uniform() * n);
}
