import type { Random } from "../../matrix/random.ts";
import type { BatchSampler } from "../../samplers/batchSampler.ts";
import type { ClassCounts } from "../labels/classCounts.ts";
import type { BatchCensus, CensusTaker } from "./batchCensus.ts";

/** Is told of each class in a batch, 0, 1 ...: how many places it takes and how many of them have a positive. */
export type BatchVisitor = (batch: number, code: number, places: number, live: number) => void;

/**
 * What the next batches of a sampler hold. The sampler stands where it stood when this returns.
 *
 * @param trials how many batches, over as many epochs as it takes
 */
export function simulateSampler(
  sampler: BatchSampler,
  taker: CensusTaker,
  trials: number,
  visit: BatchVisitor,
): BatchCensus[] {
  const before = sampler.state();
  const censuses: BatchCensus[] = [];
  try {
    // of the epoch that it stands in the shorter last batch alone may be left; a whole one without a full batch has none
    for (let fruitless = 0; censuses.length < trials && fruitless < 2; fruitless++) {
      for (const rows of sampler.epoch()) {
        if (rows.length !== sampler.batchSize) continue;
        const batch = censuses.length;
        censuses.push(taker.take(rows, (code, places, live) => visit(batch, code, places, live)));
        fruitless = -1;
        if (censuses.length >= trials) break;
      }
    }
  } finally {
    sampler.load(before);
  }
  return censuses;
}

/** What a batch drawn at random holds, when the last `memory` samples before it are remembered. */
interface DrawnCensus {
  /** Ordered positive pairs within the batch. */
  readonly positivePairs: number;
  /** Samples of the batch with a positive in the batch. */
  readonly liveAnchors: number;
  /** Samples of the batch with a positive in the batch or in memory. */
  readonly liveWithMemory: number;
}

/**
 * Draws `batchSize + memory` samples without replacement, by class sizes alone.
 *
 * @param memory how many samples drawn before the batch are remembered. Default 0
 */
export function simulateDraws(
  counts: ClassCounts,
  batchSize: number,
  trials: number,
  random: Random,
  memory = 0,
): DrawnCensus[] {
  const classOf = classFinder(counts);
  const total = Math.min(counts.samples, batchSize + memory);
  return Array.from({ length: trials }, () => {
    const drawn = distinctNumbers(total, counts.samples, random);
    const inAll = new Map<number, number>();
    const inBatch = new Map<number, number>();
    drawn.forEach((sample, k) => {
      const c = classOf(sample);
      inAll.set(c, (inAll.get(c) ?? 0) + 1);
      if (k < batchSize) inBatch.set(c, (inBatch.get(c) ?? 0) + 1);
    });
    let [positivePairs, liveAnchors, liveWithMemory] = [0, 0, 0];
    for (const [c, k] of inBatch) {
      positivePairs += k * (k - 1);
      if (k > 1) liveAnchors += k;
      if (inAll.get(c)! > 1) liveWithMemory += k;
    }
    return { positivePairs, liveAnchors, liveWithMemory };
  });
}

/** Numbers the samples class by class, the classes by size; gives the class of a sample's number. */
function classFinder({ sizes, multiplicities }: ClassCounts): (sample: number) => number {
  const firstSamples = new Float64Array(sizes.length + 1);
  const firstClasses = new Float64Array(sizes.length + 1);
  for (let g = 0; g < sizes.length; g++) {
    firstSamples[g + 1] = firstSamples[g] + sizes[g] * multiplicities[g];
    firstClasses[g + 1] = firstClasses[g] + multiplicities[g];
  }
  return (sample) => {
    let [low, high] = [0, sizes.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (firstSamples[middle] <= sample) low = middle;
      else high = middle - 1;
    }
    return firstClasses[low] + Math.floor((sample - firstSamples[low]) / sizes[low]);
  };
}

/** k distinct numbers of 0 .. n - 1 in random order: the first k steps of a shuffle whose array is not stored. */
export function distinctNumbers(k: number, n: number, random: Random): number[] {
  const moved = new Map<number, number>();
  return Array.from({ length: k }, (_, i) => {
    const j = i + Math.floor(random.uniform() * (n - i));
    const chosen = moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
    return chosen;
  });
}
