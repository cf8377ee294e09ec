/**
 * How often a property is tried: `count` times, times KINDRED_RUNS where that is set, as in the long run of .ci/run.
 */
export function runs(count: number): number {
  return count * Number(process.env.KINDRED_RUNS ?? 1);
}
