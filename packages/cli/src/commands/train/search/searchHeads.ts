import {
  embedInBatches,
  holdOutParts,
  suitableLosses,
  trainHead,
  type HeadModel,
  type HeldParts,
  type Matrix,
  type SearchPlan,
} from "kindred";
import type { DataSet } from "../../../data/dataSet.ts";
import { columnMeans, fillGaps, gapsIn } from "../../../data/gaps.ts";
import { classesToTell } from "../../../data/holdOut.ts";
import { part } from "../../../data/part.ts";
import { asInputError, InputError } from "../../../door/inputError.ts";
import { endIfInterrupted } from "../../../door/interrupt.ts";
import { textTable } from "../../../terminal/textTable.ts";
import { changesOf, judge, queriesOf, readyToJudge, type Judgement } from "../judged/judge.ts";
import { judgementLine } from "../judged/judgedText.ts";
import type { Trained } from "../judged/trained.ts";
import { SEARCH_BATCH, trainOptions, withBatchSize, type TrainWishes } from "../options/trainOptions.ts";
import type { KeptSearch } from "../runs/keptSearch.ts";
import { runIdentity } from "../runs/runIdentity.ts";
import type { Audience } from "../setup/audience.ts";
import { buildParts } from "../setup/buildParts.ts";
import { checkSizes } from "../setup/checkSizes.ts";
import { askDoctor } from "../setup/consult.ts";
import type { FoundHead } from "./foundHead.ts";
import { searchFigures } from "./searchMetrics.ts";
import { searchOptions } from "./searchOptions.ts";
import { searchOutcome, searchVerdict } from "./searchOutcome.ts";
import { openSearchDisplay } from "./searchProgress.ts";
import { searchSections } from "./searchReport.ts";
import { searchSteps } from "./searchSteps.ts";
import { assumptionLine, foundLines, partsLine, triedRows, TRIED_COLUMNS } from "./searchText.ts";

/** What a search is asked for. */
interface AskedSearch {
  readonly wishes: TrainWishes;
  /** Of an earlier search, to find its head again; null: what the budget allows. */
  readonly plan: SearchPlan | null;
  readonly run: KeptSearch;
}

/**
 * Searches for the best head: parts the data in three, compares heads trained on the first by the second, and judges the best of
 * them, beside the vectors as they are, on the third.
 *
 * @param groups what each row belongs to; null: each to itself
 */
export async function searchHeads(
  data: DataSet,
  groups: readonly string[] | null,
  asked: AskedSearch,
  audience: Audience,
): Promise<Trained> {
  const found = await search(data, groups, asked, audience);
  const outcome = searchOutcome(found);
  return {
    judged: found,
    head: found.found.head,
    outcome,
    verdict: searchVerdict(found),
    isGood: outcome === "better" ? true : outcome === "rejected" ? false : null,
    steps: searchSteps(found),
    figures: searchFigures(found),
    sections: searchSections(found),
  };
}

async function search(
  data: DataSet,
  groups: readonly string[] | null,
  { wishes, plan, run }: AskedSearch,
  { about, terminal, signal }: Audience,
): Promise<FoundHead> {
  const say = (...lines: readonly string[]): void => lines.forEach((line) => terminal?.say(line));
  const { seed } = wishes;
  const parts = partsOf(data, groups, wishes);
  const whole = withoutGaps(data, parts);
  const [training, choosing, judged] = [parts.train, parts.choose, parts.judge].map((rows) =>
    part(whole, Array.from(rows)),
  );
  const learned = part(whole, ascending(parts.train, parts.choose));
  const queries = queriesOf(judged.vectors, (parts.by === "class" ? judged : learned).labels.length);
  const test = readyToJudge(judged, queries, seed);
  const split = { train: learned, test, by: parts.by };

  const { cols } = whole.vectors;
  const suited = suitableLosses(training.labels);
  const shaped = { ...trainOptions(wishes), m: wishes.m ?? suited.m, size: cols };
  const sized = withBatchSize(shaped, training.labels.length, SEARCH_BATCH);
  checkSizes(sized, cols);
  const doctor = askDoctor(sized, buildParts(sized, training.labels), { labels: training.labels, columns: cols });
  say(...about, partsLine(whole, training, choosing, judged), assumptionLine(split.by, wishes.holdOutBy));
  say(`Doctor: ${doctor.verdict}`);
  const lossesReason = wishes.loss === null ? suited.reason : "";
  if (lossesReason !== "") say(`Losses: ${lossesReason}.`);

  const resume = await run.begin(runIdentity(whole, learned, wishes));
  await endIfInterrupted(signal);
  const references = split.by === "class" ? null : learned;
  const judgeHead = (head: HeadModel | null): Judgement => {
    const embed = ({ vectors }: DataSet): Matrix => (head === null ? vectors : embedInBatches(head, vectors));
    return judge(
      { ...test, vectors: embed(test) },
      references && { ...references, vectors: embed(references) },
      queries,
    );
  };
  const before = judgeHead(null);
  let after = before;
  say(`Before: ${judgementLine(before)}`);
  const options = searchOptions(wishes, sized, suited.losses, plan);
  const display = openSearchDisplay(terminal, plan === null ? options.budgetSeconds : null);
  const rows = { inputs: whole.vectors, labels: whole.labels };
  const found = await trainHead(rows, {
    ...options,
    parts,
    signal,
    resume,
    judge: (head) => {
      if (head !== null) after = judgeHead(head);
      return { ...after.scores, labels: test.labels };
    },
    onSnapshot: (snapshot) => run.keep(snapshot),
    onProgress: (progress) => {
      display.show(progress);
      run.progress(progress);
    },
  })
    .catch((error: unknown) => {
      throw asInputError(error);
    })
    .finally(() => display.end());
  if (found.candidates.length === 1) signal.throwIfAborted();
  const isStopped = signal.aborted;
  await run.end(found);
  say("", textTable([...TRIED_COLUMNS], triedRows(found), terminal?.width), "");
  const change = changesOf(before, after);
  const head: FoundHead = {
    data,
    split,
    model: found.judgedHead,
    before,
    after,
    change,
    seed,
    found,
    training,
    choosing,
    doctor,
    lossesReason,
    m: sized.m,
    wishes,
    turns: run.turns,
    isStopped,
  };
  say(...foundLines(head), ...run.lines, `After:  ${judgementLine(after)}`);
  return head;
}

/** @throws InputError when there is too little to part in three */
function partsOf(
  data: DataSet,
  groups: readonly string[] | null,
  { heldOut, holdOutBy, seed }: TrainWishes,
): HeldParts {
  classesToTell(data);
  const shares = { by: holdOutBy, groups, judgeShare: heldOut, seed };
  try {
    return holdOutParts(data.labels, shares);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(`${data.name}: ${error.message}; --no-search trains one head without comparing it`);
  }
}

/** The data with means in the place of missing values, taken of the rows that are not judged by. */
function withoutGaps(data: DataSet, { train, choose }: HeldParts): DataSet {
  if (gapsIn(data.vectors) === 0) return data;
  const means = columnMeans(part(data, ascending(train, choose)).vectors);
  return { ...data, vectors: fillGaps(data.vectors, means, null) };
}

function ascending(...parts: readonly Int32Array[]): number[] {
  return parts.flatMap((rows) => Array.from(rows)).sort((a, b) => a - b);
}
