import { mean } from "../../evaluation/accuracy/averages.ts";
import { identityMap } from "../../evaluation/projection/linearMap.ts";
import { principalSubspace } from "../../evaluation/projection/principalSubspace.ts";
import { checkList, checkNumber, checkOneOf, describe, withDefaults } from "../../matrix/checks.ts";
import type { Label, Labels } from "../../matrix/labels.ts";
import { type Matrix, type MatrixLike, takeRows, toMatrix, zeros } from "../../matrix/matrix.ts";
import type { Miner } from "../../miners/miner.ts";
import type { BatchSampler } from "../../samplers/batchSampler.ts";
import { embedInBatches } from "../embedInBatches.ts";
import { ProjectionHead } from "../heads/projectionHead.ts";
import { multiply } from "../matrixProduct.ts";
import { behindBasis } from "./behindBasis.ts";
import { MANY_COLUMNS, usualLosses } from "./candidates.ts";
import type { Contestant } from "./contestant.ts";
import { crossGain } from "./crossGain.ts";
import { withinProducts } from "./fewerRows.ts";
import { type Gain, gainOf, goodnessOf, type QueryScores } from "./goodness.ts";
import type { HeadModel, HeadRecipe, LossRecipe } from "./headRecipe.ts";
import { type CandidateResult, HeadSearch, type SearchProgress } from "./headSearch.ts";
import type { LabelledRows } from "./headTraining.ts";
import { checkParts, type HeldBy, type HeldParts, holdOutParts } from "./heldParts.ts";
import { checkPlan, type SearchPlan } from "./searchPlan.ts";
import { checkSnapshot, type SearchSnapshot, taskOf } from "./searchSnapshot.ts";
import { suitableLosses } from "./suitableLosses.ts";
import { withoutKin } from "./withoutKin.ts";

/** Vectors and what they are of. */
export interface HeadRows {
  /** N x d. */
  readonly inputs: MatrixLike;
  /** One a row. */
  readonly labels: Labels;
}

/** Options of {@link trainHead}. */
export interface TrainHeadOptions {
  /** Seconds that the search may take, > 0; default 60. A small table takes less. */
  readonly budgetSeconds?: number;
  /** The plan of an earlier search, to find the same head again; default null: made from the budget. */
  readonly plan?: SearchPlan | null;
  /** Rows in three parts, such as {@link holdOutParts} gives; default null: parted by the three options that follow. */
  readonly parts?: HeldParts | null;
  /**
   * What is kept from training: whole classes, as when new classes will come ("class"), or rows of each ("sample"). Default
   * null: by class, where there are enough.
   */
  readonly holdOutBy?: HeldBy | null;
  /** One a row: rows of one group, such as pictures of one scene, never stand in two parts. Default null: each row by itself. */
  readonly groups?: Labels | null;
  /** Share held out to judge by, > 0 and < 1; default 0.3. */
  readonly judgeShare?: number;
  /** Share of the rest held out to choose by, > 0 and < 1; default null: as {@link holdOutParts} has it. */
  readonly chooseShare?: number | null;
  /** The losses to try; default what suits the sizes of the classes, mostly {@link usualLosses}. */
  readonly losses?: readonly LossRecipe[];
  /** Try heads of these hidden layers alone (and closed forms); default null: linear ones, and MLPs of one hidden layer. */
  readonly hidden?: readonly number[] | null;
  /** Try this learning rate alone; default null: what suits each head. */
  readonly learningRate?: number | null;
  /** Makes the miner that chooses each batch's pairs or triplets; default null: all that labels make. */
  readonly miner?: (() => Miner) | null;
  /** Makes what draws the batches of rows with such labels; default null: an {@link MPerClassSampler} of the two options that follow. */
  readonly sampler?: ((labels: readonly Label[]) => BatchSampler) | null;
  /** Rows a batch; default null: 512, or fewer where there are few. */
  readonly batchSize?: number | null;
  /** Samples of a class in a batch; default 4, or as many as half of the classes have. */
  readonly m?: number;
  /** Of all that is random; default 0. */
  readonly seed?: number;
  /**
   * Judges, in place of the usual judgement of the part to judge by: given null for the vectors as they are, and then the head that
   * was chosen, if any. Both times the same queries in the same order. Default null.
   */
  readonly judge?: ((head: HeadModel | null) => JudgedQueries) | null;
  /** Ends the search early; the best head so far is taken. */
  readonly signal?: AbortSignal | null;
  /** Where an earlier search of the same rows and options was: what `onSnapshot` was given. Default null: begins anew. */
  readonly resume?: SearchSnapshot | null;
  /**
   * Given how far the search is after each head's turn, as plain data, to be kept: with `resume` a search that was killed ends in
   * the same bits as one that was not, where both have the plan that was settled.
   */
  readonly onSnapshot?: ((snapshot: SearchSnapshot) => void | Promise<void>) | null;
  /** Told what is being tried. */
  readonly onProgress?: ((progress: SearchProgress) => void) | null;
}

