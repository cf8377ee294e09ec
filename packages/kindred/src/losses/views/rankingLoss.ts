import type { Batch } from "../../batch/batch.ts";
import { matchRows, orderedRows, turnedRound, type MatchedRows, type OrderedRows } from "../../batch/matchedRows.ts";
import type { Takes } from "../../batch/takes.ts";
import { CosineSimilarity } from "../../distances/cosineSimilarity.ts";
import { pullGradients, type Distance } from "../../distances/distance.ts";
import type { TileRow } from "../../distances/stream/tiles.ts";
import { Places } from "../../kernels/places.ts";
import { borrow } from "../../kernels/runtime.ts";
import { zeros, type Matrix } from "../../matrix/matrix.ts";
import { extendOptions } from "../../options/extendOptions.ts";
import { flag, number } from "../../options/kinds.ts";
import type { OptionsGiven, OptionValues } from "../../options/option.ts";
import { MeanReducer } from "../../reducers/meanReducer.ts";
import type { Reduced, Reduction } from "../../reducers/reduction.ts";
import { ComparingLoss } from "../core/comparingLoss.ts";
import type { LossDescription } from "../core/lossDescription.ts";
import { comparingOptions } from "../core/lossOptions.ts";
import type { Computed } from "../core/metricLoss.ts";
import { sigmoid, softplus } from "../items/itemMath.ts";
import { logSumExp } from "../items/logSumExp.ts";
import { GuideRows } from "./guideRows.ts";

/** The options of every loss that ranks references. */
export const rankingOptions = extendOptions(comparingOptions<Distance>(new CosineSimilarity(), new MeanReducer()), {
  /** What similarities are multiplied by, > 0; one over a temperature. Default 20. */
  scale: number({ default: 20, above: 0 }),
  /** Whether references ask for their queries too; the loss is the mean of both directions. Default false. */
  symmetric: flag({ default: false }),
});

/** What every loss that ranks references can be told. */
export type RankingLossOptions = OptionsGiven<typeof rankingOptions>;

/** What every loss that ranks references takes. */
export const rankingTakes = { labels: "paired", reference: "paired", tuples: "none" } as const satisfies Takes;

/** The sub-losses of every loss that ranks references: the first, or with `symmetric` the other two. */
export const rankingSubLosses = {
  loss: "element",
  queryLoss: "element",
  referenceLoss: "element",
} as const satisfies LossDescription["subLosses"];

/**
 * A softmax over references in which row i of the reference should win for row i of the embeddings. Where the batch comes
 * with a guide it says which of the rivals are none.
 */
export abstract class RankingLoss<
  R extends typeof rankingOptions = typeof rankingOptions,
  T extends Takes = typeof rankingTakes,
