import type { DistanceGradients } from "../../distances/distance.ts";
import { ProductForm } from "../../distances/forms/productForm.ts";
import { Side } from "../../distances/forms/side.ts";
import type { Workspace } from "../../kernels/runtime.ts";
import { zeros, type Matrix } from "../../matrix/matrix.ts";
import { asPairs, countOf, listByAnchor, rankOf } from "../../tuples/anchorLists.ts";
import type { Batch } from "../../batch/batch.ts";
import { PairedRows, type PositivePlaces } from "../../distances/stream/pairedRows.ts";
import { orderByClass, ownPlaces } from "../../batch/pairRows.ts";

/** A batch as AngularLoss sees it: products of normalized rows with references as they are, both in class order. */
export class AngularScene {
  readonly rows: PairedRows;
  readonly places: PositivePlaces;
  /** Normalized anchors and references, and references as they are. */
  readonly anchors: Side;
  readonly units: Side;
  readonly references: Side;
  /** Where in the list given the k-th pair of an anchor stood. */
  readonly rank: (place: number, k: number) => number;
  readonly #batch: Batch;
  readonly #starts: Int32Array;

  constructor(workspace: Workspace, batch: Batch) {
    const { embeddings, reference, codes, referenceCodes, classes, tuples } = batch;
    this.#batch = batch;
    const { order, starts } = orderByClass(referenceCodes!, classes.length);
    const anchorOrder = reference === null ? order : orderByClass(codes!, classes.length).order;
    this.#starts = starts;
    const unit = { isNormalized: true, p: 2, isCentred: false };
    this.anchors = new Side(workspace, embeddings, anchorOrder, unit);
    this.units = reference === null ? this.anchors : new Side(workspace, reference, order, unit);
    this.references = new Side(workspace, reference ?? embeddings, order, { ...unit, isNormalized: false });
    if (tuples === null) {
      const own = ownPlaces(batch, order);
      this.places = this.#classWithout((place) => (reference === null ? place : (own?.[this.anchorAt(place)] ?? -1)));
      this.rank = () => 0;
    } else {
      const { anchors1, positives } = asPairs(tuples);
      const lists = listByAnchor(anchors1, positives, embeddings.rows);
      const placeOf = new Int32Array(order.length);
      order.forEach((row, place) => (placeOf[row] = place));
      this.places = {
        count: (place) => countOf(lists, this.anchorAt(place)),
        place: (place, k) => placeOf[lists.others[lists.starts[this.anchorAt(place)] + k]],
      };
      this.rank = (place, k) => rankOf(lists, this.anchorAt(place), k);
    }
    const ownRows = { form: new ProductForm(this.anchors, this.references), power: 1 };
    const positiveRows =
      reference === null ? ownRows : { form: new ProductForm(this.units, this.references), power: 1 };
    this.rows = new PairedRows(workspace, ownRows, positiveRows, this.places);
  }

  anchorAt(place: number): number {
    return this.anchors.source(place);
  }

  positiveAt(place: number, k: number): number {
    return this.references.source(this.places.place(place, k));
  }

  /** Where the references of an anchor's class start and end. */
  classRun(place: number): [start: number, end: number] {
    const code = this.#batch.codes![this.anchorAt(place)];
    return [this.#starts[code], this.#starts[code + 1]];
  }

  pullGradients(scale: number): DistanceGradients {
    const { embeddings, reference } = this.#batch;
    const pulled = (side: Side, matrix: Matrix): Matrix => {
      const out = zeros(matrix.rows, matrix.cols);
      side.pullSlopes(matrix, scale, out.data);
      return out;
    };
    const ofAnchors = pulled(this.anchors, embeddings);
    const ofReferences = pulled(this.references, reference ?? embeddings);
    if (reference === null) return { embeddings: sum(ofAnchors, ofReferences) };
    return { embeddings: ofAnchors, reference: sum(ofReferences, pulled(this.units, reference)) };
  }

  /** An anchor's class without the anchor itself, where it stands among the references (-1: it doesn't). */
  #classWithout(ownPlace: (place: number) => number): PositivePlaces {
    return {
      count: (place) => this.classRun(place)[1] - this.classRun(place)[0] - (ownPlace(place) < 0 ? 0 : 1),
      place: (place, k) => {
        const other = this.classRun(place)[0] + k;
        const own = ownPlace(place);
        return own < 0 || other < own ? other : other + 1;
      },
    };
  }
}

function sum(x: Matrix, y: Matrix): Matrix {
  for (let k = 0; k < x.data.length; k++) x.data[k] += y.data[k];
  return x;
}
