import { withAnchorRows } from "../batch/anchorRows.ts";
import type { Batch } from "../batch/batch.ts";
import { LpDistance } from "../distances/lpDistance.ts";
import { extendOptions } from "../options/extendOptions.ts";
import { choice, number } from "../options/kinds.ts";
import type { OptionsGiven } from "../options/option.ts";
import { emptyTriplets } from "../tuples/emptyTriplets.ts";
import type { Triplets } from "../tuples/tuples.ts";
import { describeMiner } from "./minerDescription.ts";
import { minerOptions } from "./minerOptions.ts";
import { chooseSorted } from "./search/chooseSorted.ts";
import { TripletWindows } from "./search/tripletWindows.ts";
import { TupleMiner, type Mined } from "./tupleMiner.ts";

const typesOfTriplets = ["all", "hard", "semihard", "easy"] as const;

/** Which triplets are kept, by how much farther the negative is than the positive; see {@link TripletMarginMiner}. */
export type TypeOfTriplets = (typeof typesOfTriplets)[number];

const options = extendOptions(minerOptions(new LpDistance()), {
  /** By how much a negative should be farther away than a positive. Default 0.2. */
  margin: number({ default: 0.2 }),
  /** Which triplets are kept, as said of {@link TripletMarginMiner}. Default "all". */
  typeOfTriplets: choice(typesOfTriplets, { default: "all" }),
});

/** Options of {@link TripletMarginMiner}. */
export type TripletMarginMinerOptions = OptionsGiven<typeof options>;

/** Means over all triplets of the batch, mined or not, in PML's names. */
export interface TripletMarginFigures {
  /** By how much the negative is farther away than the positive. */
  readonly avgTripletMargin: number;
  readonly posPairDist: number;
  readonly negPairDist: number;
}

const nothing: TripletMarginFigures = { avgTripletMargin: 0, posPairDist: 0, negPairDist: 0 };

/**
 * The triplets whose negative is not farther away than the positive by more than a margin, v = d_an - d_ap:
 *
 *     "all" v <= margin,  "hard" v <= margin and v <= 0,  "semihard" 0 < v <= margin,  "easy" v > margin
 *
 * For similarities v = s_ap - s_an. Default distance LpDistance.
 *
 * The rows are gone through twice, once to count and once to write, so that no memory is taken but for the triplets kept.
 *
 * Source: Schroff, Kalenichenko and Philbin, "FaceNet: A Unified Embedding for Face Recognition and Clustering"
 * (CVPR 2015).
 */
export class TripletMarginMiner extends TupleMiner<typeof options, Triplets<Int32Array>, TripletMarginFigures> {
  static readonly description = describeMiner({
    name: "TripletMarginMiner",
    summary: "The triplets whose negative is not farther away than the positive by more than a margin.",
    paper:
      'Schroff, Kalenichenko and Philbin, "FaceNet: A Unified Embedding for Face Recognition and Clustering" (CVPR 2015)',
    gives: "triplets",
    needs: { positives: true, negatives: true },
    figures: nothing,
    options,
  });

  /** The triplets kept are those with low < v <= high. */
  get #window(): readonly [low: number, high: number] {
    const { margin, typeOfTriplets } = this.options;
    switch (typeOfTriplets) {
      case "all":
        return [-Infinity, margin];
      case "hard":
        return [-Infinity, Math.min(0, margin)];
      case "semihard":
        return [0, margin];
      case "easy":
        return [margin, Infinity];
    }
  }

  protected collect(batch: Batch): Mined<Triplets<Int32Array>, TripletMarginFigures> {
    return withAnchorRows(batch, this.distance, "list", (rows) => {
      const anchors = new TripletWindows(rows.capacity, this.#window);
      const { isInverted, away } = this.distance;
      const most = this.most ?? Infinity;
      let count = 0;
      let total = 0;
      let positiveTotal = 0;
      let negativeTotal = 0;
      rows.forEach((row) => {
        const { positives, negatives } = row;
        if (positives.count === 0 || negatives.count === 0) return;
        if (isInverted) row.negate();
        count += Math.min(most, anchors.count(row));
        total += positives.count * negatives.count;
        positiveTotal += positives.sum() * negatives.count;
        negativeTotal += negatives.sum() * positives.count;
      });
      const triplets = emptyTriplets(count);
      let at = 0;
      rows.forEach((row) => {
        if (row.positives.count === 0 || row.negatives.count === 0) return;
        if (isInverted) row.negate();
        const found = anchors.count(row);
        if (found <= most) anchors.write(row, triplets, at);
        else anchors.writeSome(row, triplets, at, chooseSorted(most, found, this.random));
        const kept = Math.min(most, found);
        triplets.anchors.fill(row.anchor, at, at + kept);
        at += kept;
      });
      const statistics = {
        avgTripletMargin: total === 0 ? 0 : (negativeTotal - positiveTotal) / total,
        posPairDist: total === 0 ? 0 : (away * positiveTotal) / total,
        negPairDist: total === 0 ? 0 : (away * negativeTotal) / total,
      };
      return { tuples: triplets, statistics };
    });
  }
}
