import type { Batch } from "../../batch/batch.ts";
import type { BatchStatus } from "../../batch/batchReport.ts";

/** A status of a batch that teaches nothing. */
export type Silence = Exclude<BatchStatus, "learning">;

/** Why a batch teaches nothing and what to do, to be read after "learns nothing from this batch: ". */
export function reasonOf(silence: Silence, { isByPlace }: Pick<Batch, "isByPlace">): string {
  return (isByPlace ? byPlace[silence] : undefined) ?? reasons[silence];
}

const reasons: Readonly<Record<Silence, string>> = {
  "empty-batch": "it has no rows; leave empty batches out",
  "no-positive-pairs":
    "no two of its samples share a class; sample several per class (MPerClassSampler) or enlarge the batch",
  "no-negative-pairs":
    "all of its samples are of one class; sample more classes per batch, or more samples where each is a class of its own",
  "no-triplets":
    "no anchor has both a positive and a negative; sample several of each of several classes (MPerClassSampler)",
  "no-tuples": "the tuples given are empty; loosen the miner or sample more per class",
  "no-ordered-scores":
    "all of its scores are equal, so that no pair should be above another; mix pairs of several scores",
  "all-masked":
    "the guide takes every negative for a positive; choose a smaller margin or another guide, or enlarge the batch",
  "all-satisfied":
    "every item already has loss 0, or is left out by the reducer; mine harder examples, widen the margin or loosen the reducer",
};

/** Of rows that belong together by their place, without labels. */
const byPlace: Partial<Record<Silence, string>> = {
  "no-positive-pairs": "it has no rows, or none to compare them with; leave empty batches out",
  "no-negative-pairs":
    "it is one row with its positive, and nothing is a negative; give more rows, or references beyond the rows",
};
