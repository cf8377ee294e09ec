/**
 * Why a batch taught nothing, or `"learning"`:
 * `"empty-batch"`: it has no rows;
 * `"no-positive-pairs"`: the loss needs pairs of one class and the batch holds none;
 * `"no-negative-pairs"`: it needs pairs of two classes and there are none;
 * `"no-triplets"`: it needs anchors with both a positive and a negative, and there is none;
 * `"no-tuples"`: the tuples given (by a miner, say) are empty;
 * `"no-ordered-scores"`: all scores are equal, so that no pair is to stand above another;
 * `"all-masked"`: a guide takes every negative for a positive;
 * `"all-satisfied"`: there were items, and each of them has loss 0 or is left out by the reducer.
 */
export type BatchStatus =
  | "learning"
  | "empty-batch"
  | "no-positive-pairs"
  | "no-negative-pairs"
  | "no-triplets"
  | "no-tuples"
  | "no-ordered-scores"
  | "all-masked"
  | "all-satisfied";

/** What a batch could teach. Pairs are ordered: (i, j) and (j, i) are two. */
export interface BatchReport {
  readonly status: BatchStatus;
  /** Rows of the embeddings. */
  readonly anchors: number;
  /** Distinct labels among the anchors. */
  readonly classes: number;
  /** Pairs (anchor, reference) of one class, or those given as tuples. */
  readonly positivePairs: number;
  /** Pairs (anchor, reference) of two classes, or those given as tuples. */
  readonly negativePairs: number;
  readonly anchorsWithoutPositives: number;
  /** Items the loss is made of: anchors, pairs or triplets, as the loss counts them. */
  readonly items: number;
  /** Items to learn from: their loss is not 0, and the reducer gives them a weight. */
  readonly activeItems: number;
}

/** What to do about a batch that teaches nothing: warn once a reason (default), throw, or say nothing. */
export type WhenSilent = "warn" | "throw" | "ignore";

/** What a batch must hold so that a loss can learn from it. */
export interface BatchNeeds {
  /** Pairs of one class. */
  readonly positives: boolean;
  /** Pairs of two classes. */
  readonly negatives: boolean;
  /** False for a loss that learns without samples of one class side by side: from class vectors, scores or two views. Default true. */
  readonly pairs?: boolean;
}
