import * as Plot from "@observablehq/plot";
import type { OperatingPoint } from "kindred";
import { draw } from "./draw.ts";
import { ground as plainGround } from "./ground.ts";

const ground = { ...plainGround, marginBottom: 42 };
const BINS = 25;
/** The smallest false-accept rate that a picture tells from 0. */
const LEAST_RATE = 1e-5;

interface Bar {
  readonly name: string;
  readonly value: number;
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/** Values between 0 and 1 as bars, with their intervals as whiskers. */
export function intervalBars(bars: readonly Bar[]): string {
  const whiskers = bars.flatMap(({ name, interval }) => (interval === null ? [] : [{ name, ...interval }]));
  return draw({
    ...ground,
    width: 640,
    height: 40 + 28 * bars.length,
    marginBottom: 24,
    marginLeft: 110,
    marginRight: 60,
    x: { domain: [0, 1], grid: true, label: null },
    y: { domain: bars.map(({ name }) => name), label: null, tickSize: 0 },
    marks: [
      Plot.barX(bars, { x: "value", y: "name", fill: "#2f6fb2", insetTop: 2, insetBottom: 2 }),
      Plot.ruleY(whiskers, { x1: "low", x2: "high", y: "name", stroke: "#1d2733", strokeWidth: 1.5 }),
      Plot.text(bars, {
        x: ({ value, interval }: Bar) => Math.max(value, interval?.high ?? 0),
        y: "name",
        text: ({ value }: Bar) => (Number.isNaN(value) ? "" : value.toFixed(3)),
        dx: 6,
        textAnchor: "start",
      }),
    ],
  });
}

/** How many values fall into each of equal bins; `mark` draws a line. */
export function histogram(
  values: readonly number[],
  {
    label,
    count,
    domain: [low, high],
    mark,
  }: { label: string; count: string; domain: readonly [number, number]; mark?: number | undefined },
): string {
  const width = (high - low) / BINS || 1;
  const bins = Array.from({ length: BINS }, (_, k) => ({ x1: low + k * width, x2: low + (k + 1) * width, count: 0 }));
  for (const value of values) bins[Math.max(0, Math.min(BINS - 1, Math.floor((value - low) / width)))].count++;
  return draw({
    ...ground,
    x: { label, domain: [low, low + BINS * width] },
    y: { label: count, grid: true },
    marks: [
      Plot.rectY(bins, { x1: "x1", x2: "x2", y: "count", fill: "#2f6fb2", inset: 0.5 }),
      Plot.ruleY([0]),
      ...(mark === undefined ? [] : [Plot.ruleX([mark], { stroke: "#ff725c", strokeWidth: 2 })]),
    ],
  });
}

/** True accepts against false accepts. */
export function rocCurve(points: readonly OperatingPoint[], equalErrorRate: number): string {
  const rows = points.map(({ falseAcceptRate, trueAcceptRate }) => ({
    falseAccepts: Math.max(falseAcceptRate, LEAST_RATE),
    trueAccepts: trueAcceptRate,
  }));
  return draw({
    ...ground,
    x: { type: "log", label: "false-accept rate", domain: [LEAST_RATE, 1], ticks: 5, tickFormat: "~g" },
    y: { label: "true-accept rate", grid: true, domain: [0, 1] },
    marks: [
      Plot.lineY(rows, { x: "falseAccepts", y: "trueAccepts", stroke: "#2f6fb2", strokeWidth: 2, curve: "step-after" }),
      ...(Number.isNaN(equalErrorRate)
        ? []
        : [
            Plot.dot([{ x: Math.max(equalErrorRate, LEAST_RATE), y: 1 - equalErrorRate }], {
              x: "x",
              y: "y",
              fill: "#ff725c",
              r: 4,
            }),
          ]),
    ],
  });
}
