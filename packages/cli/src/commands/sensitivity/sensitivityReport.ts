import * as Plot from "@observablehq/plot";
import type { SensitivityRow } from "kindred";
import { draw } from "../../report/draw.ts";
import { figure, table, type Page } from "../../report/page.ts";
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

// room below for the axis label beside the ticks
const ground = {
  width: 500,
  height: 310,
  marginBottom: 44,
  style: { background: "white", color: "#1d2733", fontSize: "12px" },
};

function lossCurve(name: string, rows: readonly SensitivityRow[]): string {
  const points = rows.map(({ range, loss: { mean, deviation }, losses }) => ({
    range,
    mean,
    // a loss that is never below 0 is not drawn there
    low: Math.max(mean - deviation, Math.min(...losses)),
    high: mean + deviation,
  }));
  return draw({
    ...ground,
    x: { type: "log", label: "classes" },
    y: { label: name, grid: true, nice: true },
    marks: [
      Plot.ruleX(points, { x: "range", y1: "low", y2: "high", stroke: "#c3ccd6", strokeWidth: 3 }),
      Plot.lineY(points, { x: "range", y: "mean", stroke: "#2f6fb2", strokeWidth: 2 }),
      Plot.dot(points, { x: "range", y: "mean", fill: "#2f6fb2" }),
    ],
  });
}

function silenceCurve(rows: readonly SensitivityRow[]): string {
  return draw({
    ...ground,
    x: { type: "log", label: "classes" },
    y: { label: "silent batches, %", grid: true, domain: [0, 100] },
    marks: [
      Plot.lineY(rows, { x: "range", y: (row: SensitivityRow) => 100 * row.silentProbability, stroke: "#5b6775" }),
      Plot.dot(rows, { x: "range", y: (row: SensitivityRow) => 100 * row.silentShare, fill: "#ff725c" }),
    ],
  });
}
