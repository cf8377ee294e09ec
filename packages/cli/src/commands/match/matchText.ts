import type { Calibration } from "kindred";
import { inLine } from "../../terminal/clean.ts";
import { count, decimal, percent, plural } from "../../terminal/format.ts";

/** What came of a matching. */
export interface MatchSummary {
  readonly galleryName: string;
  readonly galleryRows: number;
  readonly queriesName: string;
  readonly k: number;
  readonly threshold: number | null;
  readonly calibration: Calibration | null;
  /** Of each query, the score of its nearest gallery row. */
  readonly bestScores: readonly number[];
  /** Queries of which it reaches the threshold; null without one. */
  readonly matched: number | null;
}

/** What has come out, in a sentence. */
export function matchVerdict({ bestScores, matched, threshold, galleryName, galleryRows }: MatchSummary): string {
  const queries = plural(bestScores.length, "query", "queries");
  if (matched === null || threshold === null)
    return `${queries} matched with ${plural(galleryRows, "row")} of ${inLine(galleryName)}. Without a threshold (--threshold, --calibrate) isMatch is left empty.`;
  return `${count(matched)} of ${queries} (${percent(matched / bestScores.length)}) have a match in ${inLine(galleryName)} at the threshold ${decimal(threshold)}.`;
}

/** How the threshold was found, in a sentence. */
export function calibrationSentence({ threshold, f1, precision, recall, positives, negatives }: Calibration): string {
  return (
    `Threshold ${decimal(threshold)}: best F1, ${decimal(f1)} (precision ${percent(precision)}, recall ${percent(recall)}), ` +
    `on the gallery's ${plural(positives, "pair")} of one class and ${count(negatives)} of two.`
  );
}
