import { withDefaults } from "../../matrix/checks.ts";
import type { Schedule } from "./schedule.ts";
import { warmUp } from "./warmUp.ts";

/** Options of {@link constantSchedule}. */
export interface ConstantScheduleOptions {
  /** Steps in which the rate rises evenly, >= 0; see {@link warmUp}. Default 0. */
  readonly warmUp?: number;
}

/**
 * The optimizers' own rates, after a warm-up.
 *
 *     new Trainer({ model, loss, sampler, data, schedule: constantSchedule({ warmUp: 100 }) });
 *
 * @throws TypeError or RangeError when an option is unknown or out of bounds
 */
export function constantSchedule(options?: ConstantScheduleOptions): Schedule {
  const given = withDefaults<Required<ConstantScheduleOptions>>(options, { warmUp: 0 }, "constantSchedule");
  return warmUp(given.warmUp, () => 1);
}
