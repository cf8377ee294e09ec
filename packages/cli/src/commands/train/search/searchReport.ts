import type { CandidateResult } from "kindred";
import { samplerWords } from "../../../parts/samplers.ts";
import type { Section } from "../../../report/page.ts";
import { facts, table } from "../../../report/pieces/table.ts";
import { count, decimal, duration, gain, plural } from "../../../terminal/format.ts";
import { partWords } from "../judged/judgedText.ts";
import { USUAL_FIRST_STEPS } from "../runs/searchTurns.ts";
import type { FoundHead } from "./foundHead.ts";
import { assumptionLine } from "./searchText.ts";

/** What the report of a search says of it. */
export function searchSections(head: FoundHead): Section[] {
  return [triedSection(head), doneSection(head)];
}

function triedSection({ found, choosing, split }: FoundHead): Section {
  const { candidates, chosenGain, isBetter } = found;
  const { value, low, high } = chosenGain.score;
  return {
    heading: "What was tried",
    text:
      `${plural(candidates.length, "candidate")}, the vectors as they are among them, compared on ${partWords(choosing)} that none of them was trained on. ` +
      "They are chosen by the mean of MAP@R and of the reciprocal rank of the first neighbour of the class, each at its best step. " +
      `The best gained ${gain(value)} over the vectors as they are (95 % interval ${gain(low)} to ${gain(high)} over the choice of classes)` +
      (isBetter
        ? ". It was trained once more on these rows too and judged above, and at last on all rows: that is the head that is written."
        : "."),
    content: [
      table(
        `Candidates, the best first${split.by === "class" ? "" : "; neighbours are looked for among the rows to train on"}`,
        ["candidate", "score", "MAP@R", "precision@1", "best step", "seconds"],
        candidates.map(candidateRow),
      ),
    ],
  };
}

function candidateRow({
  title,
  score,
  meanAveragePrecisionAtR,
  precisionAt1,
  steps,
  bestStep,
  seconds,
}: CandidateResult): string[] {
  const trained = steps === 0 ? ["-", "-"] : [`${count(bestStep)} of ${count(steps)}`, seconds.toFixed(1)];
  return [title, decimal(score), decimal(meanAveragePrecisionAtR), decimal(precisionAt1), ...trained];
}

function doneSection({ data, split, training, choosing, doctor, wishes, found }: FoundHead): Section {
  const { plan, seconds, parts } = found;
  const copies =
    parts.leftOut === 0 ? "" : `; ${plural(parts.leftOut, "copy", "copies")} of rows to choose or judge by left out`;
  return {
    heading: "What was done",
    text: `${assumptionLine(split.by, wishes.holdOutBy)} ${doctor.verdict}`,
    content: [
      facts("Data and search", [
        ["data", `${data.name}: ${count(data.vectors.rows)} x ${data.vectors.cols}, ${partWords(data)}`],
        ["trained on", `${partWords(training)}${copies}`],
        ["chosen by", partWords(choosing)],
        ["judged by", `${partWords(split.test)}, by ${split.by}`],
        ["miner", wishes.miner ?? "none"],
        ["batches", samplerWords(wishes.sampler, wishes.m)],
        ["optimizer", "Adam"],
        [
          "time",
          `${duration(seconds)}: ${plural(plan.closedForms, "closed form")}, ${plural(plan.contestants, "trained head")}, rounds of ${[plan.firstSteps ?? USUAL_FIRST_STEPS, ...plan.rounds].join(", ")} steps`,
        ],
        ["to find the same again", "kindred train ... --plan <this folder>"],
      ]),
    ],
  };
}
