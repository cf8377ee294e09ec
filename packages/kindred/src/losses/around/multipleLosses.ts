import type { BatchNeeds, BatchReport } from "../../batch/batchReport.ts";
import { asPrepared, type PreparedBatch } from "../../batch/preparedBatch.ts";
import type { AnyColumns } from "../../batch/takes.ts";
import { checkNumber, describe } from "../../matrix/checks.ts";
import type { Labels } from "../../matrix/labels.ts";
import { zeros, type Matrix, type MatrixLike } from "../../matrix/matrix.ts";
import type { Miner } from "../../miners/miner.ts";
import { option } from "../../options/kinds.ts";
import type { OptionsGiven, OptionValues } from "../../options/option.ts";
import { readOptions } from "../../options/readOptions.ts";
import { keptPart, keptRecord } from "../../state/entries.ts";
import { isKeeper, type Loading } from "../../state/loading.ts";
import { restorePoint } from "../../state/restorePoint.ts";
import { prepareState, saveState, type StateRecord } from "../../state/stateRecord.ts";
import { asPairs } from "../../tuples/anchorLists.ts";
import type { Tuples } from "../../tuples/tuples.ts";
import type { Evaluation, Loss, LossState } from "../core/loss.ts";
import { describeLoss } from "../core/lossDescription.ts";

/** One thing for each loss: a list in their order, or a record with their names. */
export type ForEachLoss<T> = readonly T[] | Readonly<Record<string, T>>;

const options = {
  /** A miner for each loss; in a list null where there is none, in a record those that have one. Default null: no miners. */
  miners: option<ForEachLoss<Miner | null> | null>("a miner a loss", null, (given, name) => checkEach(given, name)),
  /** What each loss is multiplied by. Default null: 1. */
  weights: option<ForEachLoss<number> | null>("a number a loss", null, (given, name) => checkEach(given, name)),
};