> extends ComparingLoss<R, T> {
  /** The similarity to the guide beyond which a rival is a false negative, by that of the positive. */
  protected threshold(positive: number): number {
    return positive;
  }

  protected override get subLossNames(): readonly string[] {
    return this.#ranking.symmetric ? ["queryLoss", "referenceLoss"] : ["loss"];
  }

  protected override check({ embeddings, reference, codes, referenceCodes }: Batch): void {
    if (reference === null) return;
    if (reference.rows < embeddings.rows)
      throw new RangeError(
        `reference has ${reference.rows} rows, embeddings has ${embeddings.rows}; row i of the reference is the positive of row i`,
      );
    const other = codes!.findIndex((code, i) => code !== referenceCodes![i]);
    if (other >= 0)
      throw new RangeError(
        `labels[${other}] and referenceLabels[${other}] differ; row i of the reference is the positive of row i`,
      );
  }

  protected compute(batch: Batch): Computed {
    const matched = matchRows(batch);
    const { embeddings, guide } = batch;
    const gradient = zeros(embeddings.rows, embeddings.cols);
    const reference = batch.reference ?? embeddings;
    const referenceGradient = batch.reference === null ? gradient : zeros(reference.rows, reference.cols);
    const here = { matrix: embeddings, gradient, guide: guide?.embeddings ?? null };
    const there = {
      matrix: reference,
      gradient: referenceGradient,
      guide: guide === null ? null : (guide.reference ?? guide.embeddings),
    };
    const questions = [
      { matched, asking: here, asked: there },
      { matched: turnedRound(matched), asking: there, asked: here },
    ];
    const reductions = this.subLossNames.map((name) => this.begin(name, batch.labels));
    const answers = reductions.map((reduction, k) => this.#ask(reduction, questions[k]));
    const areAllMasked = guide !== null && answers.every(({ hasRivals }) => !hasRivals);
    return {
      ...this.total(
        reductions,
        answers.map(({ reduced }) => reduced),
      ),
      ...(areAllMasked && { silence: "all-masked" }),
      embeddings: gradient,
      ...(batch.reference && { reference: referenceGradient }),
    };
  }

  get #ranking(): OptionValues<typeof rankingOptions> {
    return this.options;
  }

  /** One direction: hands its items to the reduction, and adds its slopes to the gradients of both ends. */
  #ask(reduction: Reduction, { matched, asking, asked }: Question): Answer {
    const { scale, symmetric } = this.#ranking;
    const queries = orderedRows(asking.matrix, matched.queries);
    const candidates = orderedRows(asked.matrix, matched.candidates);
    const { rows } = matched.queries;
    const share = symmetric ? 0.5 : 1;
    return borrow((workspace) => {
      const sides = this.distance.compare(workspace, queries, { reference: candidates });
      const guide =
        asking.guide === null || asked.guide === null
          ? null
          : new GuideRows(
              workspace,
              orderedRows(asking.guide, matched.queries),
              orderedRows(asked.guide, matched.candidates),
              (positive) => this.threshold(positive),
            );
      const ranked = new RankedRow(-this.distance.away * scale, matched);
      sides.tiles.pullBack((row) => {
        const loss = share * ranked.evaluate(row, guide);
        ranked.pull(row, share * reduction.weighOne(rows?.[row.place] ?? row.place, loss));
      });
      const reduced = reduction.result();
      const pulled = pullGradients(sides, queries, candidates, reduced.scale);
      addRows(asking.gradient, matched.queries, pulled.embeddings);
      addRows(asked.gradient, matched.candidates, pulled.reference!);
      return { reduced, hasRivals: ranked.hasRivals };
    });
  }
}

/** Who asks whom. */
interface Question {
  readonly matched: MatchedRows;
  readonly asking: End;
  readonly asked: End;
}

/** What became of a question. */
interface Answer {
  readonly reduced: Reduced;
  /** Whether any who asked had more to choose from than its own. */
  readonly hasRivals: boolean;
}

/** Embeddings or reference, where their slopes are gathered, and what a guide makes of the same samples. */
interface End {
  readonly matrix: Matrix;
  readonly gradient: Matrix;
  readonly guide: Matrix | null;
}

/** The item of one query, in place of its row of distances. */
class RankedRow {
  readonly #scale: number;
  /** What a false negative's distance is replaced by, so that it has no share in the softmax. */
  readonly #never: number;
  readonly #matched: MatchedRows;
  readonly #rivals = new Places();
  /** Whether any of the queries had rivals. */
  hasRivals = false;
  #excess = -Infinity;
  #total = 0;

  constructor(scale: number, matched: MatchedRows) {
    this.#scale = scale;
    this.#never = scale > 0 ? -Infinity : Infinity;
    this.#matched = matched;
  }

  /** softplus(x), x = log sum_rivals e^(s_ij) - s_ii: -log softmax of the positive. */
  evaluate(row: TileRow, guide: GuideRows | null): number {
    const i = row.place;
    this.#leaveOut(row, guide);
    this.#rivals.set(row, 0, row.count, i, i + 1);
    const nearest = this.#scale > 0 ? this.#rivals.max() : this.#rivals.min();
    if (nearest === this.#never) {
      this.#rivals.fill(0);
      this.#excess = -Infinity;
      this.#total = 0;
    } else {
      this.hasRivals = true;
      const { log, total } = logSumExp(this.#rivals, this.#scale);
      this.#excess = log - this.#scale * row.at(i);
      this.#total = total;
    }
    return softplus(this.#excess);
  }

  /** Leaves weight x slope: sigmoid(x) (softmax_j - [j = i]). */
  pull(row: TileRow, weight: number): void {
    const slope = this.#scale * weight * sigmoid(this.#excess);
    if (this.#total > 0) this.#rivals.affine(slope / this.#total, 0);
    row.put(row.place, -slope);
  }

  /** Replaces the distances of candidates that are no rivals: of the query's own class, or said to be none by a guide. */
  #leaveOut(row: TileRow, guide: GuideRows | null): void {
    const { queries, candidates } = this.#matched;
    const i = row.place;
    const distances = row.view();
    guide?.mask(i, distances, this.#never);
    const code = queries.codes[i];
    for (let j = 0; j < distances.length; j++) if (candidates.codes[j] === code && j !== i) distances[j] = this.#never;
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
