import type { BatchNeeds } from "../../batch/batchReport.ts";
import type { Label } from "../../matrix/labels.ts";
import type { Figure, Spread } from "./figure.ts";

/** What batches will hold, told before training. */
export interface BatchForecast {
  /** How batches are drawn, in words: "random", "m-per-class (m 4)", or a sampler's name. */
  readonly sampler: string;
  readonly batchSize: number;
  readonly samples: number;
  readonly classes: number;
  /** What the loss needs. */
  readonly needs: BatchNeeds;
  /** The probability that a batch teaches the loss nothing; the expected share of silent steps is the same number. */
  readonly silent: Figure;
  /** The probability that no two samples of a batch share a class. */
  readonly noPositivePair: Figure;
  /** The probability that all samples of a batch are of one class. */
  readonly noNegativePair: Figure;
  /** Positive pairs of a batch, ordered ones: (i, j) and (j, i) are two. */
  readonly positivePairs: Spread;
  /** Samples of a batch that have another of their class there. */
  readonly liveAnchors: Spread;
  /** Their expected share, 0 .. 1. */
  readonly liveShare: Figure;
  /** The same for a class of each size, smallest first. */
  readonly bySize: readonly SizeForecast[];
  /** Classes with one sample, which never get a positive. */
  readonly neverPositive: NeverPositive;
}

/** What becomes of the classes of one size. */
export interface SizeForecast {
  readonly size: number;
  /** How many classes have it. */
  readonly classes: number;
  /** The share of their samples' places that have a positive beside them. */
  readonly liveShare: Figure;
  /** The probability that a batch holds two samples of one given class of this size. */
  readonly pairChance: Figure;
}

/** The classes that can never have a positive pair. */
export interface NeverPositive {
  readonly classes: number;
  readonly samples: number;
  /** The first of them, 20 at most; empty when the counts don't know their labels. */
  readonly examples: readonly Label[];
}
