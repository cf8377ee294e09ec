import { checkNumber, describe } from "../../matrix/checks.ts";

/**
 * What the learning rates are multiplied by in each step: a function of the steps done before, 0, 1 ..., that gives a number >= 0.
 * It depends on nothing else, so that a training that goes on from a state has the same rates.
 */
export type Schedule = (stepsDone: number) => number;

/** @throws TypeError when it is no function */
export function checkSchedule(schedule: unknown, name: string): Schedule {
  if (typeof schedule !== "function")
    throw new TypeError(
      `${name} is ${describe(schedule)}; give a function of the steps done, such as cosineSchedule({ steps: 1000 })`,
    );
  return schedule as Schedule;
}

/** @throws TypeError, RangeError when the schedule gives no number >= 0 */
export function factorAt(schedule: Schedule, stepsDone: number): number {
  return checkNumber(schedule(stepsDone), `the schedule's factor after ${stepsDone} steps`, { atLeast: 0 });
}
