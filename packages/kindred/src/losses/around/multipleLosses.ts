import { checkNumber, describe, withDefaults } from "../../matrix/checks.ts";
import type { Labels } from "../../matrix/labels.ts";
import { zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import type { Miner } from "../../miners/miner.ts";
import { asPairs } from "../../tuples/anchorLists.ts";
import type { Tuples } from "../../tuples/tuples.ts";
import type { BatchNeeds, BatchReport } from "../../batch/batchReport.ts";
import type { EvaluateOptions, Evaluation, Loss, LossState } from "../core/loss.ts";
import { PairLoss } from "../pairs/pairLoss.ts";

/** One thing for each loss: a list in their order, or a record with their names. */
export type ForEachLoss<T> = readonly T[] | Readonly<Record<string, T>>;

/** Options of {@link MultipleLosses}. */
export interface MultipleLossesOptions {
  /** A miner for each loss; in a list null where there is none, in a record those that have one. Default null: no miners. */
  readonly miners: ForEachLoss<Miner | null> | null;
  /** What each loss is multiplied by. Default null: 1. */
  readonly weights: ForEachLoss<number> | null;
}

const defaults: MultipleLossesOptions = { miners: null, weights: null };

/** What {@link MultipleLosses} gives: the sum, and each loss's own evaluation, unweighted. */
export interface MultipleEvaluation extends Evaluation {
  readonly evaluations: Readonly<Record<string, Evaluation>>;
}

/**
 * The weighted sum of several losses of one batch: L = sum_k w_k L_k.
 *
 *     new MultipleLosses([new TripletMarginLoss(), new ArcFaceLoss({ ... })], { weights: [1, 0.5] });
 *     new MultipleLosses({ pairs: new ContrastiveLoss(), cosines: new CircleLoss() }, { miners: { pairs: miner } });
 *
 * Parameters and their slopes are named by loss: "0.W", or "pairs.W". The batch has taught something when any of the losses
 * learned from it.
 *
 * @throws TypeError, RangeError when miners or weights don't match the losses
 */
export class MultipleLosses implements Loss {
  readonly name = "MultipleLosses";
  readonly losses: Readonly<Record<string, Loss>>;
  readonly miners: Readonly<Record<string, Miner | null>>;
  readonly weights: Readonly<Record<string, number>>;
  readonly parameters: Readonly<Record<string, Matrix>>;

  constructor(losses: ForEachLoss<Loss>, options?: Partial<MultipleLossesOptions>) {
    if ("evaluate" in losses && typeof losses.evaluate === "function")
      throw new TypeError("losses is one loss; give a list of losses, or a record with their names");
    const given = withDefaults(options, defaults, "MultipleLosses");
    this.losses = Object.fromEntries(Object.entries(losses));
    const names = Object.keys(this.losses);
    if (names.length === 0) throw new RangeError("losses is empty; give one loss or more");
    for (const name of names)
      if (typeof this.losses[name]?.evaluate !== "function")
        throw new TypeError(`losses.${name} is ${describe(this.losses[name])}; give a loss`);
    const isList = Array.isArray(losses);
    this.miners = matched("miners", given.miners, names, isList, false) ?? {};
    this.weights =
      matched("weights", given.weights, names, isList, true) ?? Object.fromEntries(names.map((name) => [name, 1]));
    for (const name of names) checkNumber(this.weights[name], `weights.${name}`);
    this.parameters = prefixed(names, (name) => this.losses[name].parameters);
  }

  /** What any of the losses needs is not needed when another one learns without it. */
  get needs(): BatchNeeds {
    const all = Object.values(this.losses).map(({ needs }) => needs);
    return {
      positives: all.every(({ positives }) => positives),
      negatives: all.every(({ negatives }) => negatives),
      pairs: all.every(({ pairs }) => pairs !== false),
    };
  }

  evaluate(embeddings: MatrixLike, labels: Labels | null, options: EvaluateOptions = {}): MultipleEvaluation {
    const hasMiners = Object.values(this.miners).some((miner) => miner !== null && miner !== undefined);
    if (hasMiners && options.tuples !== undefined)
      throw new TypeError("tuples were given to losses that have miners of their own; leave out one of the two");
    if (hasMiners && labels === null) throw new TypeError("miners need labels; give one a row");
    const names = Object.keys(this.losses);
    const evaluations: Record<string, Evaluation> = {};
    for (const name of names) {
      const { reference, referenceLabels } = options;
      const loss = this.losses[name];
      const mined = this.miners[name]?.mine(embeddings, labels!, { reference, referenceLabels });
      const tuples = mined === undefined ? options.tuples : worthALoss(mined, loss);
      evaluations[name] = loss.evaluate(embeddings, labels, { ...options, tuples });
    }
    const all = names.map((name) => ({ ...evaluations[name], weight: this.weights[name] }));
    const reference = weightedSum(all.map(({ gradients, weight }) => [gradients.reference, weight]));
    return {
      value: all.reduce((sum, { value, weight }) => sum + weight * value, 0),
      gradients: {
        embeddings: weightedSum(all.map(({ gradients, weight }) => [gradients.embeddings, weight]))!,
        ...(reference && { reference }),
        parameters: prefixed(names, (name) =>
          mapMatrices(evaluations[name].gradients.parameters, (slope) => weightedSum([[slope, this.weights[name]]])!),
        ),
      },
      report: joinedReport(all.map(({ report }) => report)),
      evaluations,
    };
  }

  state(): LossState {
    return Object.fromEntries(Object.entries(this.losses).map(([name, loss]) => [name, loss.state()]));
  }

  load(state: LossState): void {
    for (const [name, loss] of Object.entries(this.losses)) {
      const own = state[name];
      if (typeof own !== "object" || own === null)
        throw new RangeError(`the state has nothing of the loss ${name}; it is not of these losses`);
      loss.load(own as LossState);
    }
  }
}

/**
 * What a miner found, for its loss. One positive and one negative pair at most are nothing for a loss on pairs: here PML is
 * followed, whose pair losses are 0 then, so that a sum of losses is PML's.
 */
function worthALoss(mined: Tuples, loss: Loss): Tuples {
  const { anchors1, anchors2 } = asPairs(mined);
  if (!(loss instanceof PairLoss) || anchors1.length > 1 || anchors2.length > 1) return mined;
  return { anchors1: [], positives: [], anchors2: [], negatives: [] };
}

/** One entry a loss, by the losses' names. */
function matched<T>(
  what: string,
  given: ForEachLoss<T> | null,
  names: readonly string[],
  isList: boolean,
  needsAll: boolean,
): Readonly<Record<string, T>> | null {
  if (given === null) return null;
  if (Array.isArray(given) !== isList)
    throw new TypeError(`${what} is ${isList ? "no list" : "a list"}; give ${what} in the form of the losses`);
  const keys = Object.keys(given);
  const unknown = keys.find((key) => !names.includes(key));
  if (unknown !== undefined)
    throw new RangeError(`${what} has an entry ${JSON.stringify(unknown)}; the losses are ${names.join(", ")}`);
  const missing = names.find((name) => !keys.includes(name));
  if ((needsAll || isList) && missing !== undefined)
    throw new RangeError(`${what} has no entry ${JSON.stringify(missing)}; give one a loss`);
  return { ...(given as Readonly<Record<string, T>>) };
}

function prefixed(
  names: readonly string[],
  matricesOf: (name: string) => Readonly<Record<string, Matrix>>,
): Readonly<Record<string, Matrix>> {
  return Object.fromEntries(
    names.flatMap((name) => Object.entries(matricesOf(name)).map(([own, matrix]) => [`${name}.${own}`, matrix])),
  );
}

function mapMatrices(
  matrices: Readonly<Record<string, Matrix>>,
  map: (matrix: Matrix) => Matrix,
): Readonly<Record<string, Matrix>> {
  return Object.fromEntries(Object.entries(matrices).map(([name, matrix]) => [name, map(matrix)]));
}

function weightedSum(terms: readonly (readonly [Matrix | undefined, number])[]): Matrix | undefined {
  const first = terms.find(([matrix]) => matrix !== undefined)?.[0];
  if (first === undefined) return undefined;
  const sum = zeros(first.rows, first.cols);
  for (const [matrix, weight] of terms)
    for (let k = 0; matrix !== undefined && k < sum.data.length; k++) sum.data[k] += weight * matrix.data[k];
  return sum;
}

/** What any loss learned from counts as learned from. */
function joinedReport(reports: readonly BatchReport[]): BatchReport {
  const learning = reports.find(({ status }) => status === "learning");
  const sumOf = (count: (report: BatchReport) => number): number => reports.reduce((sum, each) => sum + count(each), 0);
  return {
    ...(learning ?? reports[0]),
    items: sumOf(({ items }) => items),
    activeItems: sumOf(({ activeItems }) => activeItems),
  };
}
