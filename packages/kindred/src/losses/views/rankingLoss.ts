import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients } from "../../distances/distance.ts";
import { Places } from "../../kernels/places.ts";
import { borrow, heap, type Workspace } from "../../kernels/runtime.ts";
import { checkNumber, checkOneOf } from "../../matrix/checks.ts";
import type { Labels } from "../../matrix/labels.ts";
import { zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduced, Reduction } from "../../reducers/reduction.ts";
import type { Batch } from "../../batch/batch.ts";
import type { GuideRows } from "./guideRows.ts";
import { sigmoid, softplus } from "../items/itemMath.ts";
import { logSumExp } from "../items/logSumExp.ts";
import type { EvaluateOptions, Evaluation } from "../core/loss.ts";
import { matchRows, orderedRows, turnedRound, type MatchedRows, type OrderedRows } from "../../batch/matchedRows.ts";
import { metricLossDefaults, MetricLoss, type Computed, type MetricLossOptions } from "../core/metricLoss.ts";
import { refuseTuples } from "../../batch/requirements.ts";
import { rowLabels } from "../../batch/rowLabels.ts";

/** What every loss that ranks references can be told. */
export interface RankingLossOptions extends MetricLossOptions {
  /** What similarities are multiplied by, > 0; one over a temperature. Default 20. */
  readonly scale: number;
  /** Whether references ask for their queries too; the loss is the mean of both directions. Default false. */
  readonly symmetric: boolean;
}

export const rankingDefaults: RankingLossOptions = { ...metricLossDefaults, scale: 20, symmetric: false };

/**
 * A softmax over references in which row i of the reference should win for row i of the embeddings. A subclass may bring a
 * guide that says which of the rivals are none.
 */
export abstract class RankingLoss extends MetricLoss {
  readonly needs = { positives: true, negatives: true };
  readonly scale: number;
  readonly symmetric: boolean;

  constructor(options: RankingLossOptions) {
    super(options, new CosineSimilarity(), new MeanReducer());
    this.scale = checkNumber(options.scale, "scale", { above: 0 });
    this.symmetric = checkOneOf(options.symmetric, "symmetric", [true, false]);
  }

  override evaluate(embeddings: MatrixLike, labels: Labels | null, options?: EvaluateOptions): Evaluation {
    const labelled = rowLabels(embeddings, labels, options);
    return super.evaluate(embeddings, labelled.labels, labelled.options);
  }

  /**
   * Which rivals of each query are false negatives; null: none.
   *
   * @param isTurned whether it is references that ask, and rows of the embeddings that are asked for
   */
  protected guide(_workspace: Workspace, _matched: MatchedRows, _isTurned: boolean): GuideRows | null {
    return null;
  }

  protected override get subLossNames(): readonly string[] {
    return this.symmetric ? ["queryLoss", "referenceLoss"] : ["loss"];
  }

  protected override check(batch: Batch): void {
    const { embeddings, reference, codes, referenceCodes, anchorRows } = batch;
    refuseTuples(this.name, batch);
    if (codes === null)
      throw new TypeError(
        `${this.name} was given neither a reference nor labels; give a reference whose row i is the positive of row i`,
      );
    if (reference === null) return;
    if (anchorRows !== null)
      throw new TypeError(`${this.name} finds the positive of row i in row i; leave anchorRows out`);
    if (reference.rows < embeddings.rows)
      throw new RangeError(
        `reference has ${reference.rows} rows, embeddings has ${embeddings.rows}; row i of the reference is the positive of row i`,
      );
    const other = codes.findIndex((code, i) => code !== referenceCodes![i]);
    if (other >= 0)
      throw new RangeError(
        `labels[${other}] and referenceLabels[${other}] differ; row i of the reference is the positive of row i`,
      );
  }