/** How well neighbours are of a class. */
export interface SearchFigures {
  readonly precisionAt1: number;
  readonly meanAveragePrecisionAtR: number;
}

/** How well queries find their class. */
export interface JudgedQueries extends QueryScores {
  /** One a query, and of others that no figure is of. */
  readonly labels: readonly Label[];
}

/** What {@link trainHead} found. */
export interface HeadResult {
  /** The best head; where none is better than the vectors as they are, one that leaves them so. */
  readonly head: HeadModel;
  /** The one that was judged: of the same recipe, trained without the part to judge by. */
  readonly judgedHead: HeadModel;
  readonly embed: (inputs: MatrixLike) => Matrix;
  /** The head as bytes, for `ProjectionHead.fromBytes` or, where it began at random, `MlpModel.fromBytes`. */
  readonly toBytes: () => Uint8Array<ArrayBuffer>;
  /**
   * Whether the head is better than the vectors as they are: beyond the interval of `chosenGain`, and no worse
   * on those that it was judged by.
   */
  readonly isBetter: boolean;
  readonly recipe: HeadRecipe;
  readonly steps: number;
  /** All that was tried, the best first, on the part to choose by. */
  readonly candidates: readonly CandidateResult[];
  /**
   * What the chosen one gained over the vectors as they are on the part to choose by; where that leaves it open and classes are held out,
   * on all classes but those to judge by, each embedded by a head that was not trained on it.
   */
  readonly chosenGain: Gain;
  /** On the part that neither training nor choice saw: before, after, and the gain with its 95 % intervals. */
  readonly metrics: { readonly before: SearchFigures; readonly after: SearchFigures; readonly gain: Gain };
  readonly parts: HeldParts & { readonly leftOut: number };
  /** What data would help, in sentences with their numbers, where no head is better; else empty. */
  readonly advice: readonly string[];
  /** Why these losses were tried, in a sentence; empty where they were given. */
  readonly lossesReason: string;
  readonly plan: SearchPlan;
  readonly seconds: number;
}

const usualBatch = 512;
/** Products of entries that judging may take: queries x references x columns. Where there would be more, some of each class judge. */
const JUDGE_PRODUCTS = 4e10;
/** Beyond so many columns a search works in the {@link MANY_COLUMNS} directions that hold most of the rows to train on. */
const MOST_COLUMNS = 1024;
/** Rows that are multiplied at once. */
const ROWS_AT_ONCE = 4096;
/** Sums of products with numbers up to here keep to float32's range. */
const LARGEST_INPUT = 1e30;

/**
 * The best head for labelled vectors, or the knowledge that none is better than the vectors as they are. Rows are parted in three: to
 * train on, to choose by, to judge by. Candidates are compared on the second: closed forms (centering, whitening within
 * classes, principal components, discriminants), and heads that begin as the best of them, as the identity or at random,
 * with several losses and learning rates, by successive halving. The best one takes the place of the vectors only where its
 * gain is beyond the interval; it is trained once more on the first two parts, and judged on the third, once. Where it is
 * better there, too, it is trained on all rows in the end.
 *
 *     const { isBetter, embed, metrics, candidates, toBytes } = await trainHead({ inputs: vectors, labels });
 *
 * @throws TypeError or RangeError when an option is out of bounds, or there are too few classes or rows to part
 */
