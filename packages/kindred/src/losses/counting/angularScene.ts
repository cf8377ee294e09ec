import { ownPlaces } from "../../batch/anchorRows.ts";
import type { Batch } from "../../batch/batch.ts";
import type { DistanceGradients } from "../../distances/distance.ts";
import { takeUnit } from "../../distances/forms/commonUnit.ts";
import { ProductForm } from "../../distances/forms/productForm.ts";
import { Side } from "../../distances/forms/side.ts";
import { PairedRows, type BlockOfPairs, type PositivePlaces } from "../../distances/stream/pairedRows.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import { orderByClass, placesOf } from "../../matrix/classOrder.ts";
import { withinFloat } from "../../matrix/float.ts";
import { zeros, type Matrix } from "../../matrix/matrix.ts";
import type { Reduction } from "../../reducers/reduction.ts";
import { asPairs, countOf, listByAnchor, rankOf } from "../../tuples/anchorLists.ts";
import { groupingOf } from "../../tuples/grouping.ts";
import type { Tuples } from "../../tuples/tuples.ts";

/** The positives of each anchor, and where in the list given the k-th pair of an anchor stood. */
interface RankedPlaces extends PositivePlaces {
  readonly rank: (anchor: number, k: number) => number;
}

/** A batch as AngularLoss sees it: products of normalized rows with references as they are, both in class order. */
export class AngularScene {
  readonly rows: PairedRows;
  /** Normalized anchors and references, and references as they are. */
  readonly anchors: Side;
  readonly units: Side;
  readonly references: Side;
  /** What the references are measured in, where sums of their entries would leave float32's range otherwise. */
  readonly unit: number;
  readonly #places: RankedPlaces;
  readonly #batch: Batch;
  readonly #starts: Int32Array;

  constructor(workspace: Workspace, batch: Batch) {
    const { prepared, embeddings, reference, codes, classes, tuples } = batch;
    this.#batch = batch;
    const { order, starts } = prepared.classOrder;
    const anchorOrder = reference === null ? order : orderByClass(codes!, classes.length).order;
    this.#starts = starts;
    const unit = { isNormalized: true, p: 2, isCentred: false };
    this.anchors = new Side(workspace, embeddings, anchorOrder, unit);
    this.units = reference === null ? this.anchors : new Side(workspace, reference, order, unit);
    this.references = new Side(workspace, reference ?? embeddings, order, { ...unit, isNormalized: false });
    this.unit = takeUnit(this.references);
    this.#places = tuples === null ? this.#labelled() : this.#listed(tuples);
    const ownRows = { form: new ProductForm(this.anchors, this.references), power: 1 };
    const positiveRows =
      reference === null ? ownRows : { form: new ProductForm(this.units, this.references), power: 1 };
    this.rows = new PairedRows(workspace, ownRows, positiveRows, this.#places);
  }

  /** Where the references of an anchor's class start and end. */
  classRun(place: number): [start: number, end: number] {
    const code = this.#batch.codes![this.anchors.source(place)];
    return [this.#starts[code], this.#starts[code + 1]];
  }

  /** Hands the losses of a block's pairs to the reduction; returns their weights. */
  weigh({ firstAnchor, anchors, pairs }: BlockOfPairs, losses: Float64Array, reduction: Reduction): Float64Array {
    const weights = new Float64Array(pairs);
    const { count, place: positive, rank } = this.#places;
    let from = 0;
    for (let place = firstAnchor; place < firstAnchor + anchors; place++) {
      const anchor = this.anchors.source(place);
      const many = count(place);
      if (reduction.wantsPlaces)
        reduction.locate(
          many,
          (k) => [anchor, this.references.source(positive(place, k))],
          (k) => rank(place, k),
        );
      reduction.weigh(anchor, losses.subarray(from, from + many), many, weights.subarray(from));
      from += many;
    }
    return weights;
  }

  pullGradients(scale: number): DistanceGradients {
    const { embeddings, reference } = this.#batch;
    const pulled = (side: Side, matrix: Matrix, factor: number): Matrix => {
      const out = zeros(matrix.rows, matrix.cols);
      side.pullSlopes(matrix, factor, out.data);
      return out;
    };
    const ofAnchors = pulled(this.anchors, embeddings, scale * this.unit);
    const ofReferences = pulled(this.references, reference ?? embeddings, scale);
    if (reference === null) return { embeddings: sum(ofAnchors, ofReferences) };
    const ofUnits = pulled(this.units, reference, scale * this.unit);
    return { embeddings: ofAnchors, reference: sum(ofReferences, ofUnits) };
  }

  /** An anchor's class without the anchor itself, where it stands among the references. */
  #labelled(): RankedPlaces {
    const { reference } = this.#batch;
    const places = ownPlaces(this.#batch);
    const ownPlace = (place: number): number =>
      reference === null ? place : (places?.[this.anchors.source(place)] ?? -1);
    return {
      count: (place) => this.classRun(place)[1] - this.classRun(place)[0] - (ownPlace(place) < 0 ? 0 : 1),
      place: (place, k) => {
        const other = this.classRun(place)[0] + k;
        const own = ownPlace(place);
        return own < 0 || other < own ? other : other + 1;
      },
      rank: () => 0,
    };
  }

  /** The positive pairs that tuples name. */
  #listed(tuples: Tuples): RankedPlaces {
    const { prepared, embeddings } = this.#batch;
    const { anchors1, positives } = asPairs(tuples);
    const lists = groupingOf(tuples, prepared)?.positives ?? listByAnchor(anchors1, positives, embeddings.rows);
    const places = placesOf(prepared.classOrder.order);
    const anchorAt = (place: number): number => this.anchors.source(place);
    return {
      count: (place) => countOf(lists, anchorAt(place)),
      place: (place, k) => places[lists.others[lists.starts[anchorAt(place)] + k]],
      rank: (place, k) => rankOf(lists, anchorAt(place), k),
    };
  }
}

function sum(x: Matrix, y: Matrix): Matrix {
  for (let k = 0; k < x.data.length; k++) x.data[k] = withinFloat(x.data[k] + y.data[k]);
  return x;
}
