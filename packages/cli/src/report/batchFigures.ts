import * as Plot from "@observablehq/plot";
import type { ClassCounts } from "kindred";
import { draw } from "./draw.ts";
import { groundWithRoomBelow as ground } from "./ground.ts";

/** How batches of a size, drawn by a sampler, fare. */
export interface BatchSizePoint {
  readonly batchSize: number;
  readonly sampler: string;
  readonly liveShare: number;
  readonly silent: number;
}

/** How many classes there are of each size, both on log axes. */
export function classSizes({ sizes, multiplicities }: ClassCounts): string {
  const points = Array.from(sizes, (size, g) => ({ size, classes: multiplicities[g] }));
  return draw({
    ...ground,
    width: 1000,
    marginLeft: 60,
    x: {
      type: "log",
      label: "samples of a class",
      domain: [0.8, 1.25 * sizes.reduce((a, b) => Math.max(a, b), 2)],
      tickFormat: wholeTick,
    },
    y: {
      type: "log",
      label: "classes",
      grid: true,
      domain: [0.8, 1.25 * multiplicities.reduce((a, b) => Math.max(a, b), 2)],
      tickFormat: wholeTick,
    },
    marks: [
      Plot.ruleX(points, { x: "size", y1: 0.8, y2: "classes", stroke: "#c3ccd6" }),
      Plot.dot(points, {
        x: "size",
        y: "classes",
        fill: "#2f6fb2",
        r: 3,
        title: ({ size, classes }: { size: number; classes: number }) => `${classes} classes of ${size}`,
      }),
    ],
  });
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
  return draw({
    ...ground,
    x: { type: "log", label: "batch size", ticks: 6, tickFormat: wholeTick },
    y: { label, grid: true, domain: [0, 100] },
    color: { domain: samplers, range: ["#d1495b", "#2f6fb2"] },
    marginTop: 34,
    marginRight: 26,
    marks: [
      Plot.ruleX([asked], { stroke: "#5b6775", strokeDasharray: "4 3" }),
      Plot.lineY(points, { x: "batchSize", y: "percent", stroke: "sampler", strokeWidth: 2 }),
      Plot.dot(points, { x: "batchSize", y: "percent", fill: "sampler", r: 2.5 }),
      // Plot's own legend needs a browser
      ...samplers.map((sampler, k) =>
        Plot.text([sampler], {
          frameAnchor: "top-right",
          text: (name: string) => `● ${name}`,
          fill: () => sampler,
          fontWeight: 600,
          dx: -100 * (samplers.length - 1 - k),
          dy: -22,
        }),
      ),
    ],
  });
}

/** Powers of ten and the small numbers; the axis draws many more. */
function wholeTick(value: number): string {
  const digit = value / 10 ** Math.floor(Math.log10(value));
  return value >= 1 && (Math.abs(digit - 1) < 1e-9 || value < 6) ? value.toLocaleString("en-US") : "";
}
