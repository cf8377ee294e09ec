import * as Plot from "@observablehq/plot";
import type { SensitivityRow } from "kindred";
import { count, decimal, percent } from "../../terminal/format.ts";
import { draw } from "./draw.ts";
import { below, ground } from "./ground.ts";
import { ink } from "./palette.ts";
import { logTicks, tickText } from "./ticks.ts";

/** The loss at each range of labels, mean and standard deviation. */
export function lossCurve(name: string, rows: readonly SensitivityRow[]): string {
  const points = rows.map(({ range, loss: { mean, deviation }, losses }) => ({
    range,
    mean,
    // a loss that is never below 0 is not drawn there
    low: Math.max(mean - deviation, Math.min(...losses)),
    high: mean + deviation,
  }));
  const values = points.map(({ range, mean }) => `${decimal(mean)} at ${count(range)}`);
  return draw(`${name} against the number of classes: ${listed(values)}.`, {
    ...ground,
    x: classAxis(rows),
    y: { label: name, grid: true, nice: true, ticks: 6 },
    marks: [
      Plot.ruleX(points, { x: "range", y1: "low", y2: "high", stroke: ink.quiet, strokeWidth: 3 }),
      Plot.lineY(points, { x: "range", y: "mean", stroke: ink.strong, strokeWidth: 2 }),
      Plot.dot(points, { x: "range", y: "mean", fill: ink.strong, r: 4 }),
    ],
  });
}

/** Silent batches at each range of labels: observed and theory. */
export function silenceCurve(rows: readonly SensitivityRow[]): string {
  const values = rows.map(({ range, silentShare }) => `${percent(silentShare)} at ${count(range)}`);
  return draw(`Silent batches against the number of classes, observed: ${listed(values)}.`, {
    ...ground,
    x: classAxis(rows),
    y: { label: "silent batches, %", grid: true, domain: [0, 100], ticks: 5 },
    marks: [
      Plot.lineY(rows, {
        x: "range",
        y: (row: SensitivityRow) => 100 * row.silentProbability,
        stroke: ink.strong,
        strokeWidth: 2,
      }),
      Plot.dot(rows, { x: "range", y: (row: SensitivityRow) => 100 * row.silentShare, fill: ink.other, r: 4.5 }),
    ],
  });
}

function classAxis(rows: readonly SensitivityRow[]): Plot.ScaleOptions {
  const ranges = rows.map(({ range }) => range);
  const [low, high] = [Math.min(...ranges), Math.max(...ranges)];
  return {
    ...below,
    type: "log",
    label: "classes",
    domain: [low, Math.max(high, low + 1)],
    ticks: logTicks(low, high),
    tickFormat: tickText,
  };
}

/** The first and the last few. */
function listed(values: readonly string[]): string {
  return (values.length <= 8 ? values : [...values.slice(0, 4), "...", ...values.slice(-4)]).join(", ");
}
