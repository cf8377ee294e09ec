import { LOOK_EVERY } from "./contestant.ts";

/** How many heads are trained, and how long: with the same plan and seed a search finds the same head again. */
export interface SearchPlan {
  /** Heads that begin. */
  readonly contestants: number;
  /** Steps that each one still in the contest trains, round by round; after each round the better half goes on. */
  readonly rounds: readonly number[];
}

/** The share of a budget that the first round may take. */
const FIRST_SHARE = 0.4;
/** The share of what is left then that is kept to train the best one again, twice. */
const REFIT_SHARE = 0.35;
/** More steps than this of one head are of no use where it begins near its end. */
const MOST_STEPS = 1200;

/** How many heads can begin, when a step takes so long. At least two. */
export function contestantsFor(candidates: number, budgetSeconds: number, secondsPerStep: number): number {
  const affordable = Math.floor((FIRST_SHARE * budgetSeconds) / (LOOK_EVERY * secondsPerStep));
  return Math.max(Math.min(2, candidates), Math.min(candidates, affordable));
}

/**
 * The rounds after the first, of successive halving: each has the same steps in all, shared by fewer and fewer. Rounds in which
 * there would not be a look each are left out, for the sake of those after.
 */
export function roundsFor(contestants: number, secondsLeft: number, secondsPerStep: number): number[] {
  const survivors: number[] = [];
  for (let left = contestants; left > 1;) survivors.push((left = Math.ceil(left / 2)));
  const steps = Math.max(0, ((1 - REFIT_SHARE) * secondsLeft) / secondsPerStep);
  for (let first = 0; first < survivors.length; first++) {
    const perRound = steps / (survivors.length - first);
    const rounds = survivors.map((left, r) => (r < first ? 0 : wholeLooks(Math.min(MOST_STEPS, perRound / left))));
    if (rounds[first] > 0) return rounds;
  }
  return survivors.map(() => 0);
}

function wholeLooks(steps: number): number {
  return LOOK_EVERY * Math.floor(steps / LOOK_EVERY);
}
