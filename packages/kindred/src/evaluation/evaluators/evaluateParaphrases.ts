import { describe } from "../../matrix/checks.ts";
import type { MatrixLike } from "../../matrix/matrix.ts";
import { checkParaphraseMining, paraphraseDefaults, paraphraseMining } from "../mining/paraphraseMining.ts";
import {
  checkOneARow,
  evaluatedMatrices,
  evaluatorDefaults,
  type EvaluatorOptions,
  evaluatorOptions,
  judge,
  type Judgement,
} from "./judgement.ts";
import { checkedId, type Id, rowsOfIds } from "./relevantDocuments.ts";
import { averagePrecision, bestCut, cutsOf, f1, precision, stepsOf } from "./thresholdSweep.ts";

/** Embeddings among which it is known which are paraphrases of each other. */
export interface ParaphrasesInput {
  /** n x d. */
  readonly embeddings: MatrixLike;
  /** One id a row. Default null: the row numbers, from 0. */
  readonly ids?: ArrayLike<Id> | null;
  /** The pairs that are paraphrases, by their ids, in either order. */
  readonly duplicates: readonly (readonly [Id, Id])[];
}

/** Options of {@link evaluateParaphrases}. */
export interface EvaluateParaphrasesOptions extends EvaluatorOptions {
  /** How many of its most alike rows a row makes pairs with, >= 1. Default 100. */
  readonly topK: number;
  /** How many pairs are looked at, the most alike, >= 1. Default 500000. */
  readonly maxPairs: number;
  /** Whether paraphrases of paraphrases are paraphrases, too. Default false. */
  readonly transitive: boolean;
}

/** The metrics of {@link evaluateParaphrases}. */
export type ParaphraseMetric = "averagePrecision" | "f1" | "precision" | "recall" | "threshold";

/**
 * How well {@link paraphraseMining} finds the paraphrases that are known, over the pairs by falling similarity.
 *
 * - `averagePrecision`: sum over different similarities of (recall gained) x (precision there); what is not found counts as missed
 * - `f1`, `precision`, `recall`: at the `threshold` of the largest F1, which lies halfway to the next pair; a distance, negative, for
 *   "euclidean" and "manhattan". All are 0 when none is found
 *
 * With `bootstrap` rows are drawn anew, and a pair weighs as often as both of its rows were drawn.
 *
 * @throws TypeError when the input is no matrix or an option unknown; RangeError for an id that is not there or stands twice, or a pair of
 *   an id with itself
 */
export function evaluateParaphrases(
  input: ParaphrasesInput,
  options?: Partial<EvaluateParaphrasesOptions>,
): Judgement<ParaphraseMetric> {
  const defaults = { ...paraphraseDefaults, ...evaluatorDefaults, transitive: false };
  const chosen = checkParaphraseMining(evaluatorOptions(options, defaults, "evaluateParaphrases"));
  const { topK, maxPairs, similarity } = chosen;
  const { embeddings } = evaluatedMatrices({ embeddings: input.embeddings }, chosen);
  const { ids = null } = input;
  if (ids !== null) checkOneARow(ids, "ids", embeddings.rows);
  const rowOf = rowsOfIds(ids, embeddings.rows, "ids");
  const listed = checkedPairs(input.duplicates, rowOf);
  const known = new Duplicates(chosen.transitive ? closure(listed, embeddings.rows) : listed);
  const { first, second, scores } = paraphraseMining(embeddings, { topK, maxPairs, similarity });
  const isPositive = Uint8Array.from(first, (row, k) => Number(known.has(row, second[k])));
  const steps = stepsOf(Float64Array.from(scores));
  const metrics = (weights: Float64Array): Record<ParaphraseMetric, number> => {
    const cuts = [...cutsOf(steps, isPositive, first.map((row, k) => weights[row] * weights[second[k]]))]; // prettier-ignore
    const all = known.pairs.reduce((sum, [row, other]) => sum + weights[row] * weights[other], 0);
    if ((cuts.at(-1)?.positives ?? 0) === 0) {
      // a draw without a single paraphrase tells nothing
      const none = all === 0 && known.pairs.length > 0 ? NaN : 0;
      return { averagePrecision: none, f1: none, precision: none, recall: none, threshold: none };
    }
    const best = bestCut(cuts, (cut) => f1(cut, all));
    return {
      averagePrecision: averagePrecision(cuts, all),
      f1: f1(best, all),
      precision: precision(best),
      recall: best.positives / all,
      threshold: best.threshold,
    };
  };
  return judge(embeddings.rows, metrics, "averagePrecision", chosen);
}

type Pair = readonly [row: number, other: number];

function checkedPairs(duplicates: readonly (readonly [Id, Id])[], rowOf: ReadonlyMap<string, number>): readonly Pair[] {
  if (!Array.isArray(duplicates))
    throw new TypeError(`duplicates is ${describe(duplicates)}; give an array of pairs of ids`);
  return duplicates.map((pair: unknown, k) => {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new TypeError(`duplicates[${k}] is ${describe(pair)}; give a pair of ids`);
    const [row, other] = pair.map((id: unknown, end) => {
      const found = rowOf.get(checkedId(id, `duplicates[${k}][${end}]`));
      if (found === undefined)
        throw new RangeError(`duplicates[${k}] names ${describe(id)}, which no row has for its id`);
      return found;
    });
    if (row === other) throw new RangeError(`duplicates[${k}] is a row and itself; a pair is of two rows`);
    return [row, other] as const;
  });
}

/** Pairs of rows in either order, each once. */
class Duplicates {
  readonly pairs: readonly Pair[];
  readonly #others = new Map<number, Set<number>>();

  constructor(listed: readonly Pair[]) {
    this.pairs = listed.filter(([a, b]) => {
      if (this.has(a, b)) return false;
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const others = this.#others.get(low) ?? new Set<number>();
      this.#others.set(low, others.add(high));
      return true;
    });
  }

  has(a: number, b: number): boolean {
    return this.#others.get(Math.min(a, b))?.has(Math.max(a, b)) ?? false;
  }
}

/** All pairs of rows that are joined by a chain of pairs. */
function closure(pairs: readonly Pair[], rows: number): readonly Pair[] {
  const parent = Int32Array.from({ length: rows }, (_, row) => row);
  const root = (row: number): number => {
    while (parent[row] !== row) row = parent[row] = parent[parent[row]];
    return row;
  };
  for (const [a, b] of pairs) parent[root(a)] = root(b);
  const groups = new Map<number, number[]>();
  for (const row of new Set(pairs.flat())) groups.set(root(row), [...(groups.get(root(row)) ?? []), row]);
  return [...groups.values()].flatMap((group) =>
    group.flatMap((row, k) => group.slice(k + 1).map((other): Pair => [row, other])),
  );
}
