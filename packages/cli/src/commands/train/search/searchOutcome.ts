import { plural } from "../../../terminal/format.ts";
import { outcomeOf } from "../judged/outcome.ts";
import type { FoundHead } from "./foundHead.ts";

/**
 * What is to be said of a search. "better", "mixed", "unclear": the head that was chosen, as the part to judge by has it;
 * "nothing-better": none was chosen; "rejected": the one that was chosen turned out no better. The last two leave the vectors as they are.
 */
export type SearchOutcome = "better" | "mixed" | "unclear" | "nothing-better" | "rejected";

/** @returns what has come out, in a word */
export function searchOutcome(head: FoundHead): SearchOutcome {
  const { found } = head;
  if (found.chosenGain.score.low <= 0) return "nothing-better";
  if (!found.isBetter) return "rejected";
  const outcome = outcomeOf(head);
  return outcome === "worse" ? "mixed" : outcome;
}

/** What that means, in a sentence or two. */
export function searchVerdict(head: FoundHead): string {
  const tried = plural(head.found.candidates.length - 1, "head");
  const kept = "The vectors are left as they are, and the model that is written changes nothing.";
  return {
    better: `The best of ${tried} is better than the raw vectors.`,
    mixed: `The best of ${tried} is better than the raw vectors by one measure and worse by another.`,
    unclear: `The best of ${tried} is better than the raw vectors where it was chosen, and not shown to be where it was judged: what changed there may be chance.`,
    "nothing-better": `None of ${tried} is shown to be better than the raw vectors. ${kept}`,
    rejected: `The best of ${tried} was better than the raw vectors where it was chosen, and not where it was judged. ${kept}`,
  }[searchOutcome(head)];
}
