import { JsonLinesLog, TensorBoardLog, type HeadResult, type SearchPlan, type SearchSnapshot } from "kindred";
import type { LogFiles } from "./logFiles.ts";
import { levelsOf, type SearchTurn } from "./searchTurns.ts";

/** Letters of a candidate's title in the name of its folder. */
const MOST_LETTERS = 120;

/**
 * Tells a search: as JSON lines (`start`, `plan`, `turn`, `refit`, `choice`, `end`), and for TensorBoard as one run a candidate, so that it
 * draws their figures over steps into one picture. What is computed only is a level line there, if it is the vectors as they are or the best.
 */
export class SearchLogs {
  readonly #files: LogFiles;
  readonly #lines: JsonLinesLog | null;
  readonly #boards = new Map<number, TensorBoardLog>();
  /** Steps of each candidate that an earlier run has told. */
  readonly #stepsTold = new Map<number, number>();
  #steps = 0;
  #plan = "";

  constructor(files: LogFiles) {
    this.#files = files;
    this.#lines = files.lines && new JsonLinesLog({ write: files.lines });
  }

  /** @param earlier where it goes on from; null: it begins */
  async start(earlier: SearchSnapshot | null): Promise<void> {
    this.#steps = earlier === null ? 0 : stepsOf(earlier);
    const begun = earlier?.contestants ?? [];
    await this.#lines?.tell("start", this.#steps, { candidates: begun.length, seconds: earlier?.seconds ?? 0 });
    begun.forEach(({ steps }, place) => this.#stepsTold.set(place, steps));
  }

  /** @param turns what the snapshot has told that was not known */
  async turns(turns: readonly SearchTurn[], snapshot: SearchSnapshot): Promise<void> {
    this.#steps = stepsOf(snapshot);
    await this.#settled(snapshot.plan);
    for (const turn of turns) {
      await this.#lines?.tell("turn", this.#steps, turn);
      await this.#scalars(turn, turn.steps);
    }
  }

  /** A candidate is trained once more, on other rows. */
  async refit(candidate: string): Promise<void> {
    await this.#lines?.tell("refit", this.#steps, { candidate });
  }

  /** @param turns all of them */
  async end(found: HeadResult, turns: readonly SearchTurn[], isStopped: boolean): Promise<void> {
    const { candidates, recipe, steps, isBetter, chosenGain, metrics, seconds } = found;
    const candidate = candidates.find((each) => each.recipe === recipe)?.title ?? "";
    await this.#lines?.tell("choice", this.#steps, { candidate, steps, isBetter, gain: chosenGain.score });
    const { before, after } = metrics;
    await this.#lines?.tell("end", this.#steps, { seconds, isStopped, before, after });
    const last = Math.max(0, ...turns.map((each) => each.steps));
    if (last > 0) for (const level of levelsOf(turns)) await this.#scalars(level, last);
  }

  close(): void {
    this.#files.close();
  }

  async #settled(plan: Partial<SearchPlan>): Promise<void> {
    const { closedForms, firstSteps, contestants, rounds } = plan;
    const settled = { closedForms, firstSteps, contestants, rounds };
    const words = JSON.stringify(settled);
    if (words !== this.#plan) await this.#lines?.tell("plan", this.#steps, settled);
    this.#plan = words;
  }

  async #scalars(turn: SearchTurn, step: number): Promise<void> {
    const { place, candidate, score, meanAveragePrecisionAtR, precisionAt1 } = turn;
    const board = await this.#board(place, candidate);
    await board?.onEvaluation({ step, metrics: { score, meanAveragePrecisionAtR, precisionAt1 } });
  }

  async #board(place: number, title: string): Promise<TensorBoardLog | null> {
    if (this.#files.events === null) return null;
    const there = this.#boards.get(place);
    if (there !== undefined) return there;
    const board = new TensorBoardLog({ write: this.#files.events(runName(place, title)) });
    this.#boards.set(place, board);
    await board.onStart({ stepsDone: this.#stepsTold.get(place) ?? 0 });
    return board;
  }
}

function stepsOf({ contestants }: SearchSnapshot): number {
  return contestants.reduce((sum, { steps }) => sum + steps, 0);
}

/** A name for a folder: 07-linear-from-centering-SupConLoss-lr-0.0003. */
function runName(place: number, title: string): string {
  const words = title.replaceAll(/[^\p{L}\p{N}.]+/gu, "-").slice(0, MOST_LETTERS);
  return `${String(place).padStart(2, "0")}-${words.replace(/[-.]+$/, "")}`;
}
