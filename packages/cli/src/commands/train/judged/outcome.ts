import { gain } from "../../../terminal/format.ts";
import type { JudgedHead } from "./judgedHead.ts";

/** What the held-out queries say of a head beside the raw vectors; "mixed": one metric rose and another fell. */
export type Outcome = "better" | "worse" | "mixed" | "unclear";

/** What can be told from the changes, as far as their intervals leave no doubt. */
export function outcomeOf({ change: { precisionAt1, meanAveragePrecisionAtR } }: Pick<JudgedHead, "change">): Outcome {
  const changes = [precisionAt1, meanAveragePrecisionAtR];
  const rises = changes.some(({ low }) => low > 0);
  const falls = changes.some(({ high }) => high < 0);
  if (rises && falls) return "mixed";
  return rises ? "better" : falls ? "worse" : "unclear";
}

/** What that means, in a sentence. */
export function outcomeSentence(head: Pick<JudgedHead, "change">): string {
  return {
    better: "The head is better than the raw vectors.",
    worse: "The head is worse than the raw vectors: use the vectors as they are.",
    mixed: "The head is better than the raw vectors by one measure and worse by another.",
    unclear: "The head is not shown to be better than the raw vectors: what changed may be chance.",
  }[outcomeOf(head)];
}

/** The change with its interval: "+0.051, 95 % interval +0.046 to +0.056". */
export function changeWords({ value, low, high }: { value: number; low: number; high: number }): string {
  return Number.isFinite(low) && Number.isFinite(high)
    ? `${gain(value)}, 95 % interval ${gain(low)} to ${gain(high)}`
    : gain(value);
}
