import * as Plot from "@observablehq/plot";
import type { OperatingPoint } from "kindred";
import { count, decimal, plural } from "../../terminal/format.ts";
import { draw } from "./draw.ts";
import { below, ground } from "./ground.ts";
import { ink } from "./palette.ts";
import { tickText, wholeTicks } from "./ticks.ts";

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
  return draw(`Metrics as bars: ${bars.map(({ name, value }) => `${name} ${decimal(value)}`).join(", ")}.`, {
    ...ground,
    height: 40 + 28 * bars.length,
    marginTop: 4,
    marginBottom: 26,
    marginLeft: 98,
    marginRight: 50,
    x: { domain: [0, 1], grid: true, label: null, ticks: 5 },
    y: { domain: bars.map(({ name }) => name), label: null, tickSize: 0 },
    marks: [
      Plot.barX(bars, { x: "value", y: "name", fill: ink.strong, insetTop: 2, insetBottom: 2 }),
      // seen on the bar and beside it
      Plot.ruleY(whiskers, { x1: "low", x2: "high", y: "name", stroke: ink.paper, strokeWidth: 5 }),
      Plot.ruleY(whiskers, { x1: "low", x2: "high", y: "name", stroke: "currentColor", strokeWidth: 2 }),
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

/** What a histogram shows. */
interface HistogramWords {
  /** Of the values. */
  readonly label: string;
  /** What is counted, such as "queries". */
  readonly counted: string;
  readonly domain: readonly [number, number];
  /** Where a line is drawn, and its name. */
  readonly mark?: { readonly at: number; readonly name: string } | undefined;
}

/** How many values fall into each of equal bins. */
export function histogram(
  values: readonly number[],
  { label, counted, domain: [low, high], mark }: HistogramWords,
): string {
  const width = (high - low) / BINS || 1;
  const bins = Array.from({ length: BINS }, (_, k) => ({ x1: low + k * width, x2: low + (k + 1) * width, count: 0 }));
  for (const value of values) bins[Math.max(0, Math.min(BINS - 1, Math.floor((value - low) / width)))].count++;
  const fullest = bins.reduce((a, b) => (b.count > a.count ? b : a));
  const marked = mark === undefined ? "" : ` The ${mark.name} is ${decimal(mark.at)}.`;
  return draw(
    `Histogram of ${plural(values.length, "value")}, ${label}: most, ${count(fullest.count)} ${counted}, lie between ${fullest.x1.toFixed(2)} and ${fullest.x2.toFixed(2)}.${marked}`,
    {
      ...ground,
      x: { ...below, label, domain: [low, low + BINS * width], ticks: 6 },
      y: {
        label: counted,
        grid: true,
        domain: [0, Math.max(1, fullest.count)],
        ticks: wholeTicks(0, Math.max(1, fullest.count)),
        tickFormat: tickText,
      },
      marks: [
        Plot.rectY(bins, { x1: "x1", x2: "x2", y: "count", fill: ink.strong, inset: 0.5 }),
        Plot.ruleY([0]),
        ...(mark === undefined ? [] : markedLine(mark, low + (BINS * width) / 2)),
      ],
    },
  );
}

/** A line with its name on the side where there is room. */
function markedLine({ at, name }: { at: number; name: string }, middle: number): Plot.Markish[] {
  const isRight = at > middle;
  return [
    Plot.ruleX([at], { stroke: ink.other, strokeWidth: 2.5, strokeDasharray: "6 3" }),
    Plot.text([at], {
      x: (value: number) => value,
      frameAnchor: "top",
      text: () => `${name} ${decimal(at)}`,
      textAnchor: isRight ? "end" : "start",
      dx: isRight ? -6 : 6,
      fill: "currentColor",
      stroke: ink.paper,
      strokeWidth: 5,
      fontWeight: 600,
    }),
  ];
}

/** True accepts against false accepts. */
export function rocCurve(points: readonly OperatingPoint[], equalErrorRate: number): string {
  const rows = points.map(({ falseAcceptRate, trueAcceptRate }) => ({
    falseAccepts: Math.max(falseAcceptRate, LEAST_RATE),
    trueAccepts: trueAcceptRate,
  }));
  const hasRate = !Number.isNaN(equalErrorRate);
  return draw(
    `The true-accept rate rises with the false-accept rate${hasRate ? `; false accepts and false rejects are equal at ${decimal(equalErrorRate)}` : ""}.`,
    {
      ...ground,
      x: { ...below, type: "log", label: "false-accept rate", domain: [LEAST_RATE, 1], ticks: 5, tickFormat: "~g" },
      y: { label: "true-accept rate", grid: true, domain: [0, 1], ticks: 5 },
      marks: [
        Plot.lineY(rows, {
          x: "falseAccepts",
          y: "trueAccepts",
          stroke: ink.strong,
          strokeWidth: 2,
          curve: "step-after",
        }),
        ...(hasRate ? equalErrorDot(equalErrorRate) : []),
      ],
    },
  );
}

function equalErrorDot(rate: number): Plot.Markish[] {
  const place = { x: () => Math.max(rate, LEAST_RATE), y: () => 1 - rate };
  return [
    Plot.dot([rate], { ...place, fill: ink.other, r: 5 }),
    Plot.text([rate], { ...place, text: () => `EER ${decimal(rate)}`, textAnchor: "end", dx: -10, fontWeight: 600 }),
  ];
}
