import { expect, it } from "vitest";
import { count, decimal, duration, gain, percent, plural } from "../../src/terminal/format.ts";

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
  expect([duration(1.23), duration(125)]).toEqual(["1.2 s", "2 min 5 s"]);
  expect([plural(1, "class", "classes"), plural(2000, "row")]).toEqual(["1 class", "2,000 rows"]);
});