export async function trainHead(rows: HeadRows, options: TrainHeadOptions = {}): Promise<HeadResult> {
  const began = performance.now();
  const given = checkOptions(options);
  const { inputs, labels } = checkRows(rows);
  const { holdOutBy, groups, judgeShare, chooseShare, seed } = given;
  if (given.parts !== null) checkParts(given.parts, labels.length);
  if (groups !== null && groups.length !== labels.length)
    throw new RangeError(`groups has ${groups.length} entries for ${labels.length} rows; each row needs one group`);
  const held = given.parts ?? holdOutParts(labels, { by: holdOutBy, groups, judgeShare, chooseShare, seed });
  const parts = withoutKin(inputs, held, groups && Array.from(groups));
  const isKept = given.resume !== null || given.onSnapshot !== null;
  const task = isKept ? taskOf(inputs, Array.from(labels), taskOptions(given, parts)) : 0;
  if (given.resume !== null) checkSnapshot(given.resume, task);
  const labelsOf = (some: Int32Array): Label[] => Array.from(some, (row): Label => labels[row]);
  const original = (some: Int32Array): LabelledRows => ({ inputs: takeRows(inputs, some), labels: labelsOf(some) });
  const learned = Int32Array.from([...parts.train, ...parts.choose]).sort();
  const judgeHead =
    given.judge ?? judging(original(parts.judge), parts.by === "class" ? null : original(learned), seed);
  const basis =
    inputs.cols <= MOST_COLUMNS ? null : principalSubspace(takeRows(inputs, parts.train), MANY_COLUMNS, { seed });
  const seen = basis === null ? inputs : coordinatesOf(inputs, basis);
  const part = (some: Int32Array): LabelledRows => ({ inputs: takeRows(seen, some), labels: labelsOf(some) });
  const [train, choose, both] = [part(parts.train), part(parts.choose), part(learned)];
  const judgeBegan = performance.now();
  const before = judgeHead(null);
  const secondsToJudge = (performance.now() - judgeBegan) / 1000;
  const suited = suitableLosses(train.labels);
  const m = options.m ?? suited.m;
  const search = new HeadSearch(train, choose, {
    ...given,
    m,
    losses: options.losses ?? suited.losses,
    task,
    secondsAfter: secondsToJudge,
    by: parts.by,
    batchSize: given.batchSize ?? suitableBatch(train.labels.length, m),
    onProgress: given.onProgress ?? (() => {}),
  });
  const settled = await search.run();
  const { raw } = search;
  const [winner, chosenGain] = await surely(chosenOf(search, seed), search, parts.by === "class" ? both : null, seed);
  const identity = new ProjectionHead({ map: identityMap(inputs.cols) });
  const isChosen = chosenGain.score.low > 0;
  const again = async (rows: LabelledRows, otherwise: HeadModel): Promise<HeadModel> => {
    const head = await search.trainAgain(winner.recipe, rows, winner.best.step);
    return head === null ? otherwise : behindBasis(basis, head);
  };
  const judgedHead = isChosen ? await again(both, behindBasis(basis, winner.best.head)) : identity;
  const metrics = metricsOf(before, isChosen ? judgeHead(judgedHead) : before, seed);
  const isBetter = isChosen && metrics.gain.score.value > 0;
  const head = isBetter ? await again({ inputs: seen, labels: Array.from(labels) }, judgedHead) : identity;
  return {
    head,
    judgedHead,
    embed: (vectors) => embedInBatches(head, vectors),
    toBytes: () => head.toBytes(),
    isBetter,
    recipe: isBetter ? winner.recipe : raw.recipe,
    steps: isBetter ? winner.best.step : 0,
    candidates: search.results,
    chosenGain,
    metrics,
    parts,
    advice: isBetter || given.signal?.aborted ? [] : search.advice(),
    lossesReason: options.losses === undefined ? suited.reason : "",
    plan: settled,
    seconds: (performance.now() - began) / 1000,
  };
}

const defaults: Required<TrainHeadOptions> = {
  budgetSeconds: 60,
  plan: null,
  parts: null,
  holdOutBy: null,
  groups: null,
  judgeShare: 0.3,
  chooseShare: null,
  losses: usualLosses,
  hidden: null,
  learningRate: null,
  miner: null,
  sampler: null,
  batchSize: null,
  m: 4,
  seed: 0,
  judge: null,
  signal: null,
  resume: null,
  onSnapshot: null,
  onProgress: null,
};

function checkRows(rows: HeadRows): { readonly inputs: Matrix; readonly labels: Labels } {
  if (typeof rows !== "object" || rows === null)
    throw new TypeError(`rows is ${describe(rows)}; give { inputs, labels }, a matrix and one label a row`);
  const inputs = toMatrix(rows.inputs, "inputs");
  const tooLarge = inputs.data.find((entry) => Math.abs(entry) > LARGEST_INPUT);
  if (tooLarge !== undefined)
    throw new RangeError(
      `inputs holds ${tooLarge}; numbers up to ${LARGEST_INPUT} can be trained on, divide them all by one`,
    );
  checkList(rows.labels, "labels", "one label a row");
  if (rows.labels.length !== inputs.rows)
    throw new RangeError(
      `labels has ${rows.labels.length} entries for ${inputs.rows} inputs; each row needs one label`,
    );
  return { inputs, labels: rows.labels };
}

