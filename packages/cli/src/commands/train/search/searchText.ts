import type { CandidateResult } from "kindred";
import type { DataSet } from "../../../data/dataSet.ts";
import type { HoldOutBy } from "../../../data/holdOut.ts";
import { inLine } from "../../../terminal/clean.ts";
import { count, decimal, duration, gain, plural } from "../../../terminal/format.ts";
import { partWords } from "../judged/judgedText.ts";
import type { FoundHead } from "./foundHead.ts";

/** What there is to train on, to choose by and to judge by. */
export function partsLine({ name, vectors }: DataSet, training: DataSet, choosing: DataSet, judged: DataSet): string {
  return (
    `${inLine(name)}: ${count(vectors.rows)} vectors of ${plural(vectors.cols, "column")}. ` +
    `To train on: ${partWords(training)}; to choose by: ${partWords(choosing)}; to judge by: ${partWords(judged)}.`
  );
}

/** What was assumed of the data to come, and why. @param asked null: nothing was asked for */
export function assumptionLine(by: HoldOutBy, asked: HoldOutBy | null): string {
  if (by === "class")
    return asked === "class"
      ? "New classes will come: whole classes are held out."
      : "Assumed: new classes will come, so whole classes are held out, as there are enough. If the classes will stay the same, say --hold-out-by sample: another head is best then.";
  return asked === "sample"
    ? "The classes will stay the same: rows of each are held out, and looked up among those that are trained on."
    : "Assumed: the classes will stay the same, as there are too few to hold whole ones out: rows of each are, and looked up among those that are trained on.";
}

/** Rows of the table of what was tried, on the screen. */
const MOST_ROWS = 8;

/** The columns of the table of what was tried. */
export const TRIED_COLUMNS = ["tried (on the part to choose by)", "MAP@R", "precision@1", "steps"] as const;

/** The best that was tried, and the vectors as they are. */
export function triedRows({ candidates }: Pick<FoundHead["found"], "candidates">): string[][] {
  const raw = candidates.find(isRaw)!;
  const best = candidates.filter((each) => !isRaw(each)).slice(0, MOST_ROWS - 1);
  const shown = [...best, raw].sort((a, b) => b.score - a.score);
  return shown.map(({ title, meanAveragePrecisionAtR, precisionAt1, steps, bestStep }) => [
    title,
    decimal(meanAveragePrecisionAtR),
    decimal(precisionAt1),
    steps === 0 ? "-" : `${bestStep} of ${steps}`,
  ]);
}

/** Whether a candidate is the vectors as they are. */
function isRaw({ recipe: { map, learns } }: CandidateResult): boolean {
  return map?.form === "identity" && learns === "nothing";
}

/** What was tried, and what was chosen. */
export function foundLines({ found, isStopped }: FoundHead): string[] {
  const { candidates, seconds, chosenGain, isBetter, recipe } = found;
  const trained = candidates.reduce((sum, { steps }) => sum + steps, 0);
  const tried = `Tried ${plural(candidates.length - 1, "head")} with ${plural(trained, "training step")} in ${duration(seconds)}`;
  const { value, low, high } = chosenGain.meanAveragePrecisionAtR;
  const gained = `MAP@R ${gain(value)} where it was chosen, 95 % interval ${gain(low)} to ${gain(high)}`;
  return [
    `${tried}${isStopped ? "; stopped early, the best so far is kept" : ""}.`,
    ...(isBetter ? [`Chosen: ${titleOf(found, recipe)} (${gained}).`] : []),
  ];
}

/** The chosen one in words. */
function titleOf({ candidates }: FoundHead["found"], recipe: CandidateResult["recipe"]): string {
  return candidates.find((each) => each.recipe === recipe)?.title ?? "";
}
