import type { BatchNeeds } from "../../batch/batchReport.ts";
import type { ClassCounts } from "../labels/classCounts.ts";
import type { BatchCensus } from "./batchCensus.ts";
import type { BatchForecast } from "./batchForecast.ts";
import { ShareByBatch, shareOf, spreadOf, type Figure, type Spread } from "./figure.ts";
import type { BatchVisitor } from "./simulate.ts";

/** The figures of a forecast that batches tell. */
type BatchFigures = Pick<
  BatchForecast,
  "silent" | "noPositivePair" | "noNegativePair" | "positivePairs" | "liveAnchors" | "liveShare" | "bySize"
>;

/**
 * Lets batches be simulated and tells what they held; null when there are none.
 *
 * @param groupOf the place of each class's size among `counts.sizes`
 */
export function observeBatches(
  counts: ClassCounts,
  groupOf: ArrayLike<number>,
  batchSize: number,
  needs: BatchNeeds,
  simulate: (visit: BatchVisitor) => BatchCensus[],
): BatchFigures | null {
  const live = Array.from(counts.sizes, () => new ShareByBatch());
  const paired = Array.from(counts.sizes, () => new ShareByBatch());
  const censuses = simulate((batch, code, places, livePlaces) => {
    live[groupOf[code]].add(batch, livePlaces, places);
    if (livePlaces > 0) paired[groupOf[code]].add(batch, 1, 1);
  });
  const batches = censuses.length;
  if (batches === 0) return null;
  const lacksPositive = ({ positivePairs }: BatchCensus): boolean => positivePairs === 0;
  const lacksNegative = ({ classes }: BatchCensus): boolean => classes < 2;
  const isSilent = (census: BatchCensus): boolean =>
    (needs.positives && lacksPositive(census)) || (needs.negatives && lacksNegative(census));
  const share = (test: (census: BatchCensus) => boolean): Figure => shareOf(censuses.filter(test).length, batches);
  const spread = (name: "positivePairs" | "liveAnchors"): Spread =>
    spreadOf(Float64Array.from(censuses, (census) => census[name]));
  const liveAnchors = spread("liveAnchors");
  const { value, standardError } = liveAnchors.mean;
  return {
    silent: share(isSilent),
    noPositivePair: share(lacksPositive),
    noNegativePair: share(lacksNegative),
    positivePairs: spread("positivePairs"),
    liveAnchors,
    liveShare: { value: value / batchSize, method: "simulated", standardError: standardError / batchSize },
    bySize: Array.from(counts.sizes, (size, g) => ({
      size,
      classes: counts.multiplicities[g],
      liveShare: live[g].ofPlaces(),
      pairChance: paired[g].ofAll(batches, counts.multiplicities[g]),
    })),
  };
}
