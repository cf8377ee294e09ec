import { falling, type FallingScheduleOptions } from "./falling.ts";
import type { Schedule } from "./schedule.ts";

/**
 * The rate falls evenly to `end`. After t steps, of T, with w of warm-up:
 *
 *     factor = end + (1 - end) (1 - min(1, (t - w) / (T - w)))
 *
 *     const steps = 20 * sampler.batchesPerEpoch;
 *     new Trainer({ model, loss, sampler, data, schedule: linearSchedule({ steps, warmUp: 100 }) });
 *
 * @throws TypeError or RangeError when an option is unknown, missing or out of bounds
 */
export function linearSchedule(options: FallingScheduleOptions): Schedule {
  return falling(options, (shareDone) => 1 - shareDone, "linearSchedule");
}
