import { describe, expect, it } from "vitest";
import { nearest } from "../../src/door/nearest.ts";
import { count, decimal, duration, gain, percent, plural } from "../../src/terminal/format.ts";
import { openProgress } from "../../src/terminal/progress.ts";
import { textTable } from "../../src/terminal/textTable.ts";

describe("words and figures", () => {
  it("are written as people read them", () => {
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

  it("line up in tables", () => {
    expect(
      textTable(
        ["", "a"],
        [
          ["row", "12"],
          ["x", "3"],
        ],
      ),
    ).toBe("        a\n  row  12\n  x     3");
  });

  it("hint at the nearest known name, and only at a near one", () => {
    expect(nearest("SupConLos", ["NTXentLoss", "SupConLoss"])).toBe('; did you mean "SupConLoss"?');
    expect(nearest("zzz", ["SupConLoss"])).toBe("");
    expect(nearest("c", ["a"])).toBe("");
  });
});

describe("progress without a terminal", () => {
  it("is about ten lines, the last of them at the end", () => {
    const lines: string[] = [];
    const say = (line: string): void => void lines.push(line);
    const terminal = { say, print: say, complain: say, strong: (x: string) => x, isInteractive: false, width: 80 };
    const progress = openProgress(terminal, 95);
    for (let step = 1; step <= 95; step++) progress.advance(step, { loss: step, liveShare: 1, samplesPerSecond: 1000 });
    progress.close();
    expect(lines).toHaveLength(10);
    expect(lines[0]).toContain("step 10/95: loss 5.500, live anchors 100 %, 1,000 samples/s");
    expect(lines[9]).toContain("step 95/95");
  });
});
