import * as Plot from "@observablehq/plot";
import type { ClassCounts } from "kindred";
import { count, percent, plural } from "../../terminal/format.ts";
import { draw } from "./draw.ts";
import { below, ground } from "./ground.ts";
import { ink } from "./palette.ts";
import { logTicks, tickText, wholeTicks } from "./ticks.ts";

/** How batches of a size, drawn by a sampler, fare. */
export interface BatchSizePoint {
  readonly batchSize: number;
  readonly sampler: string;
  readonly liveShare: number;
  readonly silent: number;
}

/** An axis with a wider range than this is logarithmic. */
const WIDE = 20;

/** How many classes there are of each size. */
export function classSizes({ sizes, multiplicities }: ClassCounts): string {
  const points = Array.from(sizes, (size, g) => ({ size, classes: multiplicities[g] }));
  const [fewest, most] = points.reduce(([a, b], { size }) => [Math.min(a, size), Math.max(b, size)], [Infinity, 0]);
  const highest = points.reduce((a, { classes }) => Math.max(a, classes), 0);
  const commonest = points.find(({ classes }) => classes === highest)!;
  const isTall = highest > WIDE;
  const foot = isTall ? 0.8 : 0;
  return draw(
    `Classes by size: from ${count(fewest)} to ${plural(most, "sample")} a class; the commonest size is ${count(commonest.size)}, of ${plural(highest, "class", "classes")}.`,
    {
      ...ground,
      x:
        most / fewest > WIDE
          ? { ...below, ...logAxis(fewest, most), domain: [0.8 * fewest, 1.25 * most], label: "samples of a class" }
          : {
              ...below,
              domain: [fewest - 0.5, most + 0.5],
              ticks: wholeTicks(fewest, most),
              tickFormat: tickText,
              label: "samples of a class",
            },
      y: {
        label: "classes",
        grid: true,
        ...(isTall
          ? { ...logAxis(1, highest), domain: [foot, 1.25 * highest] }
          : { domain: [0, highest], ticks: wholeTicks(0, highest), tickFormat: tickText }),
      },
      marks: [
        Plot.ruleX(points, { x: "size", y1: foot, y2: "classes", stroke: ink.quiet }),
        Plot.dot(points, {
          x: "size",
          y: "classes",
          fill: ink.strong,
          r: 3.5,
          title: ({ size, classes }: { size: number; classes: number }) => `${classes} classes of ${size}`,
        }),
      ],
    },
  );
}

/** A share against the batch size, a curve a sampler; the batch size asked about is marked. */
export function shareCurves(
  curves: readonly BatchSizePoint[],
  key: "liveShare" | "silent",
  label: string,
  asked: number,
): string {
  const points = curves.map((point) => ({ ...point, percent: 100 * point[key] }));
  const samplers = [...new Set(points.map(({ sampler }) => sampler))];
  const sizes = [asked, ...points.map(({ batchSize }) => batchSize)];
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const marks = [
    { colour: ink.other, dash: "none", character: "●", symbol: "circle" },
    { colour: ink.strong, dash: "6 3", character: "■", symbol: "square" },
  ] as const;
  const spans = samplers.map((sampler) => {
    const own = curves.filter((point) => point.sampler === sampler);
    return `${sampler}: ${percent(own[0][key])} at ${count(own[0].batchSize)}, ${percent(own.at(-1)![key])} at ${count(own.at(-1)!.batchSize)}`;
  });
  return draw(`${label} against the batch size. ${spans.join("; ")}.`, {
    ...ground,
    marginTop: 48,
    x: { ...below, ...logAxis(smallest, largest), domain: [smallest, largest], label: "batch size" },
    y: { label, labelOffset: 30, grid: true, domain: [0, 100], ticks: 5 },
    symbol: { legend: false },
    marks: [
      Plot.ruleX([asked], { stroke: "currentColor", strokeDasharray: "3 3" }),
      ...samplers.flatMap((sampler, k) => {
        const { colour, dash, character, symbol } = marks[k % marks.length];
        const own = points.filter((point) => point.sampler === sampler);
        return [
          Plot.lineY(own, { x: "batchSize", y: "percent", stroke: colour, strokeWidth: 2, strokeDasharray: dash }),
          Plot.dot(own, { x: "batchSize", y: "percent", fill: colour, r: 3, symbol }),
          // Plot's own legend needs a browser
          Plot.text([sampler], {
            frameAnchor: "top-right",
            text: (name: string) => `${character} ${name}`,
            fill: colour,
            fontWeight: 600,
            dx: -112 * (samplers.length - 1 - k),
            dy: -36,
          }),
        ];
      }),
    ],
  });
}

function logAxis(low: number, high: number): Plot.ScaleOptions {
  return { type: "log", ticks: logTicks(low, high), tickFormat: tickText };
}
