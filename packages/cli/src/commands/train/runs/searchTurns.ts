import type { SavedContestant, SearchPlan, SearchSnapshot } from "kindred";

/** How good a candidate of a search was after one of its turns, at its best step so far, on the part to choose by. */
export interface SearchTurn {
  /** Its place among the candidates, in the order in which they began; the vectors as they are have 0. */
  readonly place: number;
  /** In words. */
  readonly candidate: string;
  /** Whether it is trained, and not computed only. */
  readonly isTrained: boolean;
  /** The round of the halving in which it stood: 0 before any candidate is left behind. */
  readonly round: number;
  /** Steps trained. */
  readonly steps: number;
  /** After how many of them it was best. */
  readonly bestStep: number;
  /** By which candidates are compared: the mean of the reciprocal rank and MAP@R. */
  readonly score: number;
  readonly meanAveragePrecisionAtR: number;
  readonly precisionAt1: number;
  /** Whether it has diverged. */
  readonly isBroken: boolean;
}

/** Steps of each head before any is left behind, where a plan does not say. */
export const USUAL_FIRST_STEPS = 60;

/** The turns of a search, as its snapshots tell them. */
export class SearchTurns {
  readonly #all: SearchTurn[];

  /** @param earlier those of the run that is gone on with */
  constructor(earlier: readonly SearchTurn[] = []) {
    this.#all = [...earlier];
  }

  /** In the order in which they ended. */
  get all(): readonly SearchTurn[] {
    return this.#all;
  }

  /** Notes what a snapshot tells that was not known. @returns the new ones */
  take({ contestants, plan }: SearchSnapshot): readonly SearchTurn[] {
    const stepsKnown = new Map(this.#all.map(({ place, steps }) => [place, steps]));
    const added = contestants.flatMap((saved, place) =>
      stepsKnown.get(place) === saved.steps ? [] : [turnOf(saved, place, plan)],
    );
    this.#all.push(...added);
    return added;
  }
}

/** What is level over steps, of the turns of a search: the vectors as they are, and the best of what is computed only besides. */
export function levelsOf(turns: readonly SearchTurn[]): SearchTurn[] {
  const [raw, ...others] = turns.filter(({ isTrained }) => !isTrained);
  if (raw === undefined || others.length === 0) return raw === undefined ? [] : [raw];
  return [raw, others.reduce((best, each) => (each.score > best.score ? each : best))];
}

function turnOf(
  { title, steps, isBroken, best, trainer }: SavedContestant,
  place: number,
  plan: Partial<SearchPlan>,
): SearchTurn {
  const { precisionAt1, averagePrecisionAtR, reciprocalRank } = best.goodness;
  return {
    place,
    candidate: title,
    isTrained: steps > 0 || trainer !== null || isBroken,
    round: roundOf(steps, plan),
    steps,
    bestStep: best.step,
    score: mean(reciprocalRank.map((rank, k) => (rank + averagePrecisionAtR[k]) / 2)),
    meanAveragePrecisionAtR: mean(averagePrecisionAtR),
    precisionAt1: mean(precisionAt1),
    isBroken,
  };
}

function roundOf(steps: number, { firstSteps = USUAL_FIRST_STEPS, rounds = [] }: Partial<SearchPlan>): number {
  let [round, target] = [0, firstSteps];
  while (round < rounds.length && steps > target) target += rounds[round++];
  return round;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
