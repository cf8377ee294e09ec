import type { Comparison, Distance } from "../distances/distance.ts";
import { borrow, borrowDepth, type Workspace } from "../kernels/runtime.ts";
import { checkList, checkOneOf } from "../matrix/checks.ts";
import { orderByClass, type ClassOrder } from "../matrix/classOrder.ts";
import { encodeLabels, type Label, type Labels } from "../matrix/labels.ts";
import { toMatrix, type Matrix, type MatrixLike } from "../matrix/matrix.ts";

/** What {@link prepareBatch} may be given besides embeddings and labels. */
export interface PrepareOptions {
  /** Embeddings that positives and negatives are taken from, m x d. Without them: the batch itself, minus the anchor. */
  readonly reference?: MatrixLike | undefined;
  /** One label a row of the reference. */
  readonly referenceLabels?: Labels | undefined;
  /**
   * Where in the reference each anchor itself stands, -1: nowhere. There it is no positive of itself. Without: no anchor
   * stands in the reference, whatever its values.
   */
  readonly anchorRows?: ArrayLike<number> | undefined;
  /**
   * Whether the reference is learned too. Default true; false, for one that is only looked at (a memory, a bank), leaves
   * `gradients.reference` out and saves up to a third of the time.
   */
  readonly learnReference?: boolean | undefined;
}

/** How the rows of a comparison are ordered: by class, or as they were given. */
export type RowOrder = "class" | "given";

/**
 * A batch checked, encoded and ordered once, for whatever is done with it: a miner and a loss, or several losses. It is a
 * matrix, its embeddings, so that it can be handed to any of them in place of raw ones:
 *
 *     const batch = prepareBatch(embeddings, labels);
 *     const { value, gradients } = batch.share(() =>
 *       loss.evaluate(batch, labels, { tuples: miner.mine(batch, labels) }),
 *     );
 *
 * Within {@link PreparedBatch.share} the sides that a distance compares are kept too: who compares the batch by a distance
 * that was used before finds rows normalized and products formed.
 */
export class PreparedBatch implements Matrix {
  readonly data: Float32Array;
  readonly rows: number;
  readonly cols: number;
  /** As given; null when there are none. */
  readonly labels: Labels | null;
  /** Null: the batch itself. */
  readonly reference: Matrix | null;
  /** The class of each anchor and of each reference (the same array without a reference); null without labels. */
  readonly codes: Int32Array | null;
  readonly referenceCodes: Int32Array | null;
  /** The distinct labels of anchors and references. */
  readonly classes: readonly Label[];
  /** The row of the reference that each anchor itself is, -1: none; null: no anchor is among them. */
  readonly anchorRows: Int32Array | null;
  readonly learnReference: boolean;
  /** What it was prepared with besides embeddings and labels: for whoever hands it on in parts. */
  readonly given: PrepareOptions;
  #classOrder: ClassOrder | null = null;
  #shared: SharedSides | null = null;

  constructor(embeddings: MatrixLike, labels: Labels | null, options: PrepareOptions) {
    const matrix = toMatrix(embeddings, "embeddings");
    this.data = matrix.data;
    this.rows = matrix.rows;
    this.cols = matrix.cols;
    this.labels = labels ?? null;
    this.given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    this.reference = options.reference === undefined ? null : toMatrix(options.reference, "reference");
    if (this.reference !== null && this.reference.cols !== matrix.cols)
      throw new RangeError(
        `reference has ${this.reference.cols} columns, embeddings has ${matrix.cols}; both must be as wide`,
      );
    this.anchorRows = checkAnchorRows(options.anchorRows, matrix.rows, this.reference);
    this.learnReference = checkOneOf(options.learnReference ?? true, "learnReference", [true, false]);
    const encoded = this.#encode();
    this.codes = encoded.codes;
    this.referenceCodes = encoded.referenceCodes;
    this.classes = encoded.classes;
  }

  /** Whether it is what a loss or miner was given: the same labels, and the same reference or none. */
  isOf(labels: Labels | null, options: PrepareOptions): boolean {
    const { given } = this;
    const { reference = given.reference, referenceLabels = given.referenceLabels } = options;
    const { anchorRows = given.anchorRows, learnReference = given.learnReference } = options;
    return (
      (labels ?? null) === this.labels &&
      (reference === given.reference || reference === this.reference) &&
      referenceLabels === given.referenceLabels &&
      anchorRows === given.anchorRows &&
      (learnReference ?? true) === this.learnReference
    );
  }

  /** The references (without a reference: the batch's rows) in the order of their classes. Labels must be there. */
  get classOrder(): ClassOrder {
    this.#classOrder ??= orderByClass(this.referenceCodes!, this.classes.length);
    return this.#classOrder;
  }

