import { LpDistance } from "../distances/lpDistance.ts";
import { borrow } from "../kernels/runtime.ts";
import type { Batch } from "../batch/batch.ts";
import { checkNumber, checkOneOf, withDefaults } from "../matrix/checks.ts";
import { emptyTriplets } from "../tuples/emptyTriplets.ts";
import type { Triplets } from "../tuples/tuples.ts";
import { ClassRows } from "../batch/classRows.ts";
import { chooseSorted } from "./search/chooseSorted.ts";
import { TripletWindows } from "./search/tripletWindows.ts";
import { minerDefaults, TupleMiner, type Mined, type MinerOptions } from "./tupleMiner.ts";

/** Which triplets are kept, by how much farther the negative is than the positive; see {@link TripletMarginMiner}. */
export type TypeOfTriplets = "all" | "hard" | "semihard" | "easy";

/** Options of {@link TripletMarginMiner}. */
export interface TripletMarginMinerOptions extends MinerOptions {
  /** By how much a negative should be farther away than a positive. Default 0.2. */
  readonly margin: number;
  /** Default "all". */
  readonly typeOfTriplets: TypeOfTriplets;
}

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
export class TripletMarginMiner extends TupleMiner<Triplets<Int32Array>, TripletMarginFigures> {
  readonly name = "TripletMarginMiner";
  readonly margin: number;
  readonly typeOfTriplets: TypeOfTriplets;

  constructor(options?: Partial<TripletMarginMinerOptions>) {
    const defaults = { ...minerDefaults, distance: new LpDistance(), margin: 0.2, typeOfTriplets: "all" } as const;
    const given = withDefaults<TripletMarginMinerOptions>(options, defaults, "TripletMarginMiner");
    super(given, nothing);
    this.margin = checkNumber(given.margin, "margin");
    this.typeOfTriplets = checkOneOf(given.typeOfTriplets, "typeOfTriplets", ["all", "hard", "semihard", "easy"]);
  }

  /** The triplets kept are those with low < v <= high. */
  get #window(): readonly [low: number, high: number] {
    switch (this.typeOfTriplets) {
      case "all":
        return [-Infinity, this.margin];
      case "hard":
        return [-Infinity, Math.min(0, this.margin)];
      case "semihard":
        return [0, this.margin];
      case "easy":
        return [this.margin, Infinity];
    }
  }

  protected collect(batch: Batch): Mined<Triplets<Int32Array>, TripletMarginFigures> {
    return borrow((workspace) => {
      const rows = new ClassRows(workspace, batch, this.distance);
      const anchors = new TripletWindows(rows.order.length, this.#window);
      const { isInverted } = this.distance;
      const most = this.maxTuplesPerAnchor ?? Infinity;
      let count = 0;
      let total = 0;
      let positiveTotal = 0;
      let negativeTotal = 0;
      rows.forEachRow((row) => {
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
      rows.forEachRow((row) => {
        if (row.positives.count === 0 || row.negatives.count === 0) return;
        if (isInverted) row.negate();
        const found = anchors.count(row);
        if (found <= most) anchors.write(row, triplets, at);
        else anchors.writeSome(row, triplets, at, chooseSorted(most, found, this.random));
        const kept = Math.min(most, found);
        triplets.anchors.fill(row.anchor, at, at + kept);
        at += kept;
      });
      const sign = isInverted ? -1 : 1;
      const statistics = {
        avgTripletMargin: total === 0 ? 0 : (negativeTotal - positiveTotal) / total,
        posPairDist: total === 0 ? 0 : (sign * positiveTotal) / total,
        negPairDist: total === 0 ? 0 : (sign * negativeTotal) / total,
      };
      return { tuples: triplets, statistics };
    });
  }
}
