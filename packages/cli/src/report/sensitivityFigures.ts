import * as Plot from "@observablehq/plot";
import type { SensitivityRow } from "kindred";
import { draw } from "./draw.ts";
import { groundWithRoomBelow as ground } from "./ground.ts";

/** The loss at each range of labels, mean and standard deviation. */
export function lossCurve(name: string, rows: readonly SensitivityRow[]): string {
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

/** Silent batches at each range of labels: observed and theory. */
export function silenceCurve(rows: readonly SensitivityRow[]): string {
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
