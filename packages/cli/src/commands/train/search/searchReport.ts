import type { CandidateResult } from "kindred";
import { samplerWords } from "../../../parts/samplers.ts";
import { contestFigure, levelMarks } from "../../../report/figures/contestFigure.ts";
import { classMark } from "../../../report/figures/palette.ts";
import type { Section } from "../../../report/page.ts";
import type { Html } from "../../../report/pieces/html.ts";
import { legend } from "../../../report/pieces/legend.ts";
import { figure } from "../../../report/pieces/pieces.ts";
import { facts, table } from "../../../report/pieces/table.ts";
import { count, decimal, duration, gain, plural } from "../../../terminal/format.ts";
import { partWords } from "../judged/judgedText.ts";
import { levelsOf, USUAL_FIRST_STEPS, type SearchTurn } from "../runs/searchTurns.ts";
import type { FoundHead } from "./foundHead.ts";
import { assumptionLine } from "./searchText.ts";

/** What the report of a search says of it. */
export function searchSections(head: FoundHead): Section[] {
  return [triedSection(head), doneSection(head)];
}

function triedSection({ found, choosing, split, turns }: FoundHead): Section {
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
      ...contestPieces(turns),
      table(
        `Candidates, the best first${split.by === "class" ? "" : "; neighbours are looked for among the rows to train on"}`,
        ["candidate", "score", "MAP@R", "precision@1", "best step", "seconds"],
        candidates.map(candidateRow),
      ),
    ],
  };
}

/** The heads over their steps, the best first; nothing where none was trained. */
function contestPieces(turns: readonly SearchTurn[]): Html[] {
  const trained = turns.filter(({ isTrained }) => isTrained);
  const curves = [...new Set(trained.map(({ place }) => place))]
    .map((place) => trained.filter((turn) => turn.place === place))
    .map((own) => ({ name: own[0].candidate, turns: own }))
    .sort((a, b) => b.turns.at(-1)!.score - a.turns.at(-1)!.score);
  if (curves.length === 0) return [];
  const [raw, best] = levelsOf(turns);
  const levels = [
    { name: raw.candidate, score: raw.score },
    ...(best === undefined ? [] : [{ name: "the best closed form", score: best.score }]),
  ];
  return [
    figure(
      contestFigure(curves, levels),
      "The best score so far of each head that was trained, over its steps; a mark stands where a turn of it ended. Those that go no farther were left behind, or grew no better.",
    ),
    legend([
      ...curves.map(({ name }, k) => ({ mark: classMark(k), text: name })),
      ...levels.map(({ name }, k) => ({ mark: levelMarks[k], text: k === 0 ? name : `${name}: ${best.candidate}` })),
    ]),
  ];
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

function doneSection({ data, split, training, choosing, doctor, lossesReason, m, wishes, found }: FoundHead): Section {
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
        ["losses", lossesReason === "" ? (wishes.loss ?? "") : lossesReason],
        ["miner", wishes.miner ?? "none"],
        ["batches", samplerWords(wishes.sampler, m)],
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
