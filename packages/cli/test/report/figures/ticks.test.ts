import { describe, expect, it } from "vitest";
import { logTicks, tickText, wholeTicks } from "../../../src/report/figures/ticks.ts";

describe("ticks of an axis that counts", () => {
  it.each([
    [0, 1, [0, 1]],
    [0, 3, [0, 1, 2, 3]],
    [1, 9, [2, 4, 6, 8]],
    [0, 11, [0, 2, 4, 6, 8, 10]],
    [0, 60, [0, 10, 20, 30, 40, 50, 60]],
    [0, 2345, [0, 500, 1000, 1500, 2000]],
    [0, 1e6, [0, 200_000, 400_000, 600_000, 800_000, 1_000_000]],
  ])("from %d to %d are few and whole", (low, high, ticks) => {
    expect(wholeTicks(low, high)).toEqual(ticks);
  });

  it.each([
    [1, 30, [1, 2, 5, 10, 20]],
    [1, 1e6, [1, 10, 100, 1000, 10_000, 100_000, 1_000_000].filter((_, k) => k % 2 === 0)],
    [30, 45, [30, 35, 40, 45]],
    [4, 256, [5, 10, 20, 50, 100, 200]],
  ])("on a logarithmic axis from %d to %d, too", (low, high, ticks) => {
    expect(logTicks(low, high)).toEqual(ticks);
  });

  it("are written short", () => {
    expect([5, 2000, 50_000, 1e6].map(tickText)).toEqual(["5", "2,000", "50K", "1M"]);
  });
});
