import { checkNumber } from "../../matrix/checks.ts";
import { checkSchedule, type Schedule } from "./schedule.ts";

/**
 * A schedule whose rates rise evenly for the first steps; it begins when they are done. After t steps, of w of warm-up:
 *
 *     t < w:   (t + 1) / (w + 1) * then(0)
 *     t >= w:  then(t - w)
 *
 * The first step is of 1 / (w + 1) of the rate, not of 0 as in some libraries, where it moves nothing.
 *
 * @param steps of warm-up, >= 0
 * @param then the schedule after it
 * @throws TypeError, RangeError when steps is no whole number >= 0, or `then` no function
 *
 * Source: Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour" (2017).
 */
export function warmUp(steps: number, then: Schedule): Schedule {
  checkNumber(steps, "warmUp", { atLeast: 0, integer: true });
  checkSchedule(then, "the schedule after the warm-up");
  return (stepsDone) => (stepsDone < steps ? ((stepsDone + 1) / (steps + 1)) * then(0) : then(stepsDone - steps));
}
