import type { SensitivityRow } from "kindred";
import { lossCurve, silenceCurve } from "../../report/figures/sensitivityFigures.ts";
import type { Origin, Page } from "../../report/page.ts";
import { figure } from "../../report/pieces/pieces.ts";
import { table } from "../../report/pieces/table.ts";
import { sensitivityColumns, sensitivityRows } from "./sensitivityText.ts";

/** The experiment as a page: loss and silence against the range of labels. */
export function sensitivityReport(
  name: string,
  verdict: string,
  rows: readonly SensitivityRow[],
  origin: Origin,
): Page {
  return {
    title: `kindred sensitivity: ${name}`,
    verdict,
    sections: [
      {
        heading: "The same embeddings, labels of more and more values",
        text: "silent: the share of batches from which nothing is learned; theory: its probability for labels drawn evenly.",
        content: [
          figure(silenceCurve(rows), "Batches that teach nothing: observed (dots) and theory (line)."),
          figure(lossCurve(name, rows), "The loss, mean (dots) and standard deviation (bars)."),
          table("Means over the batches of each range", sensitivityColumns, sensitivityRows(rows)),
        ],
      },
    ],
    origin,
  };
}
