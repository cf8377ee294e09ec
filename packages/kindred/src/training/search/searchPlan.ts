import { checkList, checkNumber, describe } from "../../matrix/checks.ts";
import { LOOK_EVERY } from "./lookEvery.ts";

/** How many heads are trained, and how long: with the same plan and seed a search finds the same head again. */
export interface SearchPlan {
  /** Closed forms that are computed. */
  readonly closedForms: number;
  /** Heads that begin to be trained. */
  readonly contestants: number;
  /** Steps that each of them is trained before any is left behind; 60 where it is not said. */
  readonly firstSteps?: number;
  /** Steps that each one still in the contest trains, round by round; after each round the better half goes on. */
  readonly rounds: readonly number[];
}

/** Steps that each head is trained before any is left behind, where there is time. */
export const FIRST_STEPS = 3 * LOOK_EVERY;
/** The share of what is left then that is kept to train the best one again, twice. */
const REFIT_SHARE = 0.35;
/** More steps than this of one head are of no use where it begins near its end. */
const MOST_STEPS = 1200;

/** @throws TypeError, RangeError when it is no plan */
export function checkPlan(plan: SearchPlan): void {
  if (typeof plan !== "object" || plan === null)
    throw new TypeError(`plan is ${describe(plan)}; give the plan of an earlier search, or null`);
  checkNumber(plan.closedForms, "plan.closedForms", { atLeast: 1, integer: true });
  checkNumber(plan.contestants, "plan.contestants", { atLeast: 0, integer: true });
  if (plan.firstSteps !== undefined) checkNumber(plan.firstSteps, "plan.firstSteps", { atLeast: 0, integer: true });
  checkList(plan.rounds, "plan.rounds", "the steps of each round");
  plan.rounds.forEach((steps, r) => checkNumber(steps, `plan.rounds[${r}]`, { atLeast: 0, integer: true }));
}

/** Shares of a budget after which no further closed form is computed, and no further head begins. */
const shares = { closedForms: 0.25, contestants: 0.5 } as const;

/** Steps before any head is left behind: what learns fast is not yet what ends well. Fewer where two heads, and the best one twice again, take longer. */
export function firstStepsFor(secondsLeft: number, secondsPerStep: number): number {
  const fitting = wholeLooks(secondsLeft / secondsPerStep / 4);
  return Math.max(LOOK_EVERY, Math.min(FIRST_STEPS, fitting));
}

/** Whether another candidate may begin: until the budget's share is spent, and two of each kind however slow they are. */
export function mayBegin(
  kind: keyof typeof shares,
  begun: number,
  secondsSpent: number,
  budgetSeconds: number,
): boolean {
  return begun < 2 || secondsSpent < shares[kind] * budgetSeconds;
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
