import { expect, it } from "vitest";
import { count, decimal, duration, gain, percent, plural, timeLeft } from "../../src/terminal/format.ts";

it("words and figures are written as people read them", () => {
  expect(count(1234567.4)).toBe("1,234,567");
  expect([decimal(0.12345), decimal(NaN)]).toEqual(["0.123", "-"]);
  expect([gain(0.1), gain(-0.1)]).toEqual(["+0.100", "-0.100"]);
  expect([
    percent(1),
    percent(0),
    percent(0.5),
    percent(0.9999),
    percent(0.0012),
    percent(0.034),
    percent(1e-7),
  ]).toEqual(["100 %", "0 %", "50 %", "99.9 %", "0.12 %", "3.4 %", "< 0.01 %"]);
  expect([1.23, 59.97, 119.6, 125, 11_460].map(duration)).toEqual([
    "1.2 s",
    "1 min 0 s",
    "2 min 0 s",
    "2 min 5 s",
    "3 h 11 min",
  ]);
  expect([0.2, 59.1, 3600].map(timeLeft)).toEqual(["1 s left", "1 min 0 s left", "1 h 0 min left"]);
  expect([plural(1, "class", "classes"), plural(2000, "row")]).toEqual(["1 class", "2,000 rows"]);
});
