import type { RunNote } from "../../door/runNote.ts";
import { histogram } from "../../report/figures/evaluationFigures.ts";
import type { Page } from "../../report/page.ts";
import { figure } from "../../report/pieces/pieces.ts";
import { facts } from "../../report/pieces/table.ts";
import { count, decimal, percent } from "../../terminal/format.ts";
import { matchVerdict, type MatchSummary } from "./matchText.ts";

/** How near the best gallery row of each query is. */
export function matchReport(summary: MatchSummary, run: RunNote): Page {
  const { bestScores, threshold, calibration, k } = summary;
  const sorted = Float64Array.from(bestScores).sort();
  const at = (share: number): string => decimal(sorted[Math.round(share * (sorted.length - 1))]);
  const low = Math.min(sorted[0], threshold ?? 1);
  return {
    title: `kindred match: ${summary.queriesName} in ${summary.galleryName}`,
    verdict: matchVerdict(summary),
    sections: [
      {
        heading: "Best scores",
        text: "The cosine similarity of each query to the gallery row nearest to it. Two humps with the threshold between them are what one hopes for.",
        content: [
          figure(
            histogram(bestScores, {
              label: "best score",
              counted: "queries",
              domain: [Math.max(-1, Math.floor(10 * low) / 10), 1],
              mark: threshold === null ? undefined : { at: threshold, name: "threshold" },
            }),
            threshold === null
              ? "How many queries have which best score."
              : "How many queries have which best score; the line is the threshold.",
          ),
          facts("Best scores in numbers", [
            ["lowest", at(0)],
            ["a quarter is below", at(0.25)],
            ["half are below", at(0.5)],
            ["three quarters are below", at(0.75)],
            ["highest", at(1)],
          ]),
        ],
      },
      {
        heading: "What was done",
        content: [
          facts("Files and settings", [
            ["gallery", `${summary.galleryName}: ${count(summary.galleryRows)} rows`],
            ["queries", `${summary.queriesName}: ${count(bestScores.length)} rows`],
            ["gallery rows a query", String(k)],
            ["threshold", threshold === null ? "none" : decimal(threshold)],
            ...(calibration === null
              ? []
              : ([
                  ["precision on the gallery's pairs", percent(calibration.precision)],
                  ["recall on the gallery's pairs", percent(calibration.recall)],
                  ["F1", decimal(calibration.f1)],
                ] as const)),
          ]),
        ],
      },
    ],
    origin: { ...run, seed: null },
  };
}
