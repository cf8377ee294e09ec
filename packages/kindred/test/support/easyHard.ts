import { expect } from "vitest";
import type { Pairs, PairStrategy, Range } from "../../src/index.ts";
import type { MiningBatch } from "./minerContract.ts";

/** What the twin finds for an anchor: the distance of the pair chosen, all of them, or none. */
interface ExpectedPairs {
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

/** What a miner of one positive and one negative an anchor finds, from all distances. */
export function twinOfPairs(
  { distances, isInverted, positives, negatives, rows }: MiningBatch,
  posStrategy: PairStrategy,
  negStrategy: PairStrategy,
  posRange: Range | null,
  negRange: Range | null,
): ExpectedPairs[] {
  const away = isInverted ? -1 : 1;
  const best = (values: number[], farthest: boolean): number[] => {
    const sorted = [...values].sort((x, y) => away * (x - y));
    return sorted.length === 0 ? [] : [farthest ? sorted[sorted.length - 1] : sorted[0]];
  };
  const within = (range: Range | null) => (x: number) => range === null || (x >= range[0] && x <= range[1]);
  return rows.map((_, anchor) => {
    const of = (pairs: MiningBatch["positives"]): number[] =>
      pairs.filter(([a]) => a === anchor).map(([a, j]) => distances[a][j]);
    const findPositive = (closerThan: number | null): number[] => {
      const all = of(positives);
      if (posStrategy === "all") return all;
      const some = all.filter(within(posRange)).filter((x) => closerThan === null || away * x < away * closerThan);
      return best(some, posStrategy !== "easy");
    };
    const findNegative = (fartherThan: number | null): number[] => {
      const all = of(negatives);
      if (negStrategy === "all") return all;
      const some = all.filter(within(negRange)).filter((x) => fartherThan === null || away * x > away * fartherThan);
      return best(some, negStrategy === "easy");
    };
    let p: number[];
    let n: number[];
    if (posStrategy === "semihard") {
      n = findNegative(null);
      p = n.length === 0 ? [] : findPositive(n[0]);
    } else {
      p = findPositive(null);
      if (negStrategy === "semihard") n = p.length === 0 ? [] : findNegative(p[0]);
      else n = findNegative(null);
    }
    const isApart = posStrategy === "all" || negStrategy === "all";
    if (!isApart && (p.length === 0 || n.length === 0)) return { positives: [], negatives: [] };
    return { positives: p, negatives: n };
  });
}

/** Whether a range's bound or a semihard limit is so near a distance that rounding decides. */
export function isClear(batch: MiningBatch, ranges: readonly (Range | null)[]): boolean {
  const values = batch.distances.flatMap((row, a) => row.filter((_, j) => batch.reference !== null || a !== j));
  const bounds = ranges.flatMap((range) => (range === null ? [] : [...range]));
  if (values.some((x) => bounds.some((bound) => Math.abs(x - bound) < 1e-5 * Math.max(1, Math.abs(x))))) return false;
  return batch.distances.every((row, a) => {
    const sorted = row.filter((_, j) => batch.reference !== null || a !== j).sort((x, y) => x - y);
    return sorted.every((x, k) => k === 0 || x - sorted[k - 1] > 1e-5 * Math.max(1, Math.abs(x)));
  });
}

function distancesOf(batch: MiningBatch, anchors: ArrayLike<number>, others: ArrayLike<number>): number[][] {
  const found = batch.rows.map((): number[] => []);
  for (let k = 0; k < anchors.length; k++) found[anchors[k]].push(batch.distances[anchors[k]][others[k]]);
  return found.map((list) => list.sort((x, y) => x - y));
}

/** Compares the distances of the pairs found with those expected. */
export function expectPairs(batch: MiningBatch, pairs: Pairs, expected: readonly ExpectedPairs[]): void {
  const sorted = (list: readonly number[]): number[] => [...list].sort((x, y) => x - y);
  expect(distancesOf(batch, pairs.anchors1, pairs.positives)).toEqual(expected.map((e) => sorted(e.positives)));
  expect(distancesOf(batch, pairs.anchors2, pairs.negatives)).toEqual(expected.map((e) => sorted(e.negatives)));
}
