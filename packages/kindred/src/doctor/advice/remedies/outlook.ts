import { Random } from "../../../matrix/random.ts";
import type { ClassCounts } from "../../labels/classCounts.ts";
import { drawWithoutReplacement } from "../../odds/draw.ts";
import { expectedAnchorShare, oneClassOnly } from "../../odds/expectations.ts";
import { noPositivePair } from "../../odds/noPositivePair.ts";
import type { Outlook } from "./advice.ts";
import type { Situation } from "./situation.ts";

/** What a remedy changes about random batches. */
type Change = Partial<Pick<Situation, "counts" | "batchSize" | "memorySize">>;

/**
 * What random batches hold. With a memory of M rows, the batch's n included and all drawn like a random set, an anchor finds
 * what it would find in a batch of M: its share is exact. A batch is silent when its n anchors are of n classes and the other
 * M - n rows hold none of them: the mean over simulated batches of the exact chance of the latter.
 */
export function outlookOf(situation: Situation, change: Change = {}): Outlook {
  const { counts, batchSize, memorySize, needs, seed } = { ...situation, ...change };
  const compared = Math.min(counts.samples, Math.max(batchSize, memorySize));
  const draw = drawWithoutReplacement(counts.samples, compared);
  const lonely =
    compared > batchSize ? noneFound(counts, batchSize, compared, new Random(seed)) : noPositivePair(counts, draw);
  const silent = (needs.positives ? lonely : 0) + (needs.negatives ? oneClassOnly(counts, draw) : 0);
  return { silent: Math.min(1, silent), liveShare: expectedAnchorShare(counts, draw) };
}

/** Whether the outlook is as good as wished for. */
export function isEnough(outlook: Outlook, wanted: Outlook): boolean {
  return outlook.silent <= wanted.silent && outlook.liveShare >= wanted.liveShare;
}

/** Simulated batches; only their classes are left to chance. */
const TRIALS = 500;

/** The probability that no anchor of a batch has a positive among `compared` rows, the batch's included. */
function noneFound(counts: ClassCounts, batchSize: number, compared: number, random: Random): number {
  // that none of the rest is of the batch's classes is the chance of one sample to stay alone in a class of theirs all
  const rest = drawWithoutReplacement(counts.samples - batchSize + 1, compared - batchSize + 1);
  let sum = 0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const related = relatedSamples(counts, batchSize, random);
    if (related !== null) sum += rest.alone(related + 1);
  }
  return sum / TRIALS;
}

/** How many samples outside a random batch are of its classes; null when two of the batch are of one class. */
function relatedSamples(
  { samples, sizes, multiplicities }: ClassCounts,
  batchSize: number,
  random: Random,
): number | null {
  const sampleOfClass = new Map<number, number>();
  let related = 0;
  while (sampleOfClass.size < batchSize) {
    const sample = random.integer(samples);
    // classes are numbered by size, and their samples class by class
    let [g, firstSample, firstClass] = [0, 0, 0];
    for (; sample - firstSample >= sizes[g] * multiplicities[g]; g++) {
      firstSample += sizes[g] * multiplicities[g];
      firstClass += multiplicities[g];
    }
    const itsClass = firstClass + Math.floor((sample - firstSample) / sizes[g]);
    const other = sampleOfClass.get(itsClass);
    if (other !== undefined && other !== sample) return null;
    if (other === undefined) related += sizes[g] - 1;
    sampleOfClass.set(itsClass, sample);
  }
  return related;
}
