import * as Plot from "@observablehq/plot";
import { decimal, plural } from "../../terminal/format.ts";
import { draw } from "./draw.ts";
import { below, ground } from "./ground.ts";
import { ink } from "./palette.ts";
import { tickText, wholeTicks } from "./ticks.ts";

/** A curve over steps: each value thin, their moving mean strong. @param label of the values; a share is drawn in percent */
export function stepCurve(values: ArrayLike<number>, label: string, percent = false): string {
  const all = Array.from(values, (value, k) => ({ step: k + 1, value: percent ? 100 * value : value }));
  const points = thinned(all);
  const window = Math.max(1, Math.round(points.length / 30));
  const last = Math.max(2, all.length);
  return draw(curveWords(all, label), {
    ...ground,
    x: { ...below, label: "step", domain: [1, last], ticks: wholeTicks(1, last), tickFormat: tickText },
    y: { label, grid: true, ticks: 5, ...(percent ? { domain: [0, 100] } : { nice: true }) },
    marks: [
      Plot.lineY(points, { x: "step", y: "value", stroke: ink.quiet }),
      Plot.lineY(
        points,
        Plot.windowY({ k: window, anchor: "middle" }, { x: "step", y: "value", stroke: ink.strong, strokeWidth: 2 }),
      ),
      // a line of one point is not seen
      ...(points.length === 1 ? [Plot.dot(points, { x: "step", y: "value", fill: ink.strong })] : []),
    ],
  });
}

function curveWords(points: readonly { value: number }[], label: string): string {
  if (points.length === 0) return `${label}: no step was taken.`;
  const tenth = Math.max(1, Math.floor(points.length / 10));
  const mean = (some: readonly { value: number }[]): string =>
    decimal(some.reduce((sum, { value }) => sum + value, 0) / some.length);
  return `${label} over ${plural(points.length, "step")}: ${mean(points.slice(0, tenth))} at the start, ${mean(points.slice(-tenth))} at the end.`;
}

/** A metric before and after. */
interface Pair {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** Metrics before and after, one bar below the other. */
export function beforeAndAfter(metrics: readonly Pair[]): string {
  const bars = metrics.flatMap(({ name, before, after }) => [
    { name, when: "raw", value: before },
    { name, when: "learned", value: after },
  ]);
  const words = metrics.map(({ name, before, after }) => `${name} ${decimal(before)} before, ${decimal(after)} after`);
  return draw(`Bars: ${words.join("; ")}.`, {
    ...ground,
    height: 40 + 64 * metrics.length,
    marginTop: 4,
    marginBottom: 26,
    marginLeft: 92,
    marginRight: 110,
    x: { domain: [0, 1], grid: true, label: null, ticks: 5 },
    y: { domain: ["raw", "learned"], axis: null },
    fy: { label: null, domain: metrics.map(({ name }) => name), padding: 0.25 },
    color: { domain: ["raw", "learned"], range: [ink.quiet, ink.strong] },
    marks: [
      Plot.axisFy({ anchor: "left", label: null, tickSize: 0 }),
      Plot.barX(bars, { x: "value", y: "when", fy: "name", fill: "when", insetTop: 1, insetBottom: 1 }),
      Plot.text(bars, {
        x: "value",
        y: "when",
        fy: "name",
        text: ({ when, value }: { when: string; value: number }) =>
          Number.isFinite(value) ? `${value.toFixed(3)} ${when}` : "",
        dx: 6,
        textAnchor: "start",
      }),
    ],
  });
}

/** At most about a thousand points, each the mean of its neighbours. */
function thinned(points: readonly { step: number; value: number }[]): readonly { step: number; value: number }[] {
  const every = Math.ceil(points.length / 1000);
  if (every <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / every) }, (_, k) => {
    const group = points.slice(k * every, (k + 1) * every);
    return { step: group.at(-1)!.step, value: group.reduce((sum, { value }) => sum + value, 0) / group.length };
  });
}