  /** Keeps what is compared within `work`, for all who compare the batch there; it is gone afterwards. */
  share<T>(work: () => T): T {
    if (this.#shared !== null) return work();
    return borrow((workspace) => {
      this.#shared = { workspace, depth: borrowDepth(), kept: [] };
      try {
        return work();
      } finally {
        this.#shared = null;
      }
    });
  }

  /**
   * Hands both sides, ready to be streamed, to `work`, with a workspace for what else it needs.
   *
   * @param order what is wanted; sides kept in the other order may be given instead: {@link Side.source} tells
   */
  compare<T>(distance: Distance, order: RowOrder, work: (sides: Comparison, workspace: Workspace) => T): T {
    const shared = this.#shared;
    if (shared === null || borrowDepth() !== shared.depth)
      return borrow((workspace) => work(this.#form(workspace, distance, order), workspace));
    let kept = shared.kept.find((one) => one.distance.isSameAs(distance));
    if (kept === undefined) {
      // by class whatever is wanted, as far as there are classes: it serves the next one too
      const best = this.referenceCodes === null ? order : "class";
      kept = { distance, sides: this.#form(shared.workspace, distance, best) };
      shared.kept.push(kept);
    }
    const { sides } = kept;
    return borrow((workspace) => work(sides, workspace));
  }

  #form(workspace: Workspace, distance: Distance, order: RowOrder): Comparison {
    const { reference, learnReference } = this;
    const referenceOrder = order === "class" ? this.classOrder.order : null;
    const queryOrder = reference === null ? referenceOrder : null;
    return distance.compare(workspace, this, { reference, queryOrder, referenceOrder, learnReference });
  }

  #encode(): Pick<PreparedBatch, "codes" | "referenceCodes" | "classes"> {
    const { labels, reference, anchorRows } = this;
    const { referenceLabels } = this.given;
    if (labels === null) return { codes: null, referenceCodes: null, classes: [] };
    const { codes, classes } = encodeLabels(labels, "labels");
    checkCount("labels", codes.length, this.rows);
    if (reference === null) return { codes, referenceCodes: codes, classes };
    if (referenceLabels === undefined) return { codes, referenceCodes: null, classes };
    const all = encodeLabels(referenceLabels, "referenceLabels", classes);
    checkCount("referenceLabels", all.codes.length, reference.rows);
    anchorRows?.forEach((row, i) => {
      if (row >= 0 && all.codes[row] !== codes[i])
        throw new RangeError(
          `anchor ${i} stands in row ${row} of the reference, which has another label; one sample, one label`,
        );
    });
    return { codes, referenceCodes: all.codes, classes: all.classes };
  }
}

/** Sides kept while a batch is shared. */
interface SharedSides {
  readonly workspace: Workspace;
  /** Borrowers at work when sharing began: only then does what is borrowed live as long as the sharing. */
  readonly depth: number;
  readonly kept: { readonly distance: Distance; readonly sides: Comparison }[];
}

/**
 * Checks, encodes and orders a batch once: see {@link PreparedBatch}.
 *
 * @param embeddings n x d
 * @param labels one label a row; null: there are none
 * @throws TypeError, RangeError with what was given and what is needed
 */
export function prepareBatch(
  embeddings: MatrixLike,
  labels: Labels | null,
  options: PrepareOptions = {},
): PreparedBatch {
  return new PreparedBatch(embeddings, labels, options);
}

/** A prepared batch as it is, where labels and reference are those it was prepared with; else what was given, prepared. */
export function asPrepared(embeddings: MatrixLike, labels: Labels | null, options: PrepareOptions): PreparedBatch {
  if (embeddings instanceof PreparedBatch && embeddings.isOf(labels, options)) return embeddings;
  return new PreparedBatch(embeddings, labels, options);
}

/** @throws TypeError without a reference; RangeError when it is not one row of the reference an anchor */
function checkAnchorRows(
  given: ArrayLike<number> | undefined,
  anchors: number,
  reference: Matrix | null,
): Int32Array | null {
  if (given === undefined) return null;
  if (reference === null) throw new TypeError("anchorRows says where anchors stand in the reference; give a reference");
  checkList(given, "anchorRows", "a row of the reference, or -1, for each anchor");
  if (given.length !== anchors)
    throw new RangeError(`anchorRows has ${given.length} entries for ${anchors} embeddings; give one an anchor`);
  for (let i = 0; i < anchors; i++)
    if (!Number.isInteger(given[i]) || given[i] < -1 || given[i] >= reference.rows)
      throw new RangeError(
        `anchorRows[${i}] is ${given[i]}; give a row of the reference, 0 to ${reference.rows - 1}, or -1`,
      );
  return Int32Array.from(given);
}

/** Refuses another number of labels than rows. @throws RangeError */
function checkCount(name: string, given: number, rows: number): void {
  if (given !== rows)
    throw new RangeError(`${name} has ${given} entries for ${rows} embeddings; each row needs one label`);
}