function checkOptions(options: TrainHeadOptions): Required<TrainHeadOptions> {
  const given = withDefaults<Required<TrainHeadOptions>>(options, defaults, "trainHead");
  checkNumber(given.budgetSeconds, "budgetSeconds", { above: 0 });
  checkNumber(given.m, "m", { atLeast: 2, integer: true });
  checkNumber(given.seed, "seed", { atLeast: 0, integer: true });
  if (given.batchSize !== null) checkNumber(given.batchSize, "batchSize", { atLeast: given.m, integer: true });
  if (given.learningRate !== null) checkNumber(given.learningRate, "learningRate", { above: 0 });
  if (given.hidden !== null) {
    checkList(given.hidden, "hidden", "the size of each hidden layer");
    given.hidden.forEach((size, l) => checkNumber(size, `hidden[${l}]`, { atLeast: 1, integer: true }));
  }
  for (const name of ["miner", "sampler", "judge"] as const)
    if (given[name] !== null && typeof given[name] !== "function")
      throw new TypeError(
        `${name} is ${describe(given[name])}; give a function that ${name === "judge" ? "judges a head" : `makes a ${name}`}, or null`,
      );
  if (given.holdOutBy !== null) checkOneOf(given.holdOutBy, "holdOutBy", ["class", "sample"]);
  checkList(given.losses, "losses", "the losses to try, such as usualLosses");
  if (given.losses.length === 0) throw new RangeError("losses is empty; give at least one, or leave it out");
  if (given.groups !== null) checkList(given.groups, "groups", "one group a row");
  if (given.plan !== null) checkPlan(given.plan);
  return given;
}

/** What the heads of a search follow from, budget aside. */
function taskOptions(given: Required<TrainHeadOptions>, parts: HeldParts): unknown {
  const { losses, hidden, learningRate, batchSize, m, seed } = given;
  const rows = [parts.train, parts.choose, parts.judge].map((each) => Array.from(each));
  return [losses.map(({ name }) => name), hidden, learningRate, batchSize, m, seed, parts.by, rows];
}

/** A quarter of the rows where the usual batch is more, so that a batch is not all there is. */
function suitableBatch(rows: number, m: number): number {
  return Math.min(usualBatch, rows, Math.max(2 * m, m * Math.floor(rows / (4 * m))));
}

/** The one that chose best where its gain is beyond the interval; else the best closed form, whose gain is the steadier one. */
function chosenOf(search: HeadSearch, seed: number): [Contestant, Gain] {
  const gain = (of: Contestant): Gain => gainOf(search.raw.best.goodness, of.best.goodness, search.chooseLabels, seed);
  const { winner, bestClosedForm } = search;
  const [first, second] = [gain(winner), gain(bestClosedForm)];
  return first.score.low <= 0 && second.score.low > 0 ? [bestClosedForm, second] : [winner, first];
}

/**
 * Looks at all classes but those to judge by, where the part to choose by alone leaves it open whether the chosen one is better: first
 * at the chosen one, then at the best closed form.
 *
 * @param rows of classes that can be held out; null: none can. With many columns, closed forms of four folds would take too long.
 */
async function surely(
  chosen: [Contestant, Gain],
  search: HeadSearch,
  rows: LabelledRows | null,
  seed: number,
): Promise<[Contestant, Gain]> {
  const [winner, { score }] = chosen;
  if (rows === null || rows.inputs.cols > MANY_COLUMNS || score.low > 0 || score.value <= 0) return chosen;
  for (const each of new Set([winner, search.bestClosedForm])) {
    const train = (some: LabelledRows): Promise<HeadModel | null> =>
      search.trainAgain(each.recipe, some, each.best.step);
    const gain = await crossGain(rows, train, seed);
    if (gain !== null && gain.score.low > 0) return [each, gain];
  }
  return chosen;
}

/** The usual judgement: of those to judge by, or some of them, among themselves or among references. */
function judging(
  judge: LabelledRows,
  references: LabelledRows | null,
  seed: number,
): (head: HeadModel | null) => JudgedQueries {
  const embed = (head: HeadModel | null, x: Matrix): Matrix => (head === null ? x : embedInBatches(head, x));
  const [query, reference] = withinProducts(judge, references, JUDGE_PRODUCTS, seed);
  return (head) => ({
    ...goodnessOf({
      query: embed(head, query.inputs),
      queryLabels: query.labels,
      reference: reference && embed(head, reference.inputs),
      referenceLabels: reference && reference.labels,
    }),
    labels: query.labels,
  });
}

function metricsOf(before: JudgedQueries, after: JudgedQueries, seed: number): HeadResult["metrics"] {
  return { before: figuresOf(before), after: figuresOf(after), gain: gainOf(before, after, before.labels, seed) };
}

/** Rows times a basis, some at a time. */
function coordinatesOf(inputs: Matrix, basis: Matrix): Matrix {
  const out = zeros(inputs.rows, basis.cols);
  for (let start = 0; start < inputs.rows; start += ROWS_AT_ONCE) {
    const rows = Math.min(ROWS_AT_ONCE, inputs.rows - start);
    const data = inputs.data.subarray(start * inputs.cols, (start + rows) * inputs.cols);
    out.data.set(multiply({ data, rows, cols: inputs.cols }, basis).data, start * basis.cols);
  }
  return out;
}

function figuresOf({ precisionAt1, averagePrecisionAtR }: QueryScores): SearchFigures {
  return { precisionAt1: mean(precisionAt1), meanAveragePrecisionAtR: mean(averagePrecisionAtR) };
}
