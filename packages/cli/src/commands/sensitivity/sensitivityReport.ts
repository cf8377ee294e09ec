import type { SensitivityRow } from "kindred";
import { figure, table, type Page } from "../../report/page.ts";
import { lossCurve, silenceCurve } from "../../report/sensitivityFigures.ts";
import { sensitivityColumns, sensitivityRows } from "./sensitivityText.ts";

/** The experiment as a page: loss and silence against the range of labels. */
export function sensitivityReport(name: string, verdict: string, rows: readonly SensitivityRow[]): Page {
  return {
    title: `kindred sensitivity: ${name}`,
    verdict,
    sections: [
      {
        heading: "The same embeddings, labels of more and more values",
        text: "silent: the share of batches from which nothing is learned; theory: its probability for labels drawn evenly.",
        content: [
          table(sensitivityColumns, sensitivityRows(rows)),
          figure(lossCurve(name, rows), "The loss, mean and standard deviation."),
          figure(silenceCurve(rows), "Batches that teach nothing: observed (dots) and theory (line)."),
        ],
      },
    ],
  };
}
