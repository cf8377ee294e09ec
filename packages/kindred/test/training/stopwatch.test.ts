import { afterEach, expect, test, vi } from "vitest";
import { Stopwatch } from "../../src/training/stopwatch.ts";

afterEach(() => vi.restoreAllMocks());

test("counts the samples of the steps over the steps' time, and nothing between them", () => {
  const now = vi.spyOn(performance, "now");
  const stopwatch = new Stopwatch();
  const step = (from: number, to: number, samples: number): void => {
    now.mockReturnValue(from);
    stopwatch.start();
    now.mockReturnValue(to);
    stopwatch.stop(samples);
  };
  expect(stopwatch.samplesPerSecond).toBe(0);
  step(0, 100, 10);
  step(900, 1000, 30);
  expect(stopwatch.samplesPerSecond).toBe(200);
  stopwatch.reset();
  expect(stopwatch.samplesPerSecond).toBe(0);
});