  protected compute(batch: Batch): Computed {
    const matched = matchRows(batch);
    const { embeddings, labels } = batch;
    const gradient = zeros(embeddings.rows, embeddings.cols);
    const reference = batch.reference ?? embeddings;
    const referenceGradient = batch.reference === null ? gradient : zeros(reference.rows, reference.cols);
    const here = { matrix: embeddings, gradient };
    const there = { matrix: reference, gradient: referenceGradient };
    const outcomes = this.subLossNames.map((name, k) => {
      const reduction = this.reducerOf(name).begin({ kind: "element", labels });
      const reduced =
        k === 0
          ? this.#ask(reduction, matched, here, there, false)
          : this.#ask(reduction, turnedRound(matched), there, here, true);
      return { reduction, reduced };
    });
    const total = this.total(
      outcomes.map(({ reduction }) => reduction),
      outcomes.map(({ reduced }) => reduced),
    );
    return { ...total, embeddings: gradient, ...(batch.reference && { reference: referenceGradient }) };
  }

  /** One direction: hands its items to the reduction, and adds its slopes to the gradients of both ends. */
  #ask(reduction: Reduction, matched: MatchedRows, asking: End, asked: End, isTurned: boolean): Reduced {
    const queries = orderedRows(asking.matrix, matched.queries);
    const candidates = orderedRows(asked.matrix, matched.candidates);
    const { rows } = matched.queries;
    const share = this.symmetric ? 0.5 : 1;
    return borrow((workspace) => {
      const sides = this.distance.compare(workspace, queries, candidates);
      const guide = this.guide(workspace, matched, isTurned);
      const row = new RankedRow(this.distance.isInverted ? this.scale : -this.scale, matched);
      sides.tiles.pullBack((i, pointer) => {
        const loss = share * row.evaluate(i, pointer, guide);
        row.pull(share * reduction.weighOne(rows?.[i] ?? i, loss));
      });
      const reduced = reduction.result();
      const pulled = pullGradients(sides, queries, candidates, reduced.scale);
      addRows(asking.gradient, matched.queries, pulled.embeddings);
      addRows(asked.gradient, matched.candidates, pulled.reference!);
      return reduced;
    });
  }
}

/** Embeddings or reference, and where their slopes are gathered. */
interface End {
  readonly matrix: Matrix;
  readonly gradient: Matrix;
}

/** The item of one query, in place of its row of distances. */
class RankedRow {
  readonly #scale: number;
  /** What a false negative's distance is replaced by, so that it has no share in the softmax. */
  readonly #never: number;
  readonly #matched: MatchedRows;
  readonly #rivals = new Places();
  #own = 0;
  #excess = -Infinity;
  #total = 0;

  constructor(scale: number, matched: MatchedRows) {
    this.#scale = scale;
    this.#never = scale > 0 ? -Infinity : Infinity;
    this.#matched = matched;
  }

  /** softplus(x), x = log sum_rivals e^(s_ij) - s_ii: -log softmax of the positive. */
  evaluate(i: number, pointer: number, guide: GuideRows | null): number {
    const { queries, candidates } = this.#matched;
    const floats = heap();
    const from = pointer >>> 2;
    const count = candidates.codes.length;
    guide?.mask(i, from, this.#never);
    const code = queries.codes[i];
    for (let j = 0; j < count; j++) if (candidates.codes[j] === code && j !== i) floats[from + j] = this.#never;
    this.#own = from + i;
    this.#rivals.set(pointer, 0, count, i, i + 1);
    const nearest = this.#scale > 0 ? this.#rivals.max() : this.#rivals.min();
    if (nearest === this.#never) {
      this.#rivals.fill(0);
      this.#excess = -Infinity;
      this.#total = 0;
    } else {
      const { log, total } = logSumExp(this.#rivals, this.#scale);
      this.#excess = log - this.#scale * floats[this.#own];
      this.#total = total;
    }
    return softplus(this.#excess);
  }

  /** Leaves weight x slope: sigmoid(x) (softmax_j - [j = i]). */
  pull(weight: number): void {
    const slope = this.#scale * weight * sigmoid(this.#excess);
    if (this.#total > 0) this.#rivals.affine(slope / this.#total, 0);
    heap()[this.#own] = -slope;
  }
}

/** Adds row k of `slopes` to the k-th of the rows of `sum`. */
function addRows({ data: sum, cols }: Matrix, { rows }: OrderedRows, { data }: Matrix): void {
  if (rows === null) {
    for (let k = 0; k < data.length; k++) sum[k] += data[k];
    return;
  }
  rows.forEach((row, k) => {
    for (let c = 0; c < cols; c++) sum[row * cols + c] += data[k * cols + c];
  });
}
