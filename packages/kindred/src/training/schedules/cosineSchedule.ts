import { falling, type FallingScheduleOptions } from "./falling.ts";
import type { Schedule } from "./schedule.ts";

/**
 * The rate falls to `end` along half a wave: slowly at first and at last. After t steps, of T, with w of warm-up:
 *
 *     factor = end + (1 - end) (1 + cos(pi min(1, (t - w) / (T - w)))) / 2
 *
 *     const steps = 20 * sampler.batchesPerEpoch;
 *     new Trainer({ model, loss, sampler, data, schedule: cosineSchedule({ steps, warmUp: 100 }) });
 *
 * @throws TypeError or RangeError when an option is unknown, missing or out of bounds
 *
 * Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts" (2017), one run without restarts.
 */
export function cosineSchedule(options: FallingScheduleOptions): Schedule {
  return falling(options, (shareDone) => (1 + Math.cos(Math.PI * shareDone)) / 2, "cosineSchedule");
}
