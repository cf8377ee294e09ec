import type { BatchNeeds, BatchReport } from "../../batch/batchReport.ts";
import type { EvaluateOptions } from "../../batch/takes.ts";
import type { Labels } from "../../matrix/labels.ts";
import type { Matrix, MatrixLike } from "../../matrix/matrix.ts";
import type { SubLoss } from "../../reducers/subLoss.ts";
import type { Loading } from "../../state/loading.ts";
import type { State } from "../../state/state.ts";
import type { LossDescription } from "./lossDescription.ts";

/** The slopes of a loss. */
export interface Gradients {
  /** d value / d embeddings, n x d. */
  readonly embeddings: Matrix;
  /** d value / d reference, m x d, when a reference was given that is learned too. */
  readonly reference?: Matrix;
  /** d value / d each column of negatives, n x d, when they were given and are learned too. */
  readonly negatives?: readonly Matrix[];
  /** d value / d parameter, by the parameter's name. */
  readonly parameters: Readonly<Record<string, Matrix>>;
}

/** What `evaluate` gives. */
export interface Evaluation {
  /** The reduced loss. */
  readonly value: number;
  readonly gradients: Gradients;
  readonly report: BatchReport;
  /** The unreduced items by sub-loss, with a DoNothingReducer only; value and gradients are then 0. */
  readonly subLosses?: Readonly<Record<string, SubLoss>>;
  /** Of a sum of losses: each one's own value by its name, unweighted. */
  readonly values?: Readonly<Record<string, number>>;
}

/**
 * What a loss keeps: its parameters by their names, whatever else it has learned or drawn, and as `kind` the loss's name.
 */
export type LossState = State;

/** A function of embeddings and labels that returns its value and its slopes. */
export interface Loss {
  /** The class's name, as in PML: "SupConLoss". */
  readonly name: string;
  /** What the loss is, takes and needs. Without it no wrapper can serve the loss. */
  readonly description?: LossDescription;
  /** What a batch must hold so that this loss learns from it. */
  readonly needs: BatchNeeds;
  /** The loss's own parameters, live: an optimizer may write to their data between two calls of `evaluate`. */
  readonly parameters: Readonly<Record<string, Matrix>>;
  /**
   * The loss of a batch and its slopes.
   *
   * @param embeddings n x d; a prepared batch is one too
   * @param labels one label a row; null where the loss takes tuples or needs no labels
   */
  evaluate(embeddings: MatrixLike, labels: Labels | null, options?: EvaluateOptions): Evaluation;
  /** All that must be saved to go on later; copies. */
  state(): LossState;
  /**
   * Goes on from a saved state; one that is refused changes nothing.
   *
   * @throws TypeError, RangeError when it is not this loss's: what is missing, unexpected or of another shape is named
   */
  load(state: LossState): void;
  /** Checks a state and changes nothing before it is taken. Without it a wrapper or a Trainer calls `load`. */
  prepareLoad?(state: LossState): Loading;
  /**
   * Where everything but the parameters stands (what is drawn, what is remembered); what it returns puts it back. For a step that
   * fails: without it the loss goes on from wherever it was when something threw.
   */
  restorePoint?(): () => void;
}
