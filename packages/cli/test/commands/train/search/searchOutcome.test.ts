import { describe, expect, it } from "vitest";
import type { FoundHead } from "../../../../src/commands/train/search/foundHead.ts";
import {
  searchOutcome,
  searchVerdict,
  type SearchOutcome,
} from "../../../../src/commands/train/search/searchOutcome.ts";
import { searchSteps } from "../../../../src/commands/train/search/searchSteps.ts";
import type { Change } from "../../../../src/data/change.ts";

const up: Change = { value: 0.1, low: 0.05, high: 0.15 };
const down: Change = { value: -0.1, low: -0.15, high: -0.05 };
const open: Change = { value: 0.1, low: -0.05, high: 0.25 };

/** As much of a search as is looked at. */
function found(
  chosen: Change,
  isBetter: boolean,
  judged: Change,
  { classes = 200, rows = 10, seconds = 5, by = "class", advice = [] as string[] } = {},
): FoundHead {
  return {
    change: { precisionAt1: judged, rPrecision: open, meanAveragePrecisionAtR: open },
    found: { chosenGain: { score: chosen }, isBetter, candidates: [1, 2, 3], seconds, advice },
    training: { labels: Array.from({ length: classes * rows }, (_, i) => `class ${i % classes}`) },
    split: { by },
    wishes: { budget: null },
  } as unknown as FoundHead;
}

describe("what came of a search", () => {
  it.each<[SearchOutcome, FoundHead, RegExp]>([
    ["better", found(up, true, up), /^The best of 2 heads is better than the raw vectors\.$/],
    ["unclear", found(up, true, open), /better .* where it was chosen, and not shown to be where it was judged/],
    ["mixed", found(up, true, down), /better .* by one measure and worse by another/],
    ["nothing-better", found(open, false, open), /^None of 2 heads is shown to be better .* changes nothing\.$/],
    ["rejected", found(up, false, down), /not where it was judged\. The vectors are left as they are/],
  ])("is %s, and said so", (outcome, head, sentence) => {
    expect(searchOutcome(head)).toBe(outcome);
    expect(searchVerdict(head)).toMatch(sentence);
  });

  it("leaves nothing to do where a head is better", () => {
    expect(searchSteps(found(up, true, up, { classes: 3, rows: 2, seconds: 60 }))).toEqual([]);
  });

  it("says what data and what time would help where none is, as far as they are short", () => {
    const titles = (head: FoundHead): string[] => searchSteps(head).map(({ title }) => title);
    expect(titles(found(open, false, open))).toEqual(["Use the raw vectors", "Check the labels"]);
    const advice = ["more classes would help: whitening gains +0.010 from 10 classes"];
    const nothing = found(open, false, open, { classes: 20, rows: 4, seconds: 60, advice });
    expect(titles(nothing)).toEqual([
      "Use the raw vectors",
      "More classes would help",
      "Search longer",
      "Check the labels",
    ]);
    expect(searchSteps(nothing)[1].text).toEqual(["More classes would help: whitening gains +0.010 from 10 classes."]);
    expect(titles(found(up, true, open, { classes: 20, rows: 4 }))).toEqual([
      "Give it more classes",
      "Give it more rows a class",
      "Check the labels",
    ]);
    expect(titles(found(up, true, open, { classes: 20, by: "sample" }))).toEqual(["Check the labels"]);
    const [, longer] = searchSteps(found(open, false, open, { seconds: 59 }));
    expect(longer.code).toBe("kindred train ... --budget 5m");
  });
});
