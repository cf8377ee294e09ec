import type { Random } from "../../matrix/random.ts";

/**
 * `count` different whole numbers of 0 .. total - 1, ascending; every set is equally likely. Takes time and memory for
 * the chosen ones only. Source: Floyd, in Bentley's "Programming Pearls: A Sample of Brilliance" (CACM 1987).
 *
 * @param count 0 .. total; @param total up to 2^53
 */
export function chooseSorted(count: number, total: number, random: Random): Float64Array {
  const chosen = new Set<number>();
  for (let last = total - count; last < total; last++) {
    const k = random.below(last + 1);
    chosen.add(chosen.has(k) ? last : k);
  }
  return Float64Array.from(chosen).sort();
}
