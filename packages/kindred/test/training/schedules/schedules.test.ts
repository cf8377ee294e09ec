import { describe, expect, it } from "vitest";
import { constantSchedule, cosineSchedule, linearSchedule, warmUp, type Schedule } from "../../../src/index.ts";
import { factorAt } from "../../../src/training/schedules/schedule.ts";

const factors = (schedule: Schedule, steps: number): number[] =>
  Array.from({ length: steps }, (_, t) => factorAt(schedule, t));

const close = (found: readonly number[], expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length);
  found.forEach((factor, t) => expect(factor, `after ${t} steps`).toBeCloseTo(expected[t], 12));
};

describe("schedules", () => {
  it("rise evenly through the warm-up, from a part of the rate that is not 0", () => {
    close(factors(constantSchedule({ warmUp: 3 }), 6), [1 / 4, 2 / 4, 3 / 4, 1, 1, 1]);
    close(factors(linearSchedule({ steps: 6, warmUp: 2 }), 4), [1 / 3, 2 / 3, 1, 3 / 4]);
    close(
      factors(
        warmUp(1, (t) => 0.5 + t),
        3,
      ),
      [0.25, 0.5, 1.5],
    );
  });

  it("stay at the rate when constant", () => close(factors(constantSchedule(), 4), [1, 1, 1, 1]));

  // get_linear_schedule_with_warmup and get_cosine_schedule_with_warmup of transformers after their warm-up
  it("fall evenly to the end, and stay there", () => {
    close(factors(linearSchedule({ steps: 4 }), 6), [1, 0.75, 0.5, 0.25, 0, 0]);
    close(factors(linearSchedule({ steps: 4, end: 0.2 }), 6), [1, 0.8, 0.6, 0.4, 0.2, 0.2]);
  });

  it("fall along half a wave, and stay at the end", () => {
    const r = Math.SQRT1_2;
    close(factors(cosineSchedule({ steps: 4 }), 6), [1, (1 + r) / 2, 0.5, (1 - r) / 2, 0, 0]);
    close(factors(cosineSchedule({ steps: 2, end: 0.5 }), 4), [1, 0.75, 0.5, 0.5]);
    close(factors(cosineSchedule({ steps: 6, warmUp: 4 }), 8), [0.2, 0.4, 0.6, 0.8, 1, 0.5, 0, 0]);
  });

  it("refuse options that are missing, unknown or out of bounds, and name them", () => {
    expect(() => linearSchedule({} as never)).toThrow("steps is undefined");
    expect(() => cosineSchedule({ steps: 0 })).toThrow("steps is 0; give a whole number >= 1");
    expect(() => cosineSchedule({ steps: 10, warmUp: 10 })).toThrow("warmUp is 10");
    expect(() => cosineSchedule({ steps: 10, end: 1.5 })).toThrow("end is 1.5");
    expect(() => linearSchedule({ steps: 10, warmup: 1 } as never)).toThrow(/did you mean "warmUp"/);
    expect(() => constantSchedule({ warmUp: 1.5 })).toThrow("warmUp is 1.5");
    expect(() => warmUp(3, 1 as never)).toThrow(/the schedule after the warm-up is 1; give a function/);
  });

  it("must give numbers >= 0", () => {
    expect(() => factorAt(() => NaN, 7)).toThrow("the schedule's factor after 7 steps is NaN; give a number");
    expect(() => factorAt((t) => 3 - t, 7)).toThrow("the schedule's factor after 7 steps is -4");
  });
});
