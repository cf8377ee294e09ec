import { checkNumber, withDefaults } from "../../matrix/checks.ts";
import type { Schedule } from "./schedule.ts";
import { warmUp } from "./warmUp.ts";

/** Options of a schedule that falls: {@link linearSchedule}, {@link cosineSchedule}. */
export interface FallingScheduleOptions {
  /** Steps until the rate is at its end, the warm-up among them, >= 1: as a rule all of the training's. Required. */
  readonly steps: number;
  /** Steps in which the rate rises evenly, >= 0 and fewer than `steps`; see {@link warmUp}. Default 0. */
  readonly warmUp?: number;
  /** What is left of the rate at the end and after it, 0 .. 1; default 0. */
  readonly end?: number;
}

/**
 * 1 at first, `end` from `steps` on, and in between what is left of the way.
 *
 * @param left what is left when a share of the steps is done: left(0) = 1, left(1) = 0
 * @param owner for errors
 */
export function falling(options: FallingScheduleOptions, left: (shareDone: number) => number, owner: string): Schedule {
  const defaults = { steps: undefined as never, warmUp: 0, end: 0 };
  const { steps, warmUp: warmUpSteps, end } = withDefaults<Required<FallingScheduleOptions>>(options, defaults, owner);
  checkNumber(steps, "steps", { atLeast: 1, integer: true });
  checkNumber(warmUpSteps, "warmUp", { atLeast: 0, below: steps, integer: true });
  checkNumber(end, "end", { atLeast: 0, atMost: 1 });
  const length = steps - warmUpSteps;
  return warmUp(warmUpSteps, (done) => end + (1 - end) * left(Math.min(1, done / length)));
}
