import type { Labels } from "../matrix/labels.ts";
import type { MatrixLike } from "../matrix/matrix.ts";
import type { Tuples } from "../tuples/tuples.ts";
import type { PrepareOptions } from "./preparedBatch.ts";

/** What a loss takes of a batch, besides the embeddings. */
export interface Takes {
  /**
   * "classes": one label a row, or tuples in their place; "required": one label a row in any case; "paired": labels, or
   * without them a reference whose row i belongs with row i; "optional": labels or none; "scores": a number a row that says
   * how alike row i and row i of the reference are; "none".
   */
  readonly labels: "classes" | "required" | "paired" | "optional" | "scores" | "none";
  /**
   * "any": rows of their own number that anchors are compared with; "paired": row i belongs with row i of the embeddings;
   * "required": the same, and it must be given; "none": the batch is compared with itself, or with learned vectors.
   */
  readonly reference: "any" | "paired" | "required" | "none";
  /** "pairs", "triplets": tuples choose what is learned from; "weights": they say how much each anchor counts; "none". */
  readonly tuples: "pairs" | "triplets" | "weights" | "none";
  /** Whether another model's embeddings of the same samples say which negatives are none. */
  readonly guide?: boolean;
  /** Whether the learned vector that each embedding belongs to may be given. */
  readonly metaClasses?: boolean;
}

/** What `evaluate` may be given besides embeddings and labels. */
export interface EvaluateOptions extends PrepareOptions {
  /** Pairs or triplets to learn from, usually a miner's. Without them: all pairs (triplets) that the labels make. */
  readonly tuples?: Tuples | undefined;
}

/** What a guide makes of the samples. */
export interface GuideColumns {
  /** What the guide makes of the samples of the embeddings, one row each, of any width. Required. */
  readonly guideEmbeddings: MatrixLike;
  /** What the guide makes of the reference, one row each, as wide. Required with a reference. */
  readonly guideReference?: MatrixLike | undefined;
}

/** The learned vectors that embeddings belong to. */
export interface MetaClassColumn {
  /** The proxy that each embedding belongs to, 0 .. K - 1. Without: drawn, so that as many proxies as can have some. */
  readonly metaClasses?: ArrayLike<number> | undefined;
}

/** Everything that any loss may be given. */
export type AnyColumns = EvaluateOptions & Partial<GuideColumns> & MetaClassColumn;

/** The second argument of `evaluate`, by what the loss takes. */
export type LabelsOf<T extends Takes> = T["labels"] extends "none"
  ? null
  : T["labels"] extends "scores"
    ? ArrayLike<number>
    : T["labels"] extends "required"
      ? Labels
      : Labels | null;

type NothingMore = Record<never, never>;

/** The third argument of `evaluate`, by what the loss takes. */
export type ColumnsOf<T extends Takes> = (T["tuples"] extends "none" ? NothingMore : Pick<EvaluateOptions, "tuples">) &
  (T["reference"] extends "none"
    ? NothingMore
    : T["reference"] extends "required"
      ? Required<Pick<PrepareOptions, "reference">> & Pick<PrepareOptions, "learnReference">
      : T["labels"] extends "none"
        ? Pick<PrepareOptions, "reference" | "learnReference">
        : PrepareOptions) &
  (T["guide"] extends true ? GuideColumns : NothingMore) &
  (T["metaClasses"] extends true ? MetaClassColumn : NothingMore);

/** Nothing at all: an object without a single name. */
type NoColumns = Readonly<Record<string, never>>;

/** All arguments of `evaluate`, by what the loss takes: columns may be left out where none is required. */
export type EvaluateArguments<T extends Takes> = [keyof ColumnsOf<T>] extends [never]
  ? [embeddings: MatrixLike, labels: LabelsOf<T>, options?: NoColumns]
  : NothingMore extends ColumnsOf<T>
    ? [embeddings: MatrixLike, labels: LabelsOf<T>, options?: ColumnsOf<T>]
    : [embeddings: MatrixLike, labels: LabelsOf<T>, options: ColumnsOf<T>];
