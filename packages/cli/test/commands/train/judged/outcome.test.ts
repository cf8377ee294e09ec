import { describe, expect, it } from "vitest";
import type { JudgedHead } from "../../../../src/commands/train/judged/judgedHead.ts";
import { outcomeOf, outcomeSentence } from "../../../../src/commands/train/judged/outcome.ts";
import type { Change } from "../../../../src/data/change.ts";

const up: Change = { value: 0.1, low: 0.05, high: 0.15 };
const down: Change = { value: -0.1, low: -0.15, high: -0.05 };
const open: Change = { value: 0.1, low: -0.05, high: 0.25 };

function changes(precisionAt1: Change, meanAveragePrecisionAtR: Change): Pick<JudgedHead, "change"> {
  return { change: { precisionAt1, rPrecision: open, meanAveragePrecisionAtR } };
}

describe("what came of a training", () => {
  it.each([
    ["better", changes(up, up)],
    ["better", changes(open, up)],
    ["worse", changes(down, open)],
    ["mixed", changes(up, down)],
    ["unclear", changes(open, open)],
  ] as const)("is %s where the intervals leave no doubt of it", (outcome, head) => {
    expect(outcomeOf(head)).toBe(outcome);
  });

  it("is said in plain words", () => {
    expect(outcomeSentence(changes(down, down))).toBe(
      "The head is worse than the raw vectors: use the vectors as they are.",
    );
    expect(outcomeSentence(changes(open, open))).toMatch(/not shown to be better.*may be chance/);
  });
});
