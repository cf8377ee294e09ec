import type { Labels } from "../matrix/labels.ts";
import type { MatrixLike } from "../matrix/matrix.ts";
import type { Tuples } from "../tuples/tuples.ts";
import type { PrepareOptions } from "./preparedBatch.ts";

/** What a loss takes of a batch, besides the embeddings. */
export interface Takes {
  /**
   * "classes": one label a row, or tuples in their place; "required": one label a row in any case; "paired": labels, or
   * without them a reference whose row i belongs with row i; "optional": labels or none; "scores": a number a row that says
   * how alike row i and row i of the reference are, and with negatives, where they are taken too, scores or null; "alike": 1 a
   * row where row i and row i of the reference belong together, 0 where they don't; "ofPairs": one label a row, the class of
   * row i and row i of the reference together; "none".
   */
  readonly labels: "classes" | "required" | "paired" | "optional" | "scores" | "alike" | "ofPairs" | "none";
  /**
   * "any": rows of their own number that anchors are compared with; "paired": row i belongs with row i of the embeddings;
   * "required": the same, and it must be given; "none": the batch is compared with itself, or with learned vectors.
   */
  readonly reference: "any" | "paired" | "required" | "none";
  /** "pairs", "triplets": tuples choose what is learned from; "weights": they say how much each anchor counts; "none". */
  readonly tuples: "pairs" | "triplets" | "weights" | "none";
  /**
   * Further columns, row i of each a negative (another candidate) of row i of the embeddings: "any" number of them, or
   * "required": one at least. Default: none is taken.
   */
  readonly negatives?: "any" | "required";
  /** Whether another model's embeddings of the same samples say which negatives are none. */
  readonly guide?: boolean;
  /** What another model makes of the samples, to be learned: its "embeddings", or its "scores" of the candidates. Default: nothing. */
  readonly teacher?: "embeddings" | "scores";
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
  /** What the guide makes of each column of negatives, as wide. Required with negatives. */
  readonly guideNegatives?: readonly MatrixLike[] | undefined;
}

/** Further candidates. */
export interface NegativeColumns {
  /** Columns as long and as wide as the embeddings; row i of each is a negative of row i. Learned as the reference is. */
  readonly negatives?: readonly MatrixLike[] | undefined;
}

/** Another model's embeddings, to be learned. */
export interface TeacherColumns {
  /**
   * What the teacher makes of the samples: one matrix for all columns, or one for each (embeddings, reference, negatives, in that
   * order), with a row a sample. Required.
   */
  readonly teacher: readonly MatrixLike[];
}

/** Another model's similarities, to be learned. */
export interface TeacherScoreColumns {
  /** A number for each candidate of row i, in the order reference, negatives; n rows. What else it may hold the loss says. Required. */
  readonly teacherScores: MatrixLike;
}

/** The learned vectors that embeddings belong to. */
export interface MetaClassColumn {
  /** The proxy that each embedding belongs to, 0 .. K - 1. Without: drawn, so that as many proxies as can have some. */
  readonly metaClasses?: ArrayLike<number> | undefined;
}

/** Everything that any loss may be given. */
export type AnyColumns = EvaluateOptions &
  NegativeColumns &
  Partial<GuideColumns & TeacherColumns & TeacherScoreColumns> &
  MetaClassColumn;

/** The second argument of `evaluate`, by what the loss takes. */
export type LabelsOf<T extends Takes> = T["labels"] extends "none"
  ? null
  : T["labels"] extends "scores"
    ? T["negatives"] extends string
      ? ArrayLike<number> | null
      : ArrayLike<number>
    : T["labels"] extends "alike"
      ? ArrayLike<number | boolean>
      : T["labels"] extends "required" | "ofPairs"
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
  (T["negatives"] extends "required"
    ? Required<NegativeColumns>
    : T["negatives"] extends "any"
      ? NegativeColumns
      : NothingMore) &
  (T["guide"] extends true ? GuideColumns : NothingMore) &
  (T["teacher"] extends "embeddings"
    ? TeacherColumns
    : T["teacher"] extends "scores"
      ? TeacherScoreColumns
      : NothingMore) &
  (T["metaClasses"] extends true ? MetaClassColumn : NothingMore);

/** Nothing at all: an object without a single name. */
type NoColumns = Readonly<Record<string, never>>;

/** All arguments of `evaluate`, by what the loss takes: columns may be left out where none is required. */
export type EvaluateArguments<T extends Takes> = [keyof ColumnsOf<T>] extends [never]
  ? [embeddings: MatrixLike, labels: LabelsOf<T>, options?: NoColumns]
  : NothingMore extends ColumnsOf<T>
    ? [embeddings: MatrixLike, labels: LabelsOf<T>, options?: ColumnsOf<T>]
    : [embeddings: MatrixLike, labels: LabelsOf<T>, options: ColumnsOf<T>];