/** Options of {@link MultipleLosses}. */
export type MultipleLossesOptions = OptionsGiven<typeof options>;

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
  static readonly description = describeLoss({
    name: "MultipleLosses",
    family: "around",
    summary: "The weighted sum of several losses of one batch.",
    paper: "none: those of the losses",
    takes: { labels: "optional", reference: "any", tuples: "pairs" },
    needs: { positives: false, negatives: false },
    subLosses: {},
    options,
    wraps: "losses",
  });
  readonly name = "MultipleLosses";
  readonly losses: Readonly<Record<string, Loss>>;
  /** The options that were given over their defaults. */
  readonly options: OptionValues<typeof options>;
  /** Those of the losses that have one, by the losses' names. */
  readonly miners: Readonly<Record<string, Miner | null>>;
  /** One a loss, by the losses' names. */
  readonly weights: Readonly<Record<string, number>>;
  readonly parameters: Readonly<Record<string, Matrix>>;

  constructor(losses: ForEachLoss<Loss>, given?: MultipleLossesOptions) {
    if ("evaluate" in losses && typeof losses.evaluate === "function")
      throw new TypeError("losses is one loss; give a list of losses, or a record with their names");
    this.options = readOptions(options, given, this.name);
    const { miners, weights } = this.options;
    this.losses = Object.fromEntries(Object.entries(losses));
    const names = Object.keys(this.losses);
    if (names.length === 0) throw new RangeError("losses is empty; give one loss or more");
    for (const name of names)
      if (typeof this.losses[name]?.evaluate !== "function")
        throw new TypeError(`losses.${name} is ${describe(this.losses[name])}; give a loss`);
    const isList = Array.isArray(losses);
    this.miners = miners === null ? {} : matched("miners", miners, { names, isList, needsAll: false });
    this.weights =
      weights === null
        ? Object.fromEntries(names.map((name) => [name, 1]))
        : matched("weights", weights, { names, isList, needsAll: true });
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

  evaluate(embeddings: MatrixLike, labels: Labels | null, options?: AnyColumns): MultipleEvaluation {
    const columns = options ?? {};
    const hasMiners = Object.values(this.miners).some((miner) => miner !== null && miner !== undefined);
    if (hasMiners && columns.tuples !== undefined)
      throw new TypeError("tuples were given to losses that have miners of their own; leave out one of the two");
    if (hasMiners && labels === null) throw new TypeError("miners need labels; give one a row");
    const { reference, referenceLabels, anchorRows, learnReference } = columns;
    const batch = asPrepared(embeddings, labels, { reference, referenceLabels, anchorRows, learnReference });
    const names = this.evaluated();
    const evaluations = batch.share(() =>
      Object.fromEntries(names.map((name) => [name, this.#evaluate(name, batch, columns)])),
    );
    return this.#sum(names, evaluations);
  }

  /** The names of the losses that are evaluated now: all of them. */
  protected evaluated(): readonly string[] {
    return Object.keys(this.losses);
  }

  /** Each loss's state by its name, and each miner's that has one. */
  state(): LossState {
    return saveState(this.name, this.stateRecord);
  }

  load(state: LossState): void {
    this.prepareLoad(state).take();
  }

  prepareLoad(state: LossState): Loading {
    return prepareState(this.name, this.stateRecord, state);
  }

  restorePoint(): () => void {
    return restorePoint([...Object.values(this.losses), ...Object.values(this.miners)]);
  }

  /** All that the losses keep; a subclass adds to it. */
  protected get stateRecord(): StateRecord {
    const losses = Object.entries(this.losses).map(([name, loss]) => [name, keptPart(loss)]);
    const miners = Object.entries(this.miners).flatMap(([name, miner]) =>
      isKeeper(miner) ? [[name, keptPart(miner)]] : [],
    );
    return {
      losses: keptRecord(Object.fromEntries(losses) as StateRecord, this.name),
      ...(miners.length > 0 && { miners: keptRecord(Object.fromEntries(miners) as StateRecord, this.name) }),
    };
  }

  /** One of the losses, on what its own miner finds. */
  #evaluate(name: string, batch: PreparedBatch, columns: AnyColumns): Evaluation {
    const loss = this.losses[name];
    const { labels, given } = batch;
    const { reference, referenceLabels } = given;
    const mined = this.miners[name]?.mine(batch, labels!, { reference, referenceLabels });
    const tuples = mined === undefined ? columns.tuples : worthALoss(mined, loss);
    const others = batch.reference === null ? {} : { ...given, reference: batch.reference };
    return loss.evaluate(batch, labels, { ...columns, ...others, tuples });
  }

  #sum(names: readonly string[], evaluations: Readonly<Record<string, Evaluation>>): MultipleEvaluation {
    const all = names.map((name) => ({ ...evaluations[name], weight: this.weights[name] }));
    const reference = weightedSum(all.map(({ gradients, weight }) => [gradients.reference, weight]));
    const columns = Math.max(0, ...all.map(({ gradients }) => gradients.negatives?.length ?? 0));
    const negatives = Array.from({ length: columns }, (_, k) =>
      weightedSum(all.map(({ gradients, weight }) => [gradients.negatives?.[k], weight]))!,
    );
    return {
      value: all.reduce((sum, { value, weight }) => sum + weight * value, 0),
      gradients: {
        embeddings: weightedSum(all.map(({ gradients, weight }) => [gradients.embeddings, weight]))!,
        ...(reference && { reference }),
        ...(columns > 0 && { negatives }),
        parameters: prefixed(names, (name) =>
          mapMatrices(evaluations[name].gradients.parameters, (slope) => weightedSum([[slope, this.weights[name]]])!),
        ),
      },
      report: joinedReport(all.map(({ report }) => report)),
      values: Object.fromEntries(names.flatMap((name) => valuesOf(name, evaluations[name]))),
      evaluations,
    };
  }
}

/**
 * What a miner found, for its loss. One positive and one negative pair at most are nothing for a loss whose items are made
 * of the pairs of tuples: here PML is followed, whose pair losses are 0 then, so that a sum of losses is PML's.
 */
function worthALoss(mined: Tuples, loss: Loss): Tuples {
  const { anchors1, anchors2 } = asPairs(mined);
  if (!hasItemsOfPairs(loss) || anchors1.length > 1 || anchors2.length > 1) return mined;
  return { anchors1: [], positives: [], anchors2: [], negatives: [] };
}

/** The losses on pairs that PML derives from its GenericPairLoss. */
function hasItemsOfPairs({ description }: Loss): boolean {
  if (description?.family !== "pairs" || description.takes.tuples !== "pairs") return false;
  return Object.values(description.subLosses).every((kind) => kind !== "number");
}

function checkEach<T>(given: unknown, name: string): ForEachLoss<T> {
  if (typeof given !== "object" || given === null)
    throw new TypeError(`${name} is ${describe(given)}; give ${name} in the form of the losses`);
  return given as ForEachLoss<T>;
}

/** What {@link matched} looks for. */
interface Names {
  readonly names: readonly string[];
  /** Whether the losses are a list. */
  readonly isList: boolean;
  /** Whether every loss must have one; in a list it must in any case. */
  readonly needsAll: boolean;
}

/** One entry a loss, by the losses' names. */
function matched<T>(
  what: string,
  given: ForEachLoss<T>,
  { names, isList, needsAll }: Names,
): Readonly<Record<string, T>> {
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

/** A loss's value by its name; those of a sum behind it: "cosines.0". */
function valuesOf(name: string, { value, values }: Evaluation): (readonly [string, number])[] {
  if (values === undefined) return [[name, value]];
  return Object.entries(values).map(([own, each]) => [`${name}.${own}`, each]);
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
