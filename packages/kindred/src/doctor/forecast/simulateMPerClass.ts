import type { Random } from "../../matrix/random.ts";
import { firstAbove } from "../../matrix/sortedSearch.ts";
import { groupOfEachClass, type ClassCounts } from "../labels/classCounts.ts";
import type { BatchCensus, ClassVisitor } from "./batchCensus.ts";
import { distinctNumbers, type BatchVisitor } from "./simulate.ts";

/**
 * What batches of an MPerClassSampler hold, by class sizes alone: the sampler lists every sample of an epoch, as many times
 * as the largest class dictates; this deals the same hands and looks at `trials` batches only. Classes are numbered by size.
 *
 * @param m samples of a class, <= batchSize
 */
export function simulateMPerClass(
  counts: ClassCounts,
  { m, batchSize, trials, random }: { m: number; batchSize: number; trials: number; random: Random },
  visit: BatchVisitor,
): BatchCensus[] {
  const { sizes, classes } = counts;
  const sizeOf = Float64Array.from(groupOfEachClass(counts), (g) => sizes[g]);
  const visits = sizeOf.map((size) => Math.ceil(size / m));
  const allVisits = visits.reduce((sum, count) => sum + count, 0);
  const groups = Math.floor(batchSize / m);
  const fewest = Math.ceil(allVisits / groups);
  const batches = classes < groups ? fewest : Math.max(fewest, visits[classes - 1]);
  const order = Int32Array.from(sizeOf, (_, c) => c);
  const ends = new Float64Array(classes);
  const censuses: BatchCensus[] = [];
  while (censuses.length < trials) {
    random.shuffle(order);
    for (let k = 0, end = 0; k < classes; k++) ends[k] = end += visits[order[k]];
    for (const batch of distinctNumbers(Math.min(batches, trials - censuses.length), batches, random)) {
      const hand: number[] = [];
      // visits are dealt to the batches in turn
      for (let at = batch; at < allVisits; at += batches) hand.push(order[firstAbove(ends, at)]);
      fillHand(hand, groups, classes, random);
      const number = censuses.length;
      const tell: ClassVisitor = (c, places, live) => visit(number, c, places, live);
      censuses.push(censusOf(hand, sizeOf, { m, batchSize }, random, tell));
    }
  }
  return censuses;
}

/** Other classes for the places left, or any where the hand has them all. */
function fillHand(hand: number[], groups: number, classes: number, random: Random): void {
  const isIn = new Set(hand);
  while (hand.length < groups) {
    let c = random.integer(classes);
    while (isIn.size < classes && isIn.has(c)) c = random.integer(classes);
    isIn.add(c);
    hand.push(c);
  }
}

/** A group walks through its class in turn; what is left of the batch goes to samples that it lacks, if there are any. */
function censusOf(
  hand: readonly number[],
  sizeOf: Float64Array,
  { m, batchSize }: { readonly m: number; readonly batchSize: number },
  random: Random,
  visit: ClassVisitor,
): BatchCensus {
  const groupsOf = new Map<number, number>();
  for (const c of hand) groupsOf.set(c, (groupsOf.get(c) ?? 0) + 1);
  /** How often each sample of a class stands in the batch, those that don't aside. */
  const timesOf = new Map<number, number[]>();
  for (const [c, groups] of groupsOf) {
    const [places, size] = [m * groups, sizeOf[c]];
    timesOf.set(
      c,
      Array.from({ length: Math.min(places, size) }, (_, k) => Math.floor((places - 1 - k) / size) + 1),
    );
  }
  for (let rest = 0; rest < batchSize - m * hand.length; rest++) {
    const c = hand[rest % hand.length];
    const times = timesOf.get(c)!;
    if (times.length < sizeOf[c]) times.push(1);
    else times[random.integer(times.length)]++;
  }
  let [positivePairs, liveAnchors] = [0, 0];
  for (const [c, times] of timesOf) {
    const places = times.reduce((sum, k) => sum + k, 0);
    const live = times.length > 1 ? places : 0;
    liveAnchors += live;
    positivePairs += times.reduce((pairs, k) => pairs - k * k, places * places);
    visit(c, places, live);
  }
  return { positivePairs, liveAnchors, classes: timesOf.size };
}
